using ChatOpsBot.Application.Observation;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Probing;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Probes;

namespace ChatOpsBot.Application.Commands;

/// <summary>What a check came to.</summary>
public abstract record CheckOutcome
{
    private CheckOutcome()
    {
    }

    /// <summary>The host was read.</summary>
    /// <param name="Diagnosis">What is wrong with it, if anything.</param>
    /// <param name="Snapshot">What it was judged from.</param>
    public sealed record Diagnosed(Diagnosis Diagnosis, HostSnapshot Snapshot) : CheckOutcome;

    /// <summary>There is no snapshot.</summary>
    /// <param name="Host">Inventory name.</param>
    /// <param name="At">When the attempt began.</param>
    /// <param name="Duration">How long it took.</param>
    /// <param name="Kind">Why.</param>
    /// <param name="Message">A sentence for a person, with the remedy where there is one.</param>
    public sealed record Unreachable(string Host, DateTimeOffset At, TimeSpan Duration, ShellFailureKind Kind, string Message) : CheckOutcome;
}

/// <summary>The <c>check</c> command: reads a host once, probes it where that does not suffice and is wished, and says what is wrong. Changes nothing on it.</summary>
/// <param name="reader">Reads hosts.</param>
/// <param name="probes">Goes on where the read does not suffice.</param>
/// <param name="time">The bot's clock.</param>
public sealed class CheckHost(HostReader reader, ProbeRound probes, TimeProvider time)
{
    /// <summary>Checks a host.</summary>
    /// <param name="host">Which.</param>
    /// <param name="focus">What the engineer asked about in particular.</param>
    /// <param name="wish">Which probes may be sent, and the engineer's words.</param>
    /// <param name="progress">Told about each section that has arrived.</param>
    /// <param name="cancellationToken">Ends the read, on the host too.</param>
    public async Task<CheckOutcome> RunAsync(HostEntry host, DiagnosisFocus focus, ProbeWish wish, IProgress<ReadProgress>? progress, CancellationToken cancellationToken)
    {
        var began = time.GetUtcNow();
        var start = time.GetTimestamp();
        switch (await reader.ReadAsync(host, progress, cancellationToken))
        {
            case ReadOutcome.Read(var snapshot):
                var (probed, diagnosis) = await probes.DiagnoseAsync(host, snapshot, focus, wish, [], progress, cancellationToken);
                return new CheckOutcome.Diagnosed(diagnosis, probed);
            case ReadOutcome.Failed(var kind, var message):
                return new CheckOutcome.Unreachable(host.Name, began, time.GetElapsedTime(start), kind, message);
            case var other:
                throw new InvalidOperationException($"unknown outcome {other.GetType().Name}");
        }
    }

    /// <summary>Judges a snapshot that was saved before. The inventory is not asked: it may have changed since.</summary>
    public static Diagnosis FromSnapshot(HostSnapshot snapshot, DiagnosisFocus focus, string? because = null)
        => Diagnostician.Diagnose(snapshot, new HostEntry { Name = snapshot.Host, Address = snapshot.Host }, focus, because);
}
