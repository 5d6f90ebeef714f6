using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>
/// A repair with nothing left to choose: every argument resolved against one snapshot of one host. What an approver approves is exactly this;
/// any change makes another plan with another hash.
/// </summary>
public sealed record Plan
{
    /// <summary>Identity of the plan; also the name of its folder on the host, so only <c>[a-z0-9-]</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Inventory name of the host.</summary>
    public required string Host { get; init; }

    /// <summary>SHA256 fingerprint of the host's SSH key, as OpenSSH prints it.</summary>
    public required string HostKeyFingerprint { get; init; }

    /// <summary>The host's machine id.</summary>
    public required string MachineId { get; init; }

    /// <summary>The boot the plan was made in; another boot voids it.</summary>
    public required string BootId { get; init; }

    /// <summary>Runbook id, for example <c>bridge/attach-uplink</c>.</summary>
    public required string Runbook { get; init; }

    /// <summary>SHA-256 of the runbook file, lower-case hex.</summary>
    public required string RunbookHash { get; init; }

    /// <summary>Fault id the plan answers, or <see langword="null"/> for a runbook that a person asked for.</summary>
    public string? Fault { get; init; }

    /// <summary>SHA-256 over the finding and its evidence, lower-case hex; empty without a finding.</summary>
    public string FindingHash { get; init; } = "";

    /// <summary>The highest risk of its steps, raised by the topology.</summary>
    public required Risk Risk { get; init; }

    /// <summary>The changes, in order.</summary>
    public required ImmutableArray<PlanStep> Steps { get; init; }

    /// <summary>Guests that will notice, by name.</summary>
    public ImmutableArray<string> BlastRadius { get; init; } = [];

    /// <summary>After this moment it may not begin any more.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Only files change, and nothing takes notice before the next boot: no symptom can turn.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ActivatesNothing { get; init; }

    /// <summary>Ids of the probes that are to be sent, with a blank between; <see langword="null"/> for a plan that changes the host. Its steps name what is sent and are never given to the guard.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Probes { get; init; }

    /// <summary>The change of files line by line, for people, as <c>diff -u</c> writes it; <see langword="null"/> for a plan that changes none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Diff { get; init; }
}

/// <summary>One change of one thing on the host, as data for the guard.</summary>
public sealed record PlanStep
{
    /// <summary>What it does, for people.</summary>
    public required string Name { get; init; }

    /// <summary>The link it changes, by name, index and hardware address, so that a re-used name is noticed; <see langword="null"/> for a step that changes no link.</summary>
    public StepSubject? Subject { get; init; }

    /// <summary>Prints the value that the step changes, as one canonical text.</summary>
    public required ImmutableArray<string> Read { get; init; }

    /// <summary>What <see cref="Read"/> printed in the snapshot; begin refuses with drift when it differs.</summary>
    public required string Before { get; init; }

    /// <summary>The change.</summary>
    public required ImmutableArray<string> Run { get; init; }

    /// <summary>What <see cref="Read"/> prints afterwards.</summary>
    public required string After { get; init; }

    /// <summary>Takes the change back.</summary>
    public required ImmutableArray<string> Undo { get; init; }

    /// <summary>Limit for each of the three commands.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What this step interrupts.</summary>
    public required Risk Risk { get; init; }
}

/// <summary>The link that a step changes.</summary>
/// <param name="Name">Interface name.</param>
/// <param name="Index">Interface index.</param>
/// <param name="Address">Hardware address in lower case; empty where the step itself changes it.</param>
public sealed record StepSubject(string Name, int Index, string Address);
