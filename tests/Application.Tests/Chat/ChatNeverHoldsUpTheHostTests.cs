using ChatOpsBot.Application.Chat.Delivery;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Application.Tests.Chat;

/// <summary>The whole way of a repair with the real handlers of the chat lanes and a platform that fails in every way for ten minutes.</summary>
public sealed class ChatNeverHoldsUpTheHostTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ChatBench _bench = new();
    private readonly FakeSurface _slack = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly HostLane _host;
    private readonly Task _running;

    public ChatNeverHoldsUpTheHostTests()
    {
        _host = new(_bench);
        var surfaces = new ChatSurfaces([_slack]);
        var delivery = new CardDelivery(_bench.Incidents, _bench.Cards, _bench.Store, NullLogger<CardDelivery>.Instance);
        var worker = new EffectWorker(
            _bench.Store, _bench.Incidents,
            [
                _host, new UpdateCard(surfaces, delivery, NullLogger<UpdateCard>.Instance),
                new PostMessages(surfaces, delivery, _bench.Transcripts, _bench.Links, NullLogger<PostMessages>.Instance), new TimerEffects(_bench.Time),
            ],
            _bench.Signal, new(), _bench.Time, NullLogger<EffectWorker>.Instance);
        _running = Task.Run(() => worker.RunAsync(_stop.Token));
    }

    [Theory]
    [InlineData("hangs", GuardStatus.Committed, "resolved")]
    [InlineData("hangs", GuardStatus.Reverted, "reverted")]
    [InlineData("429", GuardStatus.Committed, "resolved")]
    [InlineData("throws", GuardStatus.Committed, "resolved")]
    [InlineData("never", GuardStatus.Committed, "resolved")]
    public async Task ChatFailsForTenMinutes_TheRepairEndsMeanwhile_AndIsToldAfterwards(string way, GuardStatus end, string state)
    {
        var failing = true;
        _slack.Before = async (_, cancellationToken) =>
        {
            switch (failing ? way : "")
            {
                case "hangs":
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                    break;
                case "429":
                    return new ChatOutcome.Later("rate limited", TimeSpan.FromSeconds(30));
                case "throws":
                    throw new InvalidOperationException("broken");
                case "never":
                    return new ChatOutcome.Never("not_in_channel");
            }

            return null;
        };
        _host.End = end;
        await _bench.SayAsync(Ann, "check host42");
        await UntilAsync(async () => (await StateAsync()) == "awaiting-approval", advance: false);
        await _bench.SayAsync(Bo, "approve I-1");

        // Not a second of the clock is needed for the host; ten minutes of chat failing change nothing.
        await UntilAsync(async () => (await StateAsync()) == state, advance: false);
        for (var second = 0; second < 600; second += 10)
        {
            _bench.Time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        Assert.Equal(state, await StateAsync());
        Assert.Empty(_slack.Cards);

        failing = false;
        if (way == "never")
        {
            return;
        }

        await UntilAsync(() => Task.FromResult(_slack.Posts.Any(post => post.Text.ToString().Contains($"has ended {state}", StringComparison.Ordinal))), advance: true);

        // The incident's own conversation and the approvers'.
        await UntilAsync(() => Task.FromResult(_slack.Cards.Values.Count(card => card.Status == state) == 2), advance: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // The worker was asked to stop.
        }

        _stop.Dispose();
    }

    private async Task<string> StateAsync() => (await _bench.IncidentAsync(new(1))).State.Name;

    private async Task UntilAsync(Func<Task<bool>> holds, bool advance)
    {
        var end = TimeProvider.System.GetTimestamp() + (long)(Limit.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetTimestamp() < end, "the condition did not come true");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
            if (advance)
            {
                _bench.Time.Advance(TimeSpan.FromSeconds(1));
            }
        }
    }

    /// <summary>A host on which everything works, up to the end that is told.</summary>
    private sealed class HostLane(ChatBench bench) : IEffectHandler
    {
        public GuardStatus End { get; set; } = GuardStatus.Committed;

        public IReadOnlyCollection<string> Names { get; } =
        [
            "observe.v1", "propose-plan.v1", "begin-repair.v1", "apply-repair.v1", "verify-repair.v1", "commit-repair.v1", "revert-repair.v1",
        ];

        public Task<EffectOutcome> PerformAsync(EffectTask task, CancellationToken cancellationToken) => Task.FromResult<EffectOutcome>(task.Effect switch
        {
            Effect.Observe => new EffectOutcome.Done(Fault() with { At = bench.Now }),
            Effect.ProposePlan => new EffectOutcome.Done(bench.ProposedNow(1)),
            Effect.BeginRepair => Said(GuardStatus.Armed),
            Effect.ApplyRepair => Said(GuardStatus.Applied),
            Effect.VerifyRepair => new EffectOutcome.Done(Verified(End == GuardStatus.Committed ? VerifyOutcome.Done : VerifyOutcome.Worse) with { At = bench.Now }),
            _ => Said(End),
        });

        private EffectOutcome.Done Said(GuardStatus status) => new(GuardSaid(status) with { At = bench.Now });
    }
}
