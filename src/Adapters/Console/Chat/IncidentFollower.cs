using System.Text.Json;
using System.Threading.Channels;
using ChatOpsBot.Adapters.Console.Terminal;
using Spectre.Console;

namespace ChatOpsBot.Adapters.Console.Chat;

/// <summary>Follows one incident until it ends, a human has to act, or the person turns to something else.</summary>
/// <param name="server">The server.</param>
/// <param name="terminal">The terminal.</param>
/// <param name="writer">Writes lines.</param>
/// <param name="lines">What the person types, or what a script goes on with.</param>
/// <param name="time">The clock.</param>
internal sealed class IncidentFollower(ChatServer server, ChatTerminal terminal, ReportWriter writer, ChannelReader<string> lines, TimeProvider time)
{
    private const int MostBlockLines = 60;

    private IncidentCard _card = new() { Id = "", Host = "", State = "" };
    private string _progress = "";
    private string? _after;
    private string? _asked;

    private enum Stop
    {
        Ended,
        Waiting,
        Typed,
        Lost,
    }

    /// <summary>Follows.</summary>
    public async Task<ChatEnd> RunAsync(string incident, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var stop = terminal.Look.Interactive ? await LiveAsync(incident, cancellationToken) : await PumpAsync(incident, _ => { }, cancellationToken);
                switch (stop)
                {
                    case Stop.Ended:
                        CardView.Write(writer, _card);
                        writer.Line(2, new Run($"{_card.Events} events, head {(_card.Head.Length >= 16 ? _card.Head[..16] : _card.Head)}; {new Uri(server.Address, $"/incidents/{_card.Id}")}", Look.Quiet));
                        return EndOf(_card.State);
                    case Stop.Waiting when !await DecideAsync(cancellationToken):
                        return ChatEnd.Good;
                    case Stop.Typed:
                        writer.Line(0, new Run($"{_card.Id} is {_card.State} and goes on; status {_card.Id} shows it", Look.Quiet));
                        return ChatEnd.Good;
                    case Stop.Lost:
                        writer.Line(0, new Run($"the server was not reached for {ChatSession.Patience.TotalMinutes:0} minutes; {incident} goes on by itself", Look.Bad));
                        return ChatEnd.CouldNotTell;
                }
            }
        }
        catch (OperationCanceledException)
        {
            writer.Line(0, new Run($"{incident} goes on without you", Look.Quiet));
            throw;
        }
    }

    private async Task<Stop> LiveAsync(string incident, CancellationToken cancellationToken)
    {
        var console = terminal.Look.Open(terminal.Out);
        console.Profile.Width = terminal.Look.Width ?? 80;
        return await console.Live(CardView.Live(_card, "")).AutoClear(true).StartAsync(
            context => PumpAsync(incident, card => context.UpdateTarget(CardView.Live(card, _progress)), cancellationToken));
    }

    /// <summary>Reads the stream, again and again when it breaks, until there is a reason to stop.</summary>
    private async Task<Stop> PumpAsync(string incident, Action<IncidentCard> show, CancellationToken cancellationToken)
    {
        var lastReached = time.GetTimestamp();
        while (time.GetElapsedTime(lastReached) < ChatSession.Patience)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var messages = Read(incident, end.Token);
            try
            {
                if (await server.FindAsync(incident, cancellationToken) is { } card)
                {
                    lastReached = time.GetTimestamp();
                    _card = card;
                    show(card);
                    if (await ConsumeAsync(incident, messages, show, cancellationToken) is { } stop)
                    {
                        return stop;
                    }
                }
            }
            finally
            {
                await end.CancelAsync();
            }

            _progress = "the connection was lost; trying again";
            show(_card);
            await Task.Delay(ChatSession.Pause, time, cancellationToken);
            _progress = "";
        }

        return Stop.Lost;
    }

    /// <summary>Takes what one connection brings; <see langword="null"/> when it ends without a reason to stop.</summary>
    private async Task<Stop?> ConsumeAsync(string incident, ChannelReader<StreamMessage> messages, Action<IncidentCard> show, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_card.HasEnded && !await DrainAsync(messages, cancellationToken))
            {
                return Stop.Ended;
            }

            if (_card.State == "escalated" && !messages.TryPeek(out _))
            {
                return Stop.Ended;
            }

            if (_card is { State: "awaiting-approval" } && Question() != _asked && !messages.TryPeek(out _))
            {
                return Stop.Waiting;
            }

            var news = messages.WaitToReadAsync(cancellationToken).AsTask();
            var waits = terminal.Asks || _card.State == "awaiting-approval" ? lines.WaitToReadAsync(cancellationToken).AsTask() : null;
            if (waits is not null)
            {
                // Not compared with what WhenAny gives: two that are true already are one and the same cached task.
                await Task.WhenAny(news, waits);
                if (!news.IsCompleted && await waits)
                {
                    return Stop.Typed;
                }
            }

            if (!await news)
            {
                return null;
            }

            while (messages.TryRead(out var message))
            {
                Take(message);
            }

            _card = await server.FindAsync(incident, cancellationToken) ?? _card;
            show(_card);
        }
    }

    /// <summary>Shows what is still under way for an incident that has ended.</summary>
    private async Task<bool> DrainAsync(ChannelReader<StreamMessage> messages, CancellationToken cancellationToken)
    {
        while (await messages.WaitToReadAsync(cancellationToken))
        {
            while (messages.TryRead(out var message))
            {
                Take(message);
            }
        }

        return false;
    }

    private void Take(StreamMessage message)
    {
        if (message.Id.Length > 0)
        {
            _after = message.Id;
        }

        try
        {
            using var document = JsonDocument.Parse(message.Data);
            var root = document.RootElement;
            if (message.Name == "progress")
            {
                var total = root.GetProperty("total").GetInt32();
                _progress = $"{root.GetProperty("activity").GetString()} {root.GetProperty("detail").GetString()}{(total > 0 ? $" {root.GetProperty("done").GetInt32()}/{total}" : "")}";
            }
            else if (message.Name == "incident")
            {
                _progress = "";
                if (!terminal.Look.Interactive)
                {
                    WriteEvent(root);
                }
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            // A newer server may say more than this program knows.
            _progress = "";
        }
    }

    private void WriteEvent(JsonElement root)
    {
        var at = root.GetProperty("at").GetString() is { Length: >= 19 } moment ? moment[11..19] : "";
        writer.Line(0, new Run(at, Look.Quiet), root.GetProperty("text").GetString() ?? "");
        string[] lines = [.. root.GetProperty("blocks").EnumerateArray().SelectMany(block => (block.GetString() ?? "").Split('\n'))];
        foreach (var line in lines.Take(MostBlockLines))
        {
            writer.Whole(4, line);
        }

        if (lines.Length > MostBlockLines)
        {
            writer.Line(4, new Run($"and {lines.Length - MostBlockLines} more lines; all of them are at {new Uri(server.Address, $"/incidents/{_card.Id}")}", Look.Quiet));
        }

        terminal.Out.Flush();
    }

    /// <summary>Asks for a decision where that makes sense. <see langword="false"/> when the person wants to go on with something else.</summary>
    private async Task<bool> DecideAsync(CancellationToken cancellationToken)
    {
        _asked = Question();
        if (terminal.Look.Interactive || terminal.Asks)
        {
            CardView.Write(writer, _card);
        }

        if (_card.Decide is not { } token || !terminal.Asks)
        {
            writer.Line(0, new Run($"waiting for approval by {string.Join(", ", _card.Plan?.Approvers ?? [])}", Look.Unsure), _card.Decide is null ? "" : $"you may: approve {_card.Id}");
            terminal.Out.Flush();
            return true;
        }

        while (true)
        {
            terminal.Out.Write("approve, deny [REASON] or later? ");
            await terminal.Out.FlushAsync(cancellationToken);
            if (!await lines.WaitToReadAsync(cancellationToken) || !lines.TryRead(out var typed))
            {
                return false;
            }

            var words = typed.Trim().Split(' ', 2);
            switch (words[0].ToLowerInvariant())
            {
                case "approve" or "deny":
                    Report(await server.DecideAsync(token, words[0].Equals("approve", StringComparison.OrdinalIgnoreCase), words.ElementAtOrDefault(1), cancellationToken));
                    return true;
                case "later" or "":
                    writer.Line(0, new Run($"{_card.Id} waits; approve {_card.Id} or deny {_card.Id} decides", Look.Quiet));
                    return false;
            }
        }
    }

    private void Report(ServerAnswer answer) => writer.Line(0, answer switch
    {
        ServerAnswer.Done done => new Run(done.Text, Look.Good),
        ServerAnswer.Refused refused => new Run(refused.Text, Look.Unsure),
        ServerAnswer.Unreachable gone => new Run(gone.Why, Look.Bad),
        _ => new Run("the server did not understand that decision", Look.Bad),
    });

    /// <summary>What is asked: this plan in this round, of this person.</summary>
    private string Question() => $"{_card.Plan?.Expires} {_card.Decide}";

    private ChannelReader<StreamMessage> Read(string incident, CancellationToken cancellationToken)
    {
        var messages = Channel.CreateUnbounded<StreamMessage>();
        _ = FillAsync(messages.Writer, incident, cancellationToken);
        return messages.Reader;
    }

    private async Task FillAsync(ChannelWriter<StreamMessage> messages, string incident, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in server.FollowAsync(incident, _after, cancellationToken))
            {
                messages.TryWrite(message);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody reads any more.
        }
        finally
        {
            messages.TryComplete();
        }
    }

    private static ChatEnd EndOf(string state) => state switch
    {
        "resolved" or "healthy" => ChatEnd.Good,
        "unreachable" => ChatEnd.CouldNotTell,
        _ => ChatEnd.BadNews,
    };
}
