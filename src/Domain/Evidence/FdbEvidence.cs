using System.Collections.Immutable;
using System.Text.Json;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>The forwarding tables of all bridges (and the address lists of all links).</summary>
/// <param name="Entries">In kernel order.</param>
public sealed record FdbFacts(ImmutableArray<FdbEntry> Entries)
{
    /// <summary>Entries of one bridge, without the address lists of the links themselves.</summary>
    public IEnumerable<FdbEntry> Of(string bridge) => Entries.Where(entry => entry.Bridge == bridge);
}

/// <summary>One forwarding entry.</summary>
/// <param name="Mac">Hardware address in lower case.</param>
/// <param name="Device">Port.</param>
/// <param name="Bridge">Bridge whose table it is in; <see langword="null"/> for the address list of the link itself.</param>
/// <param name="VlanId">VLAN, or <see langword="null"/>.</param>
/// <param name="State"><c>permanent</c> (the host's own), <c>static</c>, or empty for a learned one.</param>
/// <param name="Flags"><c>self</c>, <c>sticky</c>, <c>locked</c>, <c>offload</c>, <c>extern_learn</c>...</param>
/// <param name="IdleSeconds">Seconds since a frame from it was seen; <see langword="null"/> when not printed.</param>
public sealed record FdbEntry(string Mac, string Device, string? Bridge, int? VlanId, string State, ImmutableArray<string> Flags, long? IdleSeconds)
{
    /// <summary>Learned from a frame, neither the host's own nor set by hand.</summary>
    public bool IsLearned => Bridge is not null && State is not ("permanent" or "static" or "noarp");

    /// <summary>Stays on its port even when frames from its address come in by another one. A static entry moves with them, like a learned one.</summary>
    public bool StaysPut => State == "permanent" || Flags.Contains("sticky");

    /// <summary>The kernel made it for an address that a locked port keeps out (MAC authentication bypass): it admits nobody.</summary>
    public bool AwaitsAuthentication => Flags.Contains("locked");
}

/// <summary>E.fdb: forwarding tables.</summary>
public static class FdbEvidence
{
    /// <summary>The evidence row. Room for about 100,000 entries.</summary>
    public static EvidenceSource<FdbFacts> Source { get; } = new(
        "e.fdb",
        Privilege.Login,
        [new("entries", "bridge", "-d -s", "fdb show")],
        section => section.Array("entries", ReadEntry).Then(entries => new FdbFacts(entries)))
    {
        OutputCap = 16 * 1024 * 1024,
    };

    private static FdbEntry? ReadEntry(JsonElement entry) => entry.Text("mac") is { } mac && entry.Text("ifname") is { } device
        ? new FdbEntry(mac, device, entry.Text("master"), (int?)entry.Number("vlan"), entry.Text("state") ?? "", [.. entry.Texts("flags")], entry.Number("updated"))
        : null;
}
