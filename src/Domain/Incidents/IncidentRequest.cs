using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Domain.Incidents;

/// <summary>What a person asked for.</summary>
public sealed record IncidentRequest
{
    /// <summary>Inventory name of the host.</summary>
    public required string Host { get; init; }

    /// <summary>The guest or bridge the question is about.</summary>
    public DiagnosisFocus Focus { get; init; } = DiagnosisFocus.WholeHost;

    /// <summary>The engineer's words for the symptom.</summary>
    public string? Because { get; init; }

    /// <summary>Which probes were asked for: <c>none</c>, <c>passive</c> or <c>active</c>.</summary>
    public string Probes { get; init; } = "passive";

    /// <summary>A runbook asked for by name; <see langword="null"/> for a check.</summary>
    public RunbookRequest? Runbook { get; init; }
}

/// <summary>A runbook asked for by name.</summary>
/// <param name="Runbook">Its id.</param>
/// <param name="Arguments">Arguments by name, as typed and validated.</param>
public sealed record RunbookRequest(string Runbook, ImmutableSortedDictionary<string, string> Arguments);

/// <summary>Time limits that hold for one incident from its opening on, so that a later change of settings does not rewrite its history.</summary>
public sealed record IncidentLimits
{
    /// <summary>How long a committed repair is watched for the guest's DHCPACK.</summary>
    public TimeSpan WatchFor { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a repair, and then its revert, may go without an outcome. Longer than the 10 minutes after which the guard on the host decides alone.</summary>
    public TimeSpan RepairWithin { get; init; } = TimeSpan.FromMinutes(15);
}
