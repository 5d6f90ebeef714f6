using System.Threading.Channels;
using ChatOpsBot.Adapters.Console.Terminal;

namespace ChatOpsBot.Adapters.Console.Chat;

/// <summary>How a session ended, for the exit code.</summary>
public enum ChatEnd
{
    /// <summary>All was well.</summary>
    Good,

    /// <summary>The answer is bad news: refused, declined, reverted, a human has to act.</summary>
    BadNews,

    /// <summary>A host or the server was lost.</summary>
    CouldNotTell,

    /// <summary>A line was not understood.</summary>
    NotUnderstood,

    /// <summary>Nothing listens there, or it does not know the token.</summary>
    NotConnected,
}

/// <summary>Where a session reads and writes.</summary>
/// <param name="In">Lines.</param>
/// <param name="Out">Answers.</param>
/// <param name="Look">What <paramref name="Out"/> can show.</param>
/// <param name="Asks">A person sits at <paramref name="In"/>, so questions make sense.</param>
public sealed record ChatTerminal(TextReader In, TextWriter Out, TerminalLook Look, bool Asks);

/// <summary>Reads command lines, sends them, and follows the incidents they open. What runs on a host does not depend on it: whoever leaves, leaves the incident alone.</summary>
/// <param name="server">The server.</param>
/// <param name="terminal">The terminal.</param>
/// <param name="time">The clock.</param>
public sealed class ChatSession(ChatServer server, ChatTerminal terminal, TimeProvider time)
{
    /// <summary>A restart of the server takes seconds; a machine that boots takes longer.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly string[] s_followed = ["check", "run", "recheck", "approve"];

    private readonly ReportWriter _writer = new(terminal.Look.Open(terminal.Out), terminal.Look.Width);

    /// <summary>Runs until the lines end.</summary>
    public async Task<ChatEnd> RunAsync(CancellationToken cancellationToken)
    {
        switch (await server.GreetAsync(cancellationToken))
        {
            case ServerAnswer.Unknown:
                _writer.Line(0, new Run("not connected:", Look.Bad), $"{server.Address} does not know this token; it must be the one that the policy names under console: {{ tokenFile: ... }}");
                return ChatEnd.NotConnected;
            case ServerAnswer.Unreachable gone:
                _writer.Line(0, new Run("not connected:", Look.Bad), gone.Why);
                return ChatEnd.NotConnected;
        }

        if (terminal.Asks)
        {
            _writer.Line(0, new Run($"connected to {server.Address}", Look.Good), "type a command, help for the list; Ctrl-C or an empty input leaves, and leaves incidents alone");
        }

        var lines = ReadLines(cancellationToken);
        var worst = ChatEnd.Good;
        for (Prompt("> "); await lines.WaitToReadAsync(cancellationToken); Prompt("> "))
        {
            if (lines.TryRead(out var line) && line.Trim() is { Length: > 0 } text && !text.StartsWith('#'))
            {
                if (text is "quit" or "exit")
                {
                    break;
                }

                var end = await PerformAsync(text, lines, cancellationToken);
                worst = (ChatEnd)Math.Max((int)worst, (int)end);
            }
        }

        // In a conversation a refused line is no failure of the program.
        return terminal.Asks ? ChatEnd.Good : worst;
    }

    private async Task<ChatEnd> PerformAsync(string text, ChannelReader<string> lines, CancellationToken cancellationToken)
    {
        switch (await SendAsync(text, cancellationToken))
        {
            case ServerAnswer.Done done:
                Say(done.Text, Spectre.Console.Style.Plain);
                return done.Incident is { } incident && s_followed.Contains(FirstWord(text))
                    ? await new IncidentFollower(server, terminal, _writer, lines, time).RunAsync(incident, cancellationToken)
                    : ChatEnd.Good;
            case ServerAnswer.Refused refused:
                Say(refused.Text, Look.Unsure);
                return ChatEnd.BadNews;
            case ServerAnswer.NotUnderstood wrong:
                Say(wrong.Text, Look.Unsure);
                return ChatEnd.NotUnderstood;
            case ServerAnswer.Unreachable gone:
                Say(gone.Why, Look.Bad);
                return ChatEnd.CouldNotTell;
            default:
                Say("the server no longer knows this token", Look.Bad);
                return ChatEnd.NotConnected;
        }
    }

    /// <summary>Sends a line until there is an answer; the key keeps it from being done twice.</summary>
    private async Task<ServerAnswer> SendAsync(string text, CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString("N");
        var began = time.GetTimestamp();
        var said = false;
        while (true)
        {
            var answer = await server.CommandAsync(text, key, cancellationToken);
            if (answer is not ServerAnswer.Unreachable || time.GetElapsedTime(began) > Patience)
            {
                return answer;
            }

            if (!said)
            {
                Say("the server does not answer; trying again", Look.Quiet);
                said = true;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private void Prompt(string text)
    {
        if (terminal.Asks)
        {
            terminal.Out.Write(text);
            terminal.Out.Flush();
        }
    }

    private void Say(string text, Spectre.Console.Style style)
    {
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            // Tables of the server keep their columns.
            _writer.Line(line.Length - line.TrimStart().Length, new Run(line, style));
        }

        terminal.Out.Flush();
    }

    private static string FirstWord(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (words is ["/bridge", var second, ..] ? second : words[0]).ToLowerInvariant();
    }

    /// <summary>Reads ahead, so that a line can be noticed while an incident is followed. The blocking read is left behind at the end: nothing can interrupt it.</summary>
    private ChannelReader<string> ReadLines(CancellationToken cancellationToken)
    {
        var lines = Channel.CreateUnbounded<string>();
        _ = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    while (!cancellationToken.IsCancellationRequested && terminal.In.ReadLine() is { } line)
                    {
                        lines.Writer.TryWrite(line);
                    }

                    lines.Writer.TryComplete();
                }
                catch (Exception failure) when (failure is IOException or ObjectDisposedException)
                {
                    lines.Writer.TryComplete();
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return lines.Reader;
    }
}
