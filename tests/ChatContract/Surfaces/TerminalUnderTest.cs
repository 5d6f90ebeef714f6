using System.Collections.Immutable;
using ChatOpsBot.Adapters.Console.Chat;
using ChatOpsBot.Adapters.Console.Terminal;
using ChatOpsBot.ChatContract.Benches;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Support;

namespace ChatOpsBot.ChatContract.Surfaces;

/// <summary>The terminal client, which knows nothing but the API: lines typed, an incident followed, a question answered.</summary>
public sealed class TerminalUnderTest : ChatUnderTest
{
    private readonly WebBench _bench;
    private readonly List<TerminalSession> _sessions = [];
    private TerminalSession? _watch;

    private TerminalUnderTest(WebBench bench) => _bench = bench;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Ways { get; } = new Dictionary<string, string>
    {
        ["Check_OfAHost_ShowsOneCardThatFollows"] = "`check host42`; followed to its end",
        ["Help_SaysWhatTheAskerMayDo"] = "printed",
        ["BadInput_IsAnsweredWithTheRemedy"] = "printed; exit code of a script",
        ["Stranger_IsRefusedAndToldWhatToDo"] = "by token; exit code",
        ["Approve_BySecondPerson_BeginsTheRepair"] = "asked: *approve, deny or later?*",
        ["Approve_OfAProbe_SaysWhatIsSentAndGoesOn"] = "asked: *approve, deny or later?*",
        ["Approve_ByTheAsker_NeedsASecondPerson"] = "not asked; `approve I-1` is refused",
        ["Approve_ByOutsiders_IsRefused"] = "not asked; `approve I-1` is refused",
        ["Press_OfAnyButton_ByOutsiders_IsRefused"] = "as commands: refused",
        ["Deny_WithAReason_EndsTheIncidentAndKeepsTheReason"] = "`deny REASON` at the question",
        ["Press_OfAReplacedPlan_DecidesNothing"] = "told so at the answer",
        ["Press_Twice_DecidesOnce"] = "the second is told who decided",
        ["Press_AfterARestart_StillWorks"] = "waits for the server and goes on",
        ["Cancel_EndsTheIncident"] = "`cancel I-1`",
        ["Note_IsInTheTranscript"] = "`note I-1 TEXT`",
        ["Transcript_IsThereWithItsHead"] = "summary and link to the console",
        ["HostileWords_AreReadAndNeverTakeEffect"] = "control characters shown, not sent",
        ["LongOutput_IsNeverCutSilently"] = "printed whole",
    };

    internal override ChatBench Bench => _bench;

    /// <summary>Starts it.</summary>
    public static async Task<ChatUnderTest> StartAsync() => new TerminalUnderTest(await WebBench.StartAsync());

    /// <inheritdoc/>
    public override async Task<string> SayAsync(string person, string line)
    {
        // A script of one line. One that opens an incident follows it; the person leaves with Ctrl-C.
        var session = Start(person, asks: false);
        session.Type(line);
        session.EndOfInput();
        await ChatBench.UntilAsync(() => session.HasEnded || session.Text.Contains('\n'), () => $"an answer to {line}: {session.Text}");
        if (!line.StartsWith("check", StringComparison.Ordinal) && !line.StartsWith("approve", StringComparison.Ordinal))
        {
            await ChatBench.UntilAsync(() => session.HasEnded, () => $"the end of {line}: {session.Text}");
        }

        await session.LeaveAsync();
        return session.Text;
    }

    /// <inheritdoc/>
    public override async Task<string> CardAsync(IncidentId id, string holds)
    {
        var watch = _watch ??= await WatchAsync("ann", id);
        await ChatBench.UntilAsync(() => watch.Text.Contains(holds, StringComparison.Ordinal), () => $"{holds} in {watch.Text}");
        return watch.Text;
    }

