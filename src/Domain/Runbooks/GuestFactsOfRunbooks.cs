using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>Facts about guests.</summary>
internal static class GuestFactsOfRunbooks
{
    private static readonly ImmutableArray<ParameterType> s_guest = [ParameterType.Guest];

    public static ImmutableArray<RunbookFact> All { get; } =
    [
        new("guest-tap", s_guest, "the only tap of the guest", (context, of) => Ports(context, of[0]) switch
        {
            [var only] => only.Link.Name,
            var several => FactValue.None($"{of[0]} has {several.Length} links ({string.Join(", ", several.Select(port => port.Link.Name))})", "nudge it through its console, or with virsh domif-setlink"),
        }),
        new("guest-link", s_guest, "`up` or `down`: the link state that libvirt gives the guest", (context, of) => Ports(context, of[0]) switch
        {
            [{ Definition: { } nic }, ..] => nic.LinkDown ? "down" : "up",
            _ => FactValue.None($"libvirt does not manage {of[0]} here, and nothing else can move its link", "restart its DHCP client from its console"),
        }),
        new("wants-isolation", [ParameterType.Tap], "`yes` when the guest's definition wants the port isolated, else `no`", (context, of) =>
            context.Topology.GuestPorts.Any(port => port.Link.Name == of[0] && port.Definition?.Isolated == true) ? "yes" : "no"),
        new("tap-guest", [ParameterType.Tap], "name of the guest that the tap belongs to", (context, of) =>
            context.Topology.GuestPorts.FirstOrDefault(port => port.Link.Name == of[0]) is { Definition: not null } port ? port.Guest : FactValue.None($"no definition of a guest names {of[0]}")),
        new("tap-link", [ParameterType.Tap], "`up` or `down`: the link state that libvirt gives the NIC behind the tap", (context, of) =>
            context.Topology.GuestPorts.FirstOrDefault(port => port.Link.Name == of[0]) is { Definition: { } nic } ? nic.LinkDown ? "down" : "up" : FactValue.None($"no definition of a guest names {of[0]}")),
        new("wanted-tag", [ParameterType.Tap], "the VLAN tag of the guest's definition, or `none`", (context, of) =>
            context.Topology.GuestPorts.FirstOrDefault(port => port.Link.Name == of[0])?.Definition?.VlanTags is { Length: > 0 } tags
                ? tags is [var tag] ? tag.ToString(CultureInfo.InvariantCulture) : FactValue.None($"the definition gives {of[0]} several tags", "set the trunks by hand")
                : "none"),
        new("ovs-tag", [ParameterType.Tap], "the tag of the port in Open vSwitch, or `none`", (context, of) =>
            context.View.Optional(OvsEvidence.Source)?.Bridges.SelectMany(bridge => bridge.Ports).FirstOrDefault(port => port.Name == of[0]) is { } port
                ? port.Tag?.ToString(CultureInfo.InvariantCulture) ?? "none"
                : FactValue.None($"Open vSwitch has no port {of[0]}")),
    ];

    private static GuestPort[] Ports(FactContext context, string guest) => [.. context.Topology.GuestPorts.Where(port => port.Guest == guest)];
}
