using ChatOpsBot.Application.Observation;
using Spectre.Console;

namespace ChatOpsBot.Adapters.Console.Terminal;

/// <summary>Shows on a terminal how far a read has come; shows nothing anywhere else.</summary>
/// <param name="look">What the stream can show.</param>
/// <param name="writer">The stream.</param>
public sealed class ReadSpinner(TerminalLook look, TextWriter writer)
{
    /// <summary>Runs a read under the spinner.</summary>
    /// <param name="host">Host name for the line.</param>
    /// <param name="read">The read.</param>
    public async Task<T> RunAsync<T>(string host, Func<IProgress<ReadProgress>?, Task<T>> read)
    {
        if (!look.Interactive)
        {
            return await read(null);
        }

        var console = look.Open(writer);
        console.Profile.Width = look.Width ?? 80;
        var name = Markup.Escape(HostText.Line(host));
        return await console.Status().Spinner(Spinner.Known.Line).StartAsync(
            $"reading {name}",
            status => read(new Reporter(progress => status.Status($"reading {name} {progress.Done}/{progress.Total} {Markup.Escape(HostText.Line(progress.Section))}"))));
    }

    /// <summary>Reports at once; the base library's own posts to the thread pool, and a late report would draw after the answer.</summary>
    private sealed class Reporter(Action<ReadProgress> report) : IProgress<ReadProgress>
    {
        public void Report(ReadProgress value) => report(value);
    }
}
