using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Diagnosis;

/// <summary>How sure a finding is.</summary>
public enum Certainty
{
    /// <summary>A suspect only; nothing is repaired on its account.</summary>
    Possible,

    /// <summary>One field of the predicate is unread or the proof is an experiment.</summary>
    Likely,

    /// <summary>Every field of the predicate was read and is true.</summary>
    Certain,
}

/// <summary>How much of the host a finding explains. Ordered from small to large.</summary>
public enum Scope
{
    /// <summary>One guest.</summary>
    Guest,

    /// <summary>The guests of one VLAN.</summary>
    Vlan,

    /// <summary>The guests of one bridge.</summary>
    Bridge,

    /// <summary>The host.</summary>
    Host,
}

/// <summary>What a repair interrupts.</summary>
public enum Risk
{
    /// <summary>Nothing.</summary>
    D0,

    /// <summary>Seconds on one guest.</summary>
    D1,

    /// <summary>Seconds on every guest of the bridge.</summary>
    D2,

    /// <summary>The host itself, our own session included.</summary>
    D3,
}

/// <summary>The probe whose turn proves that a fault is gone.</summary>
public enum SymptomProbe
{
    /// <summary>A DHCPACK for the guest's MAC seen on its tap.</summary>
    DhcpAck,

    /// <summary>The gateway answers ARP from the bridge.</summary>
    GatewayArp,

    /// <summary>A ping of full size with DF set passes.</summary>
    DontFragmentPing,

    /// <summary>The guest agent reports an address.</summary>
    AgentAddress,

    /// <summary>An answer to the guest's ARP, of another machine than this host, goes out by its tap: what the host itself asks never passes between two ports.</summary>
    GuestArp,
}

/// <summary>One line of evidence: the section it comes from and what it says, for example <c>e.link eth0: master none</c> or <c>e.cfg: br0 ports eth0</c>.</summary>
/// <param name="Section">Evidence id.</param>
/// <param name="Text">What was read; about one object it begins with its name and a colon.</param>
public sealed record EvidenceLine(string Section, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => Text.Contains(": ", StringComparison.Ordinal) ? $"{Section} {Text}" : $"{Section}: {Text}";
}

/// <summary>A fault that a rule found.</summary>
public sealed record Finding
{
    /// <summary>Fault id of the catalogue.</summary>
    public required string Id { get; init; }

    /// <summary>The object the repair names: port, bridge, tap, MAC or VLAN id.</summary>
    public required string Subject { get; init; }

    /// <summary>How much it explains.</summary>
    public required Scope Scope { get; init; }

    /// <summary>How sure it is.</summary>
    public required Certainty Certainty { get; init; }

    /// <summary>One sentence for a person.</summary>
    public required string Summary { get; init; }

    /// <summary>The evidence it used.</summary>
    public required ImmutableArray<EvidenceLine> Because { get; init; }

    /// <summary>The bridge it concerns, or <see langword="null"/> for the host as a whole; used to tell whether one fault covers another.</summary>
    public string? Bridge { get; init; }

    /// <summary>Runbook that repairs it; <see langword="null"/> when a human has to act, then <see cref="Question"/> is set. Never set on a possible finding.</summary>
    public string? Repair { get; init; }

    /// <summary>What to ask whom, when the host cannot repair it.</summary>
    public string? Question { get; init; }

    /// <summary>What the repair interrupts, already raised for the link that our own session uses.</summary>
    public required Risk Risk { get; init; }

    /// <summary>The probe that proves the repair.</summary>
    public SymptomProbe Probe { get; init; } = SymptomProbe.DhcpAck;

    /// <summary>Links the repair changes; a link that our own session uses raises <see cref="Risk"/> to <see cref="Risk.D3"/>.</summary>
    public ImmutableArray<string> Touches { get; init; } = [];

    /// <summary>The root finding that explains this one, as <c>id subject</c>; set by the ranking.</summary>
    public string? ConsequenceOf { get; init; }
}

/// <summary>A fault that looks alike and was ruled out.</summary>
/// <param name="Id">Fault id of the catalogue.</param>
/// <param name="Why">The counter-evidence.</param>
public sealed record Rejection(string Id, string Why);

/// <summary>A question that a rule could not decide.</summary>
/// <param name="RuleId">Fault id of the catalogue.</param>
/// <param name="Section">Evidence id that was missing or not understood.</param>
/// <param name="Why">The reason.</param>
public sealed record Undecided(string RuleId, string Section, string Why);
