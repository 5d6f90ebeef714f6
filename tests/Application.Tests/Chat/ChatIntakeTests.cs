using System.Text;
using ChatOpsBot.Application.Chat.Intake;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Tests.Effects;
using ChatOpsBot.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ChatOpsBot.Application.Tests.Chat;

/// <summary>What was acknowledged to a platform is worked on, whatever the store does meanwhile.</summary>
public class ChatIntakeTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly MemoryStore _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Accept_StoreFailsWhileItIsWorkedOn_IsFinishedWithoutARestart()
    {
        var handler = new Handler(() =>
        {
            _store.Broken = true;
            return new IntakeOutcome.Done();
        });
        using var intake = new ChatIntake(_store, [handler], TimeProvider.System, NullLogger<ChatIntake>.Instance);
        await intake.StartAsync(Token);
        Assert.True(await intake.AcceptAsync("chat", "1", Encoding.UTF8.GetBytes("hello"), null, Token));
        await UntilAsync(() => Task.FromResult(handler.Calls == 1 && intake.Waiting == 0));

        _store.Broken = false;

        await UntilAsync(async () => (await _store.PendingAsync(1, Token)).IsEmpty);
        Assert.Equal(2, handler.Calls);
        await intake.StopAsync(Token);
    }

    [Fact]
    public async Task Accept_ClockIsSetAheadWhileItWaits_IsNotTakenForTooOld()
    {
        var clock = new MovedTime();
        var handler = new Handler(() =>
        {
            clock.Move(TimeSpan.FromHours(1));
            return new IntakeOutcome.Later("busy", TimeSpan.Zero);
        });
        using var intake = new ChatIntake(_store, [handler], clock, NullLogger<ChatIntake>.Instance);

        Assert.True(await intake.AcceptAsync("chat", "1", Encoding.UTF8.GetBytes("hello"), null, Token));

        await UntilAsync(async () => (await _store.PendingAsync(1, Token)).IsEmpty);
        Assert.Equal(2, handler.Calls);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begin) < s_patience, "waited in vain");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }

    private sealed class Handler(Func<IntakeOutcome> first) : IIntakeHandler
    {
        private int _calls;

        public string Surface => "chat";

        public int Calls => Volatile.Read(ref _calls);

        public Task<IntakeOutcome> HandleAsync(IntakeItem item, CancellationToken cancellationToken)
        {
            var outcome = Calls == 0 ? first() : new IntakeOutcome.Done();
            Interlocked.Increment(ref _calls);
            return Task.FromResult(outcome);
        }
    }
}
