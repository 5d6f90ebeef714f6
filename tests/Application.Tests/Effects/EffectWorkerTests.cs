using System.Collections.Concurrent;
using System.Collections.Immutable;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Application.Tests.Effects;

public sealed class EffectWorkerTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly ManualTime _time = new();
    private readonly MemoryStore _store = new();
    private readonly EffectSignal _signal = new();
    private readonly EffectOptions _options = new() { HostTries = 3 };
    private readonly Scripted _host = new("observe.v1", "propose-plan.v1", "begin-repair.v1", "apply-repair.v1", "verify-repair.v1", "commit-repair.v1", "revert-repair.v1");
    private readonly Scripted _chat = new("update-card.v1", "ask-for-approval.v1", "ask-human.v1", "publish-transcript.v1");
    private readonly CancellationTokenSource _stop = new();
    private readonly IncidentService _incidents;
    private readonly EffectWorker _worker;
    private Task _running = Task.CompletedTask;

    public EffectWorkerTests()
    {
        _incidents = new(_store, _signal);
        _worker = new(_store, _incidents, [_host, _chat, new TimerEffects(_time)], _signal, _options, _time, NullLogger<EffectWorker>.Instance);
    }

    private DateTimeOffset Now => _time.GetUtcNow();

    [Fact]
    public async Task ChatHangs_TheRepairStillCommits()
    {
        _chat.On = async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return new EffectOutcome.Done();
        };
        _host.On = (task, _) => Task.FromResult<EffectOutcome>(Repairing(task));
        var id = await OpenAsync();
        await UntilAsync(async () => (await StateAsync(id)) == "awaiting-approval");
        await ApplyAsync(id, Approve(await ViewAsync(id)));

        await UntilAsync(async () => (await StateAsync(id)) == "resolved");
        Assert.Equal(["observe:1", "plan:1", "begin:1.1", "apply:1.1", "verify:1.1", "commit:1.1"], _host.Performed);
    }

    [Fact]
    [Trait("Requirement", "SEC-18")]
    public async Task Failing_IsTriedAgainWithLongerWaits_ThenTheIncidentIsTold()
    {
        _host.On = (_, _) => throw new InvalidOperationException("ssh fell over");
        var id = await OpenAsync();

        await UntilAsync(() => _host.Performed.Count == 1);
        await NeverWithinAsync(TimeSpan.FromMilliseconds(900), () => _host.Performed.Count > 1);
        await UntilAsync(() => _host.Performed.Count == 2, TimeSpan.FromMilliseconds(20));
        await NeverWithinAsync(TimeSpan.FromMilliseconds(1900), () => _host.Performed.Count > 2);
        await UntilAsync(async () => (await StateAsync(id)) == "escalated", TimeSpan.FromMilliseconds(20));

        Assert.Equal(3, _host.Performed.Count);

        // The card shows this to people: a mark, not what failed inside.
        var question = Assert.IsType<IncidentState.Escalated>((await ViewAsync(id)).Incident.State).Question;
        Assert.Matches("something failed inside the bot; an operator finds the cause in its log under [0-9a-f]{8}", question);
        Assert.DoesNotContain("ssh fell over", question, StringComparison.Ordinal);
        Assert.Contains(("observe:1", EffectEnd.GivenUp), _store.Settled);
    }

    [Fact]
    public async Task Hanging_IsLeftBehindAtItsLimit()
    {
        _options.HostLimit = TimeSpan.FromSeconds(5);
        var never = new TaskCompletionSource<EffectOutcome>();
        _host.On = (_, _) => never.Task; // even ignores its token
        await OpenAsync();
        await UntilAsync(() => _host.Performed.Count == 1);

        await UntilAsync(() => _store.Settled.Contains(("observe:1", EffectEnd.Retry)), TimeSpan.FromSeconds(1));
        never.SetResult(new EffectOutcome.Done());
    }

    [Fact]
    public async Task Cancelled_BeforeBegin_TheGuardIsNeverArmed()
    {
        _host.On = (task, _) => Task.FromResult<EffectOutcome>(task.Effect is Effect.RevertRepair ? Report(task, GuardStatus.NotBegun) : Repairing(task));
        var id = await OpenAsync();
        await UntilAsync(async () => (await StateAsync(id)) == "awaiting-approval");

        // In one transaction, so the worker first sees the effects when both have happened.
        await ApplyAsync(id, Approve(await ViewAsync(id)), new IncidentEvent.CancelRequested(Now, Ann, null));
        await UntilAsync(async () => (await StateAsync(id)) == "cancelled");
        Assert.DoesNotContain("begin:1.1", _host.Performed);
        Assert.Contains("revert:1.1", _host.Performed);
    }

    [Fact]
    public async Task ClaimStolen_TheLateAnswerIsNotStored()
    {
        var working = new TaskCompletionSource();
        _host.On = async (task, _) =>
        {
            await working.Task;
            return Repairing(task);
        };
        var id = await OpenAsync();
        await UntilAsync(() => _host.Performed.Count == 1);
        _store.StealClaims();
        working.SetResult();

        await UntilAsync(() => _worker.Running == 0);
        Assert.Equal("observing", await StateAsync(id));
        Assert.DoesNotContain(_store.Settled, settled => settled.Key == "observe:1");
    }

    [Fact]
    public async Task StoreBroken_WorkGoesOnOnceItWorksAgain()
    {
        _store.Broken = true;
        _signal.Raise();
        await UntilAsync(() => _worker.Running == 0, TimeSpan.FromSeconds(1));
        _store.Broken = false;
        _host.On = (task, _) => Task.FromResult<EffectOutcome>(Repairing(task));
        var id = await OpenAsync();

        await UntilAsync(async () => (await StateAsync(id)) == "awaiting-approval", TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Timers_RemindThenExpire()
    {
        _host.On = (task, _) => Task.FromResult<EffectOutcome>(Repairing(task));
        var id = await OpenAsync();
        await UntilAsync(async () => (await StateAsync(id)) == "awaiting-approval");

        _time.Advance(TimeSpan.FromMinutes(15));
        await UntilAsync(() => _chat.Performed.Any(key => key.StartsWith("remind:", StringComparison.Ordinal)), TimeSpan.FromSeconds(1));
        Assert.Equal("awaiting-approval", await StateAsync(id));
        _time.Advance(TimeSpan.FromMinutes(15));
        await UntilAsync(async () => (await StateAsync(id)) == "expired", TimeSpan.FromSeconds(1));
        await UntilAsync(() => _chat.Performed.Contains($"outcome:{Channel}"), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task OneConversation_HasOnlyItsSlots()
    {
        var gate = new TaskCompletionSource<EffectOutcome>();
        _chat.On = (_, _) => gate.Task;
        _host.On = (_, _) => gate.Task;
        for (var host = 0; host < 10; host++)
        {
            await OpenAsync($"host{host}");
        }

        await UntilAsync(() => _chat.Performed.Count == _options.SlotsPerConversation && _host.Performed.Count == 10);
        gate.SetResult(new EffectOutcome.Done());
        await UntilAsync(() => _chat.Performed.Count == 10, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Effect_TakenBeforeItsEventIsKnownHere_IsStillPerformed()
    {
        _host.On = (task, _) => Task.FromResult<EffectOutcome>(Repairing(task));
        var id = await OpenAsync();
        await UntilAsync(async () => (await StateAsync(id)) == "awaiting-approval");
        await UntilAsync(() => _worker.Running == 0);
        var approve = Approve(await ViewAsync(id));

        // The approval is stored; who stored it is kept from going on until the worker has dealt with what it asks for, to the very end.
        var approved = new TaskCompletionSource();
        _store.AfterAppend = () =>
        {
            _store.AfterAppend = null;
            return approved.Task;
        };
        var applying = ApplyAsync(id, approve);
        await UntilAsync(() =>
        {
            _signal.Raise();
            return _store.Settled.Any(settled => settled.Key == "commit:1.1");
        });
        approved.SetResult();
        await applying;

        Assert.Contains("begin:1.1", _host.Performed);
        Assert.Equal("resolved", await StateAsync(id));
    }

    [Fact]
    public async Task NoHandler_IsGivenUp_AndTheIncidentDoesNotWait()
    {
        var bare = new EffectWorker(_store, _incidents, [], _signal, _options, _time, NullLogger<EffectWorker>.Instance);
        await StopAsync();
        var id = await OpenAsync();
        await bare.StartDueAsync(TestContext.Current.CancellationToken);

        await UntilAsync(async () => (await StateAsync(id)) == "escalated");
    }

    [Fact]
    public void TwoHandlersForOneEffect_AreRefused()
        => Assert.Contains("observe.v1", Assert.Throws<ArgumentException>(
            () => new EffectWorker(_store, _incidents, [_host, new Scripted("observe.v1")], _signal, _options, _time, NullLogger<EffectWorker>.Instance)).Message, StringComparison.Ordinal);

    [Fact]
    public void Options_EachProblemIsNamed()
    {
        Assert.Empty(new EffectOptions().Problems());
        var wrong = new EffectOptions { PollEvery = TimeSpan.Zero, HostSlots = 0 };
        Assert.Equal(["Scheduling:PollEvery is 00:00:00; it must be longer than nothing", "Scheduling:HostSlots is 0; it must be at least 1"], wrong.Problems());
    }

    public ValueTask InitializeAsync()
    {
        _running = Task.Run(() => _worker.RunAsync(_stop.Token));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task StopAsync()
    {
        // To be asked to stop is no failure.
        await _stop.CancelAsync();
        await _running;
    }

    private async Task<IncidentId> OpenAsync(string host = "host42")
        => Assert.IsType<ApplyOutcome.Applied>(await _incidents.OpenOrJoinAsync(
            new() { Host = host }, Ann, Channel, new(), Now, null, TestContext.Current.CancellationToken)).View.Incident.Id;

    private async Task ApplyAsync(IncidentId id, params ImmutableArray<IncidentEvent> events)
        => Assert.IsType<ApplyOutcome.Applied>(await _incidents.ApplyAsync(id, events, null, null, TestContext.Current.CancellationToken));

    private async Task<IncidentView> ViewAsync(IncidentId id)
        => await _incidents.GetAsync(id, TestContext.Current.CancellationToken) ?? throw new InvalidOperationException($"{id} is gone");

    private async Task<string> StateAsync(IncidentId id) => (await ViewAsync(id)).Incident.State.Name;

    private IncidentEvent.Approved Approve(IncidentView view)
    {
        var proposal = Assert.IsType<IncidentState.AwaitingApproval>(view.Incident.State).Proposal;
        return new(Now, Bo, proposal.Generation, proposal.PlanHash);
    }

    private EffectOutcome.Done Repairing(EffectTask task) => task.Effect switch
    {
        Effect.Observe => new EffectOutcome.Done(Fault() with { At = Now }),
        Effect.ProposePlan => new EffectOutcome.Done(Proposed(plan: Plan() with { Expires = Now.AddMinutes(30) }) with { At = Now }),
        Effect.BeginRepair => Report(task, GuardStatus.Armed),
        Effect.ApplyRepair => Report(task, GuardStatus.Applied),
        Effect.VerifyRepair => new EffectOutcome.Done(Verified(VerifyOutcome.Done) with { At = Now }),
        Effect.CommitRepair => Report(task, GuardStatus.Committed),
        _ => Report(task, GuardStatus.Reverted),
    };

    private EffectOutcome.Done Report(EffectTask task, GuardStatus status)
    {
        Assert.True(task.Incident.Incident.IsOpen);
        return new(GuardSaid(status) with { At = Now });
    }

    private Task UntilAsync(Func<bool> holds, TimeSpan? step = null) => UntilAsync(() => Task.FromResult(holds()), step);

    /// <summary>Waits for a condition, moving the clock by the step while it does not hold; fails after a limit of real time.</summary>
    private async Task UntilAsync(Func<Task<bool>> holds, TimeSpan? step = null)
    {
        var end = TimeProvider.System.GetTimestamp() + (long)(Limit.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetTimestamp() < end, "the condition did not come true");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
            if (step is { } by)
            {
                _time.Advance(by);
            }
        }
    }

    /// <summary>Moves the clock that far in small steps, settling in between, and fails when the condition comes true.</summary>
    private async Task NeverWithinAsync(TimeSpan span, Func<bool> happened)
    {
        await UntilAsync(() => _worker.Running == 0);
        for (var step = 0; step < 10; step++)
        {
            _time.Advance(span / 10);
            _signal.Raise();
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
            Assert.False(happened());
        }
    }

    private sealed class Scripted(params string[] names) : IEffectHandler
    {
        private readonly ConcurrentQueue<string> _performed = new();

        public Func<EffectTask, CancellationToken, Task<EffectOutcome>> On { get; set; } = (_, _) => Task.FromResult<EffectOutcome>(new EffectOutcome.Done());

        public ConcurrentQueue<string> Performed => _performed;

        public IReadOnlyCollection<string> Names { get; } = names;

        public Task<EffectOutcome> PerformAsync(EffectTask task, CancellationToken cancellationToken)
        {
            _performed.Enqueue(task.Effect.Key);
            return On(task, cancellationToken);
        }
    }
}
