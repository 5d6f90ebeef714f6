using System.Collections.Concurrent;
using ChatOpsBot.Adapters.Quartz;
using ChatOpsBot.Application.Effects;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Quartz;

/// <summary>The alarm clock on the real scheduler, with a clock that runs on and can jump, as a machine's does that slept.</summary>
public sealed class QuartzAlarmClockTests : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly JumpingTime _time = new();
    private readonly EffectSignal _signal = new();
    private readonly Lines _lines = new();
    private IHost? _host;

    [Fact]
    public async Task Alarm_AtItsMoment_Rings()
    {
        await StartAsync();
        var rung = _signal.NextAsync();
        var at = _time.GetUtcNow() + TimeSpan.FromSeconds(2);
        _signal.RaiseAt(at);
        await rung.WaitAsync(s_patience, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.True(_time.GetUtcNow() >= at, $"it rang {at - _time.GetUtcNow()} early");
    }

    [Fact]
    public async Task Alarm_OverdueWhenItIsWanted_RingsAtOnce()
    {
        await StartAsync();
        var rung = _signal.NextAsync();
        _signal.RaiseAt(_time.GetUtcNow() - TimeSpan.FromMinutes(5));
        await rung.WaitAsync(s_patience, TimeProvider.System, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Alarm_WantedTwiceForTheSameMoment_IsOne()
    {
        await StartAsync();
        var at = _time.GetUtcNow() + TimeSpan.FromMinutes(5);
        await SetAsync(at);
        _signal.RaiseAt(at);

        // Another one behind it, so the second wish was worked off when this is there.
        await SetAsync(at + TimeSpan.FromMinutes(1));
        Assert.Equal(3, await WaitingAsync());
    }

    [Theory]
    [InlineData(-300)]
    [InlineData(0)]
    [InlineData(300)]
    public async Task Alarm_LongOverdueAfterAJump_RingsAndTheServiceStillStops(int daysFromTheMachines)
    {
        _time.Jump(TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(daysFromTheMachines) - _time.GetUtcNow());
        await StartAsync();
        var rung = _signal.NextAsync();
        for (var minute = 1; minute <= 15; minute++)
        {
            await SetAsync(_time.GetUtcNow() + TimeSpan.FromMinutes(minute));
        }

        _time.Jump(TimeSpan.FromMinutes(12));

        // Retries ask for moments before and after while the jump is being worked off.
        for (var second = -700; second <= 60; second += 20)
        {
            _signal.RaiseAt(_time.GetUtcNow() + TimeSpan.FromSeconds(second));
        }

        await rung.WaitAsync(s_patience, TimeProvider.System, TestContext.Current.CancellationToken);
        await StopAsync();
        Assert.DoesNotContain(_lines.All, line => line.StartsWith("Warning", StringComparison.Ordinal) || line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Alarms_ThatAreNotDue_DoNotHoldUpTheEnd()
    {
        await StartAsync();
        await SetAsync(_time.GetUtcNow() + TimeSpan.FromMinutes(10));
        var rung = _signal.NextAsync();
        var start = TimeProvider.System.GetTimestamp();
        await StopAsync();
        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(10));
        _time.Jump(TimeSpan.FromMinutes(20));
        _signal.RaiseAt(_time.GetUtcNow());
        Assert.False(rung.IsCompleted);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        GC.SuppressFinalize(this);
    }

    private async Task StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { DisableDefaults = true });
        builder.Logging.AddProvider(_lines);
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddSingleton(_signal);
        builder.Services.AddQuartzAlarmClock();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = s_patience);
        _host = builder.Build();
        await _host.StartAsync(TestContext.Current.CancellationToken);

        // What is wanted before the clock listens is lost, as it may be: the worker looks by itself. Here it has to listen.
        await SetAsync(_time.GetUtcNow() + TimeSpan.FromDays(300));
    }

    /// <summary>Within the limit, or the test fails.</summary>
    private async Task StopAsync()
    {
        if (_host is { } host)
        {
            _host = null;
            await host.StopAsync(CancellationToken.None).WaitAsync(s_patience, TimeProvider.System);
            host.Dispose();
        }
    }

    /// <summary>Wants an alarm and waits until the scheduler has it.</summary>
    private async Task SetAsync(DateTimeOffset at)
    {
        var before = await WaitingAsync();
        var start = TimeProvider.System.GetTimestamp();
        do
        {
            // Whether the clock listens already cannot be seen from outside; the moment is the name, so to want it again does no harm.
            _signal.RaiseAt(at);
            Assert.True(TimeProvider.System.GetElapsedTime(start) < s_patience, "the alarm is not set");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
        while (await WaitingAsync() == before);
    }

    private async Task<int> WaitingAsync()
    {
        var factory = (_host ?? throw new InvalidOperationException("it does not run")).Services.GetRequiredService<ISchedulerFactory>();
        var scheduler = await factory.GetScheduler(TestContext.Current.CancellationToken);
        return (await scheduler.GetTriggerKeys(GroupMatcher<TriggerKey>.AnyGroup(), TestContext.Current.CancellationToken)).Count;
    }

    private sealed class JumpingTime : TimeProvider
    {
        private long _moved;

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 5, 8, 0, 0, TimeSpan.Zero) + System.GetElapsedTime(0) + TimeSpan.FromTicks(Interlocked.Read(ref _moved));

        public void Jump(TimeSpan by) => Interlocked.Add(ref _moved, by.Ticks);
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> All { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => All.Enqueue($"{logLevel}: {formatter(state, exception)}");

        public void Dispose()
        {
            // Nothing is open.
        }
    }
}
