using Spectre.Console;

namespace ChatOpsBot.Adapters.Console.Terminal;

/// <summary>What a stream can show.</summary>
/// <param name="Colour">Whether colours may be used.</param>
/// <param name="Interactive">Whether a person watches, so that a line may be redrawn.</param>
/// <param name="Width">Columns to wrap at; <see langword="null"/> for files and pipes, where a line of ours stays one line.</param>
public sealed record TerminalLook(bool Colour, bool Interactive, int? Width)
{
    /// <summary>A file or a pipe.</summary>
    public static TerminalLook Plain { get; } = new(false, false, null);

    /// <summary>Judges a stream by what the process knows about it.</summary>
    /// <param name="isTerminal">Whether the stream is a terminal.</param>
    /// <param name="width">Its columns, 0 when unknown.</param>
    /// <param name="environment">The environment; <c>NO_COLOR</c> and <c>TERM</c> count.</param>
    public static TerminalLook Of(bool isTerminal, int width, IReadOnlyDictionary<string, string> environment)
    {
        if (!isTerminal)
        {
            return Plain;
        }

        var canDraw = environment.GetValueOrDefault("TERM") is { Length: > 0 } term && term != "dumb";
        var wantsColour = environment.GetValueOrDefault("NO_COLOR") is null or "";
        return new(canDraw && wantsColour, canDraw, Math.Clamp(width <= 0 ? 80 : width, 40, 120));
    }

    /// <summary>A console that writes in this look and asks nobody else.</summary>
    public IAnsiConsole Open(TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = Colour || Interactive ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = Colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = Interactive ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
            ExclusivityMode = new Unlocked(),
        });
        // Wrapping is the report writer's; a library that wrapped again would break lines that people copy.
        console.Profile.Width = 10_000;
        console.Profile.Capabilities.Unicode = false;
        return console;
    }

    /// <summary>Each console of ours is used by one command only.</summary>
    private sealed class Unlocked : IExclusivityMode
    {
        public T Run<T>(Func<T> func) => func();

        public Task<T> RunAsync<T>(Func<Task<T>> func) => func();
    }
}
