using System.Collections.Immutable;
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

    [Fact]
    public async Task Accept_LookForLostItemsComesBetweenWritingAndWork_KeepsTheWayToAnswerAtOnce()
    {
        var looked = new SemaphoreSlim(0);
        var inbox = new WatchedInbox(_store, looked);
        var handler = new Handler(() => new IntakeOutcome.Done());
        var clock = new MovedTime();
        using var intake = new ChatIntake(inbox, [handler], clock, NullLogger<ChatIntake>.Instance);
        await intake.StartAsync(Token);
        await looked.WaitAsync(s_patience, Token);

        // Written down, and the next look sees it before the writer has gone on.
        inbox.AfterPut = async () =>
        {
            await looked.WaitAsync(s_patience, Token);
            await looked.WaitAsync(s_patience, Token);
        };
        await intake.AcceptAsync("chat", "1", Encoding.UTF8.GetBytes("hello"), "the way", Token);

        await UntilAsync(async () => (await _store.PendingAsync(1, Token)).IsEmpty);
        Assert.Equal("the way", handler.Handle);
        Assert.Equal(1, handler.Calls);
        await intake.StopAsync(Token);
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

        public object? Handle { get; private set; }

        public Task<IntakeOutcome> HandleAsync(IntakeItem item, CancellationToken cancellationToken)
        {
            Handle = item.Handle;
            var outcome = Calls == 0 ? first() : new IntakeOutcome.Done();
            Interlocked.Increment(ref _calls);
            return Task.FromResult(outcome);
        }
    }

    /// <summary>Tells each look for what is pending, and lets a test wait between writing an item down and saying so.</summary>
    private sealed class WatchedInbox(IInbox real, SemaphoreSlim looked) : IInbox
    {
        public Func<Task> AfterPut { get; set; } = () => Task.CompletedTask;

        public async Task<InboxPut> PutAsync(string key, DateTimeOffset received, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
        {
            var put = await real.PutAsync(key, received, body, cancellationToken);
            await AfterPut();
            return put;
        }

        public Task DoneAsync(InboxDone done, CancellationToken cancellationToken) => real.DoneAsync(done, cancellationToken);

        public async Task<ImmutableArray<InboxItem>> PendingAsync(int limit, CancellationToken cancellationToken)
        {
            var pending = await real.PendingAsync(limit, cancellationToken);
            looked.Release();
            return pending;
        }
    }
}
