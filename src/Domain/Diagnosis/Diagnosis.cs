using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Diagnosis;

/// <summary>The answer in one word.</summary>
public enum OverallVerdict
{
    /// <summary>Every rule looked and found nothing.</summary>
    Healthy,

    /// <summary>There is a mere suspect, or a rule lacked evidence that nothing else made up for.</summary>
    Inconclusive,

    /// <summary>At least one finding is certain or likely.</summary>
    Fault,

    /// <summary>There is no snapshot.</summary>
    Unreachable,
}

/// <summary>A guest as shown in the answer.</summary>
/// <param name="Name">Guest name; the tap's name without libvirt.</param>
/// <param name="Tap">Host-side device.</param>
/// <param name="Bridge">The bridge it hangs on now.</param>
/// <param name="Mac">The guest's hardware address where known.</param>
/// <param name="Address">IP address where known; <see langword="null"/> means unknown, not none.</param>
public sealed record GuestLine(string Name, string? Tap, string? Bridge, string? Mac, string? Address);

/// <summary>A section that could not be read.</summary>
/// <param name="Section">Evidence id.</param>
/// <param name="Why">The reason.</param>
public sealed record NotRead(string Section, string Why);

/// <summary>Which guest or bridge the question is about; empty means the whole host.</summary>
/// <param name="Guest">Guest or tap name.</param>
/// <param name="Bridge">Bridge name.</param>
public sealed record DiagnosisFocus(string? Guest, string? Bridge)
{
    /// <summary>The whole host.</summary>
    public static DiagnosisFocus WholeHost { get; } = new(null, null);
}

/// <summary>What is wrong with a host, or that nothing is, or why it cannot be told.</summary>
/// <param name="Host">Inventory name.</param>
/// <param name="ObservedAt">When the snapshot was taken.</param>
/// <param name="Duration">How long the read took.</param>
/// <param name="Verdict">The answer in one word.</param>
/// <param name="Findings">Ranked: roots first, the primary cause at the head, consequences right behind their root.</param>
/// <param name="Rejected">Look-alikes that were ruled out.</param>
/// <param name="Undecided">Rules that lacked evidence.</param>
/// <param name="NotRead">Sections that could not be read.</param>
/// <param name="Guests">The guests seen.</param>
public sealed record Diagnosis(
    string Host,
    DateTimeOffset ObservedAt,
    TimeSpan Duration,
    OverallVerdict Verdict,
    ImmutableArray<Finding> Findings,
    ImmutableArray<Rejection> Rejected,
    ImmutableArray<Undecided> Undecided,
    ImmutableArray<NotRead> NotRead,
    ImmutableArray<GuestLine> Guests)
{
    /// <summary>The first root finding; <see langword="null"/> only without findings.</summary>
    public Finding? Primary => Findings.IsEmpty ? null : Findings[0];

    /// <summary>The way of the DHCP exchange of the first guest that the primary finding concerns; <see langword="null"/> without one.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public FramePath.GuestTrace? Path { get; init; }
}
