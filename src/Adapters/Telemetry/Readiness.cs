using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.Telemetry;

/// <summary>One thing that the service needs, and how it stands.</summary>
/// <param name="Name">What.</param>
/// <param name="IsReady">Whether work can be done with it.</param>
/// <param name="Text">A sentence for an operator.</param>
public sealed record ReadinessCheck(string Name, bool IsReady, string Text);

/// <summary>Judges whether this process can do its work.</summary>
/// <param name="store">The store, which is held under its lock while it is open.</param>
/// <param name="worker">What performs effects.</param>
/// <param name="options">How often the worker looks.</param>
/// <param name="configuration">Inventory, policy and runbooks in force.</param>
/// <param name="time">The clock.</param>
public sealed class Readiness(IIncidentStore store, EffectWorker worker, EffectOptions options, IConfigurationSource configuration, TimeProvider time)
{
    /// <summary>A store that takes longer is as good as none.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Looks now.</summary>
    public async Task<IReadOnlyList<ReadinessCheck>> LookAsync(CancellationToken cancellationToken)
        => [await StoreAsync(cancellationToken), Worker(), Configuration()];

    private async Task<ReadinessCheck> StoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A task of its own: the store may block its caller before it first waits.
            await Task.Run(() => store.ListAsync(new() { Limit = 1 }, cancellationToken), cancellationToken).WaitAsync(s_patience, time, cancellationToken);
            return new("store", true, "answers, and its lock is ours");
        }
        catch (StoreException failure)
        {
            return new("store", false, failure.Message);
        }
        catch (TimeoutException)
        {
            return new("store", false, $"gave no answer within {s_patience.TotalSeconds:0} s");
        }
    }

    private ReadinessCheck Worker()
    {
        // Some looks may be slow on a loaded machine; ten missed ones are a loop that has ended or hangs.
        var limit = (10 * options.PollEvery) + s_patience;
        return worker.LastLook is not { } look ? new("worker", false, "has not begun")
            : time.GetUtcNow() - look is var ago && ago > limit ? new("worker", false, $"has not looked for work for {ago.TotalSeconds:0} s")
            : new("worker", true, $"looks for work; {worker.Running} effects running");
    }

    /// <summary>A refused new version does not stop the work under the last valid one, but must be seen.</summary>
    private ReadinessCheck Configuration()
    {
        var current = configuration.Current;
        var hosts = $"{current.Inventory.Hosts.Length} hosts, in force since {current.LoadedAt:yyyy-MM-dd HH:mm:ss'Z'}";
        return current.LoadedAt == default ? new("configuration", false, "was not read")
            : configuration.Problem is { } problem ? new("configuration", true, $"{hosts}; {problem}")
            : new("configuration", true, hosts);
    }
}
