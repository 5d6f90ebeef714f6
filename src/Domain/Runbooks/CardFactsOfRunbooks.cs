using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>Facts about network cards and hardware addresses.</summary>
internal static class CardFactsOfRunbooks
{
    private static readonly ImmutableArray<ParameterType> s_link = [ParameterType.Link];
    private static readonly ImmutableArray<ParameterType> s_bridge = [ParameterType.Bridge];

    public static ImmutableArray<RunbookFact> All { get; } =
    [
        new("renamed-uplink", s_bridge, "the only card that nobody uses, for a bridge whose configured card is gone", (context, of) =>
            context.Topology.Bridge(of[0]) is { } bridge && !NicUplinkRenamed.GoneCards(context.Topology, bridge).IsEmpty
                ? NicUplinkRenamed.FreeCards(context.View, context.Topology) is [var only] ? only.Name : FactValue.None("not exactly one card is unused", "attach the right one by hand: ip link set NIC master BRIDGE")
                : FactValue.None($"no card that the configuration gives {of[0]} is gone")),
        new("link-address", s_link, "hardware address of the link", (context, of) => FactValue.Of(context.Link(of[0])?.Address, $"{of[0]} has no hardware address")),
        new("uplink-address", s_bridge, "hardware address of the port by which the bridge leads outside", (context, of) =>
            FactValue.Of(context.Topology.Bridge(of[0])?.Uplinks.FirstOrDefault(port => port.Master == of[0])?.Address, $"{of[0]} has no uplink")),
        new("tap-style-address", [ParameterType.Tap], "the guest's hardware address with `fe` as first octet, as libvirt gives it to taps", (context, of) =>
            context.Topology.GuestPorts.FirstOrDefault(port => port.Link.Name == of[0]) is { } port && (port.Definition?.Mac ?? port.Link.Address) is { Length: 17 } mac
                ? "fe" + mac[2..]
                : FactValue.None($"the address of the guest behind {of[0]} is not known")),
        new("pinned-guest-address", s_link, "address of a guest that is a permanent entry on the link, as if it were the host's own", (context, of) =>
            FactValue.Of(context.Link(of[0]) is { } link ? BridgeTapMacIsGuestMac.PinnedOn(context.View, context.Topology, link) : null, $"no guest's address is pinned to {of[0]}")),
        Offload("tso", 0), Offload("gso", 1), Offload("gro", 2),
        new("vf-parent", s_link, "link of the physical function that the virtual function belongs to", OfFunction((nic, _) => nic.PhysicalFunction)),
        new("vf-number", s_link, "number of the virtual function", OfFunction((nic, _) => nic.FunctionNumber?.ToString(CultureInfo.InvariantCulture))),
        new("vf-spoofcheck", s_link, "`on` or `off`", OfFunction((_, function) => OnOff(function?.SpoofCheck))),
        new("vf-trust", s_link, "`on` or `off`", OfFunction((_, function) => OnOff(function?.Trust))),
    ];

    private static RunbookFact Offload(string name, int index)
        => new(name, s_link, "`on` or `off`: that offload of the card", (context, of) =>
            context.View.Optional(NicEvidence.Source)?.Find(of[0])?.Features is { } features && features.TryGetValue(NicDriverFault.Offloads[index], out var on)
                ? on ? "on" : "off"
                : FactValue.None($"the offloads of {of[0]} were not read", "look with ethtool -k"));

    private static Func<FactContext, ImmutableArray<string>, FactValue> OfFunction(Func<Nic, VirtualFunction?, string?> read)
        => (context, of) => context.View.Optional(NicEvidence.Source)?.Find(of[0]) is { IsVirtualFunction: true } nic
            ? FactValue.Of(read(nic, context.Link(nic.PhysicalFunction ?? "")?.VirtualFunctions.FirstOrDefault(function => function.Number == nic.FunctionNumber)), $"the physical function of {of[0]} does not tell that")
            : FactValue.None($"{of[0]} is not a virtual function");

    private static string? OnOff(bool? value) => value switch { true => "on", false => "off", null => null };
}