    /// <inheritdoc/>
    public override async Task<int> CardsAsync(IncidentId id) => (await SayAsync("ann", "incidents open")).Split('\n').Count(line => line.Contains($"{id} ", StringComparison.Ordinal));

    /// <inheritdoc/>
    public override async Task<HeldButton> HoldAsync(IncidentId id, string action)
    {
        var session = await WatchAsync("bo", id);
        await ChatBench.UntilAsync(() => session.Text.EndsWith("later? ", StringComparison.Ordinal), () => $"the question in {session.Text}");
        return new(id, action, session);
    }

    /// <inheritdoc/>
    public override async Task<string> PressAsync(string person, HeldButton button, string reason = "")
    {
        var session = (TerminalSession)button.Thing;
        if (person != "bo" || !session.TakeQuestion())
        {
            // A question on another's screen cannot be answered; what comes nearest is the command.
            return await SayAsync(person, $"{button.Action} {button.Incident} {reason}".Trim());
        }

        var said = session.Text.Length;
        session.Type($"{button.Action} {reason}".Trim());
        await ChatBench.UntilAsync(() => session.Text.IndexOf('\n', said) >= 0, () => $"an answer in {session.Text}");
        return session.Text[said..];
    }

    /// <inheritdoc/>
    public override Task<string> ForgeAsync(string person, HeldButton real, ButtonAction action, string token) => SayAsync(person, ButtonLines.Of(action, real.Incident, "host42"));

    /// <inheritdoc/>
    public override async Task<string> DetailsAsync(string person, IncidentId id, Func<string, bool> enough)
    {
        var watch = await WatchAsync(person, id);
        await ChatBench.UntilAsync(() => enough(watch.Text), () => $"all of it; there is {watch.Text}");
        return watch.Text;
    }

    /// <inheritdoc/>
    public override Task<ImmutableArray<string>> LiveAsync(IncidentId id)
        => Task.FromResult<ImmutableArray<string>>([.. _sessions.SelectMany(session => session.Text.Where(c => (char.IsControl(c) && c != '\n') || c is >= '\u202a' and <= '\u202e').Select(c => $"U+{(int)c:X4}"))]);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        foreach (var session in _sessions)
        {
            await session.LeaveAsync();
            session.Dispose();
        }

        await base.DisposeAsync();
    }

    private async Task<TerminalSession> WatchAsync(string person, IncidentId id)
    {
        var session = Start(person, asks: true);
        session.Type($"check {(await Bench.IncidentAsync(id)).Request.Host}");
        return session;
    }

    private TerminalSession Start(string person, bool asks)
    {
        var session = new TerminalSession(_bench.Address, BenchConfiguration.TokenOf(person), asks);
        _sessions.Add(session);
        return session;
    }
}

/// <summary>A person at a terminal.</summary>
internal sealed class TerminalSession : IDisposable
{
    private readonly TypedLines _keys = new();
    private readonly LockedWriter _screen = new();
    private readonly ChatServer _server;
    private readonly CancellationTokenSource _interrupt = new();
    private readonly Task _running;
    private int _answered;

    public TerminalSession(Uri address, string token, bool asks)
    {
        _server = new(address, token, TimeProvider.System);
        _running = new ChatSession(_server, new(_keys, _screen, TerminalLook.Plain, asks), TimeProvider.System).RunAsync(_interrupt.Token);
    }

    public string Text => _screen.ToString();

    public bool HasEnded => _running.IsCompleted;

    /// <summary>Whether the question on the screen was not answered before.</summary>
    public bool TakeQuestion() => Interlocked.Exchange(ref _answered, 1) == 0;

    public void Type(string line) => _keys.Type(line);

    public void EndOfInput() => _keys.End();

    /// <summary>Ctrl-C.</summary>
    public async Task LeaveAsync()
    {
        EndOfInput();
        await _interrupt.CancelAsync();
        await _running.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public void Dispose()
    {
        _server.Dispose();
        _keys.Dispose();
        _screen.Dispose();
        _interrupt.Dispose();
    }
}
