using System.Globalization;
using System.Threading.Channels;
using ChatOpsBot.Application.Effects;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;

namespace ChatOpsBot.Adapters.Quartz;

/// <summary>
/// Wakes the effect worker at the very moment at which something is due: reminders, expiries, retries. Only an accelerator: the worker looks by itself each second, so an alarm that is lost
/// or never set costs a second.
/// </summary>
/// <param name="schedulers">The scheduler of this process.</param>
/// <param name="signal">Tells which moments are wanted, and is raised at them.</param>
/// <param name="time">The clock, the same that the scheduler has.</param>
/// <param name="logger">For operators.</param>
internal sealed class QuartzAlarmClock(ISchedulerFactory schedulers, EffectSignal signal, TimeProvider time, ILogger<QuartzAlarmClock> logger) : BackgroundService
{
    // More than that at once would be a flood, and the worker's own look is due by then.
    private const int MostWaiting = 1000;

    private readonly Channel<DateTimeOffset> _wanted = Channel.CreateBounded<DateTimeOffset>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var scheduler = await schedulers.GetScheduler(stoppingToken);
        signal.Wanted += Want;
        try
        {
            await foreach (var at in _wanted.Reader.ReadAllAsync(stoppingToken))
            {
                await SetAsync(scheduler, at, stoppingToken);
            }
        }
        finally
        {
            signal.Wanted -= Want;
        }
    }

    private void Want(DateTimeOffset at) => _wanted.Writer.TryWrite(at);

    private async Task SetAsync(IScheduler scheduler, DateTimeOffset at, CancellationToken cancellationToken)
    {
        try
        {
            // The moment is the name, so one that is wanted twice rings once.
            var name = at.UtcTicks.ToString(CultureInfo.InvariantCulture);
            var trigger = TriggerBuilder.Create(time).WithIdentity(name).StartAt(at)
                .WithSchedule(SimpleScheduleBuilder.Create().WithMisfireInstruction(SimpleTriggerMisfireInstruction.FireNow)) // a clock that jumped over the moment makes it due, not void
                .Build();
            await scheduler.ScheduleJob(JobBuilder.Create<WakeWorker>().WithIdentity(name).Build(), trigger, ScheduleJobOptions.Replacing, cancellationToken);
        }
        catch (SchedulerException failure)
        {
            Log.NotSet(logger, at, failure);
        }
    }
}

/// <summary>The alarm itself.</summary>
/// <param name="signal">What it raises.</param>
internal sealed class WakeWorker(EffectSignal signal) : IJob
{
    /// <inheritdoc/>
    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        signal.Raise();
        return ValueTask.CompletedTask;
    }
}

/// <summary>What operators of the bot read about alarms.</summary>
internal static partial class Log
{
    [LoggerMessage(2301, LogLevel.Warning, "No alarm could be set for {At}; the worker finds what is due by itself a little later")]
    public static partial void NotSet(ILogger logger, DateTimeOffset at, Exception failure);
}
