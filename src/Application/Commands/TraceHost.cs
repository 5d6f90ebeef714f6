using ChatOpsBot.Application.Observation;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Application.Commands;

/// <summary>What following a guest's frames on a host came to.</summary>
public abstract record TraceOutcome
{
    private TraceOutcome()
    {
    }

    /// <summary>The host was read.</summary>
    /// <param name="Host">Inventory name.</param>
    /// <param name="At">When it was read.</param>
    /// <param name="Duration">How long the read took.</param>
    /// <param name="Answer">Where the frames go.</param>
    public sealed record Traced(string Host, DateTimeOffset At, TimeSpan Duration, TraceAnswer Answer) : TraceOutcome;

    /// <summary>There is no snapshot.</summary>
    /// <param name="Host">Inventory name.</param>
    /// <param name="At">When the attempt began.</param>
    /// <param name="Duration">How long it took.</param>
    /// <param name="Kind">Why.</param>
    /// <param name="Message">A sentence for a person, with the remedy where there is one.</param>
    public sealed record Unreachable(string Host, DateTimeOffset At, TimeSpan Duration, ShellFailureKind Kind, string Message) : TraceOutcome;
}

/// <summary>The <c>trace</c> command: reads a host once and follows the DHCP exchange of one guest through it. Changes nothing and sends nothing.</summary>
/// <param name="reader">Reads hosts.</param>
/// <param name="time">The bot's clock.</param>
public sealed class TraceHost(HostReader reader, TimeProvider time)
{
    /// <summary>Traces a guest.</summary>
    /// <param name="host">Which host.</param>
    /// <param name="guest">Guest or tap.</param>
    /// <param name="progress">Told about each section that has arrived.</param>
    /// <param name="cancellationToken">Ends the read, on the host too.</param>
    public async Task<TraceOutcome> RunAsync(HostEntry host, string guest, IProgress<ReadProgress>? progress, CancellationToken cancellationToken)
    {
        var began = time.GetUtcNow();
        var start = time.GetTimestamp();
        return await reader.ReadAsync(host, progress, cancellationToken) switch
        {
            ReadOutcome.Read(var snapshot) => new TraceOutcome.Traced(snapshot.Host, snapshot.ObservedAt, snapshot.Duration, GuestTracer.Trace(new HostView(snapshot, host), guest)),
            ReadOutcome.Failed(var kind, var message) => new TraceOutcome.Unreachable(host.Name, began, time.GetElapsedTime(start), kind, message),
            var other => throw new InvalidOperationException($"unknown outcome {other.GetType().Name}"),
        };
    }
}
