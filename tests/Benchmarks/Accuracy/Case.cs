using System.Collections.Immutable;

namespace ChatOpsBot.Benchmarks.Accuracy;

/// <summary>A host of the benchmark's lab.</summary>
/// <param name="Name">Inventory name.</param>
/// <param name="Shape">What is special about it, for names of cases.</param>
/// <param name="Guest">The guest that faults of one guest are put on.</param>
/// <param name="Options">Options of <c>lab host add</c>.</param>
internal sealed record BenchHost(string Name, string Shape, string Guest, ImmutableArray<string> Options);

/// <summary>What kind of question a case is.</summary>
internal enum CaseKind
{
    /// <summary>One fault.</summary>
    Single,

    /// <summary>Two faults with independent roots.</summary>
    Double,

    /// <summary>A healthy host, plain or odd.</summary>
    Healthy,
}

/// <summary>One question to the bot, with the answer that is right.</summary>
/// <param name="Kind">What kind of question.</param>
/// <param name="Host">The host.</param>
/// <param name="Faults">Faults of the lab to put in; empty for a healthy host.</param>
/// <param name="Condition">Condition of the lab to set, or <see langword="null"/>.</param>
internal sealed record Case(CaseKind Kind, BenchHost Host, ImmutableArray<string> Faults, string? Condition)
{
    // Faults that one read cannot decide: the server's, the switch's, and those of other machines.
    private static readonly ImmutableArray<string> s_probed = ["dhcp.", "switch.", "addr.duplicate-ip", "addr.wrong-subnet", "addr.stale-arp", "offload.", "nic.link-errors", "bridge.loop-storm"];

    /// <summary>Whether probes are sent.</summary>
    public bool NeedsProbes => Faults.Any(IsProbed);

    /// <summary>Whether one read cannot decide that fault of the lab.</summary>
    public static bool IsProbed(string fault) => s_probed.Any(start => fault.StartsWith(start, StringComparison.Ordinal));

    /// <summary>Whether the kernel's log decides, which hosts of the lab share: then what was logged since the fault counts as this host's.</summary>
    public bool NeedsLog => Faults.Any(fault => fault is "switch.bpdu-guard" or "switch.edge-port-delay");

    /// <summary>Whether it shows in one address only, which the host need not know and the engineer who complains does.</summary>
    public bool IsOfOneAddress => Faults.Contains("addr.duplicate-ip");

    /// <summary>Name of the case.</summary>
    public string Name => $"{string.Join("+", Faults.IsEmpty ? [Condition ?? "plain"] : Faults)}@{Host.Shape}";
}
