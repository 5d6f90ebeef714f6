using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>What following a guest's frames came to.</summary>
public abstract record TraceAnswer
{
    private TraceAnswer()
    {
    }

    /// <summary>They were followed, one trace per NIC; never empty.</summary>
    /// <param name="Paths">The traces.</param>
    public sealed record Followed(ImmutableArray<GuestTrace> Paths) : TraceAnswer
    {
        /// <summary>What becomes of the exchanges: one NIC that is cut off is bad news.</summary>
        public HopVerdict Verdict => Paths.Any(path => path.Verdict == HopVerdict.Stops) ? HopVerdict.Stops
            : Paths.Any(path => path.Verdict == HopVerdict.CannotTell) ? HopVerdict.CannotTell
            : HopVerdict.Passes;
    }

    /// <summary>Nobody on the host has that name.</summary>
    /// <param name="Known">Names that somebody has.</param>
    /// <param name="Doubt">Why guests may be lacking in that list; <see langword="null"/> when it is whole.</param>
    public sealed record UnknownGuest(ImmutableArray<string> Known, string? Doubt) : TraceAnswer;

    /// <summary>Not even the links could be read.</summary>
    /// <param name="Why">The reason.</param>
    public sealed record NotRead(string Why) : TraceAnswer;
}

/// <summary>
/// Computes from a snapshot alone where the DHCP DISCOVER of a guest and the OFFER back go, hop by hop: tap, filters of devices, bridge, VLAN table, filters of
/// the bridge and the IP families, uplink and what lies below it. What was not read or is not understood is a hop that says so.
/// </summary>
public static class GuestTracer
{
    /// <summary>Bridges in a row, such as a firewall bridge before the guests' bridge.</summary>
    private const int MostBridges = 4;

    /// <summary>Follows the frames of a guest, or of one of its taps.</summary>
    public static TraceAnswer Trace(HostView view, string guest)
    {
        if (view.Topology is not FactReading<HostTopology>.Known(var topology))
        {
            return new TraceAnswer.NotRead(view.Topology is FactReading<HostTopology>.Missing(var why) ? why : "the links were not read");
        }

        var ports = topology.GuestPorts.Where(port => port.Guest == guest || port.Link.Name == guest).ToArray();
        if (ports.Length > 0)
        {
            return new TraceAnswer.Followed([.. ports.Select(port => Of(view, topology, port))]);
        }

        var defined = view.Optional(DomainEvidence.Source)?.Guests ?? [];
        if (defined.FirstOrDefault(candidate => candidate.Name == guest) is { } known)
        {
            return new TraceAnswer.Followed([WithoutTap(known)]);
        }

        ImmutableArray<string> names = [.. topology.GuestPorts.Select(port => port.Guest).Concat(defined.Select(other => other.Name)).Distinct()];
        return new TraceAnswer.UnknownGuest(names, view.WhyMissing(DomainEvidence.Source) ?? view.Optional(DomainEvidence.Source)?.Gaps.FirstOrDefault());
    }

    /// <summary>Follows the frames of one guest port.</summary>
    public static GuestTrace Of(HostView view, HostTopology topology, GuestPort guest) => view.Derive(("trace", guest.Link.Name), () => new Tracing(view, topology, guest).Run());

    private static GuestTrace WithoutTap(Guest guest)
    {
        var leg = new LegBuilder("DHCP DISCOVER");
        var state = new EvidenceLine("e.dom", $"{guest.Name}: {guest.State}");
        if (!guest.IsRunning)
        {
            leg.Stops(guest.Name, "guest", $"it does not run: {guest.State}", state);
        }
        else if (guest.Interfaces.IsEmpty)
        {
            leg.Stops(guest.Name, "guest", "it has no NIC", state);
        }
        else
        {
            leg.CannotTell(guest.Name, "guest", $"no host device of its NIC of type {guest.Interfaces[0].Type} was found", state);
        }

        return new(guest.Name, null, guest.Interfaces.FirstOrDefault()?.Mac, null, null, leg.Leg, null);
    }

    private sealed class Tracing(HostView view, HostTopology topology, GuestPort guest)
    {
        private readonly DeviceHops _devices = new(view, topology);
        private readonly FdbFacts? _fdb = view.Optional(FdbEvidence.Source);

        public GuestTrace Run()
        {
            if (view.Optional(OvsEvidence.Source)?.BridgeOf(guest.Link.Name) is { } ovs)
            {
                var frames = Frames(ovs.Name, guest.Link.Name, "");
                var (discover, offer, way) = new OvsHops(view, topology, _devices).Trace(guest, ovs, frames.Discover, frames.Broadcast, frames.Unicast);
                return Trace(ovs.Name, way, discover, offer);
            }

            var leg = new LegBuilder("DHCP DISCOVER");
            Tap(leg);
            if (leg.HasEnded || guest.Link.Kind == "macvtap" || topology.AllBridges.FirstOrDefault(candidate => candidate.Name == guest.Link.Master) is not { } bridge)
            {
                Elsewhere(leg);
                return Trace(guest.Link.Master, null, leg.Leg, null);
            }

            var traces = bridge.Uplinks.Select(port => Through(bridge, port)).ToArray();
            return traces.Length == 0 ? WithoutUplink(bridge) : traces.OrderBy(trace => trace.Verdict switch { HopVerdict.Passes => 0, HopVerdict.CannotTell => 1, _ => 2 }).First();
        }

        /// <summary>The tap itself.</summary>
        private void Tap(LegBuilder leg)
        {
            if (guest.Definition?.LinkDown == true)
            {
                leg.Stops(guest.Guest, "guest", "libvirt has set the guest's link down", new("e.dom", $"{guest.Guest} {guest.Link.Name}: link state down"));
            }

            DeviceHops.Live(leg, guest.Link, "tap", guest.Link.Master is { } master ? $"up, carrier, port of {master}" : "up, carrier");
            if (guest.Link is { Master: null, Kind: not "macvtap" } && !IsForOvs)
            {
                leg.Stops(guest.Link.Name, "tap", "it is a port of no bridge", new("e.link", $"{guest.Link.Name}: master none"));
            }
        }

        private bool IsForOvs => guest.Definition?.VirtualPort == "openvswitch" || guest.Link.Master == "ovs-system" || view.WhyMissing(OvsEvidence.Source) is not null;

        /// <summary>A tap that is on no Linux bridge.</summary>
        private void Elsewhere(LegBuilder leg)
        {
            if (guest.Link.Kind == "macvtap")
            {
                leg.CannotTell(guest.Link.Name, "macvtap", $"it goes straight to {guest.Link.Lower ?? "a NIC"} in mode {guest.Link.MacvtapMode ?? "unknown"}, which is not followed");
            }
            else if (view.WhyMissing(OvsEvidence.Source) is { } why)
            {
                leg.NotRead(guest.Link.Name, "ovs", "e.ovs", why);
            }
            else if (IsForOvs)
            {
                leg.Stops(guest.Link.Name, "ovs port", "it is a port of no bridge of Open vSwitch", new("e.ovs", $"{guest.Link.Name}: no port of that name"));
            }
            else
            {
                leg.CannotTell(guest.Link.Name, "tap", $"its master {guest.Link.Master} is no bridge that is followed");
            }
        }

        private GuestTrace Through(GuestBridge bridge, Link uplink)
        {
            var outward = new LegBuilder("DHCP DISCOVER");
            Tap(outward);
            var (way, inward) = Segment(outward, bridge, guest.Link, uplink, null, depth: 0);
            DeviceHops.Live(inward, guest.Link, "tap", "reaches the guest");
            return Trace(bridge.Name, way, outward.Leg, inward.Leg);
        }

        /// <summary>One bridge on the way, and those behind it; the way back is built from the far end.</summary>
        private (string Uplink, LegBuilder Inward) Segment(LegBuilder outward, GuestBridge bridge, Link inPort, Link uplink, int? tag, int depth)
        {
            var table = VlanTable.Of(view, bridge.Link);
            var back = table?.TagBack(uplink.Name, inPort.Name);
            var frames = Frames(bridge.Name, inPort.Name, uplink.Name);
            var tags = table?.Tags(inPort.Name, tag, uplink.Name);
            var discover = frames.Discover with { Tags = tags, MayBeTaggedInside = table is not null, VlanId = table is null ? tag : null };
            var backTags = table?.Tags(uplink.Name, back, inPort.Name);
            var broadcast = frames.Broadcast with { Tags = backTags, MayBeTaggedInside = table is not null };
            var unicast = frames.Unicast with { Tags = backTags, MayBeTaggedInside = table is not null };
            var hops = new BridgeHops(view, _devices);

            _devices.Receive(outward, inPort, discover, tag);
            hops.Cross(outward, bridge, inPort, uplink, discover, null, tag);
            LegBuilder inward;
            var far = uplink.Name;
            if (_devices.Down(outward, uplink, discover, tags?.Out ?? tag) is { } peer && topology.Links.Find(peer) is { Master: { } next } entry && depth < MostBridges
                && topology.AllBridges.FirstOrDefault(candidate => candidate.Name == next) is { } further)
            {
                if (further.Uplinks.FirstOrDefault(candidate => candidate.Name != entry.Name) is { } beyond)
                {
                    (far, inward) = Segment(outward, further, entry, beyond, tags?.Out ?? tag, depth + 1);
                    _devices.Receive(inward, uplink, broadcast, back);
                }
                else
                {
                    inward = new("DHCP OFFER");
                    outward.Stops(further.Name, "bridge", "no port leads outside", new("e.link", $"{further.Name}: ports {string.Join(' ', further.Ports.Select(port => port.Name))}"));
                }
            }
            else
            {
                inward = new("DHCP OFFER");
                _devices.Up(inward, uplink, broadcast, unicast, back);
            }

            Stolen(inward, bridge, uplink, back);
            hops.Cross(inward, bridge, uplink, inPort, broadcast, unicast, back);
            _devices.Send(inward, inPort, broadcast, null);
            return (far, inward);
        }

        /// <summary>A VLAN device on the port itself takes frames of its VLAN before the bridge sees them.</summary>
        private void Stolen(LegBuilder leg, GuestBridge bridge, Link port, int? tag)
        {
            if (tag is { } vlan && topology.Links.Links.FirstOrDefault(link => link.Kind == "vlan" && link.Lower == port.Name && link.VlanId == vlan && link.IsUp) is { } thief)
            {
                leg.Stops(thief.Name, "vlan device", $"it takes the frames of its VLAN off {port.Name} before {bridge.Name} sees them", new("e.link", $"{thief.Name}: link {port.Name}, id {vlan}"));
            }
        }

        /// <summary>A network of the host's own has its server here; any other bridge without uplink leads nowhere.</summary>
        private GuestTrace WithoutUplink(GuestBridge bridge)
        {
            var leg = new LegBuilder("DHCP DISCOVER");
            Tap(leg);
            if (bridge.IsolatedByDesign is not { } design)
            {
                var named = bridge.IntendedUplinks.IsEmpty ? "no port leads outside" : $"no port leads outside; {string.Join(", ", bridge.IntendedUplinks)} should be one";
                leg.Stops(bridge.Name, "bridge", named, new("e.link", $"{bridge.Name}: ports {string.Join(' ', bridge.Ports.Select(port => port.Name))}"));
                return Trace(bridge.Name, null, leg.Leg, null);
            }

            var firewall = Firewall.Read(view);
            var frames = Frames(bridge.Name, guest.Link.Name, bridge.Name);
            var lending = Firewall.LendingOf(view, bridge);
            _devices.Receive(leg, guest.Link, frames.Discover, null);
            BridgeHops.State(leg, bridge, guest.Link, "enters");
            foreach (var layer in Enum.GetValues<PathLayer>())
            {
                _devices.Gaps(leg, bridge.Name, "to the host", layer);
            }

            DeviceHops.Stations(leg, bridge.Name, FramePathEvaluator.WalkToHost(firewall.Tables, lending, frames.Discover).Stations, null, "to the host");
            Server(leg, bridge, design);
            var back = new LegBuilder("DHCP OFFER");
            var other = FramePathEvaluator.WalkFromHost(firewall.Tables, frames.Unicast with { InPort = "", OutPort = guest.Link.Name });
            DeviceHops.Stations(back, bridge.Name, FramePathEvaluator.WalkFromHost(firewall.Tables, frames.Broadcast with { InPort = "", OutPort = guest.Link.Name }).Stations, other.Stations, "from the host");
            BridgeHops.State(back, bridge, guest.Link, "leaves");
            _devices.Send(back, guest.Link, frames.Broadcast, null);
            DeviceHops.Live(back, guest.Link, "tap", "reaches the guest");
            return Trace(bridge.Name, null, leg.Leg, back.Leg);
        }

        private void Server(LegBuilder leg, GuestBridge bridge, string design)
        {
            var listeners = view.Optional(SocketEvidence.Source)?.Sockets.Where(socket => socket.Device is null || socket.Device == bridge.Name).ToArray() ?? [];
            if (listeners.Length > 0)
            {
                var owner = listeners.SelectMany(socket => socket.Owners).Select(program => program.Program).FirstOrDefault() ?? "a program";
                leg.Passes(bridge.Name, "server", $"{owner} on this host listens", new("e.sock", $"UDP 67: {owner}"));
                return;
            }

            // A server with raw sockets does not show among the listeners.
            leg.CannotTell(bridge.Name, "server", $"{design}; no listener on UDP 67 of this host was seen");
        }

        private (BridgedFrame Discover, BridgedFrame Broadcast, BridgedFrame Unicast) Frames(string bridge, string inPort, string outPort)
        {
            var mac = guest.Mac ?? _fdb?.Entries.FirstOrDefault(entry => entry.Device == guest.Link.Name && entry.IsLearned)?.Mac;
            var walked = topology.Bridge(bridge) is { } known && outPort.Length > 0 && inPort == guest.Link.Name
                ? GuestPath.Of(view, topology, known).FirstOrDefault(path => path.Guest.Link.Name == guest.Link.Name)
                : null;
            return (Like(BridgedFrame.DhcpDiscover(bridge, inPort, outPort, mac)), Like(BridgedFrame.DhcpOffer(bridge, outPort, inPort, mac, broadcast: true)), Like(BridgedFrame.DhcpOffer(bridge, outPort, inPort, mac, broadcast: false)));

            BridgedFrame Like(BridgedFrame frame) => walked is null ? frame
                : frame with { NotIn = walked.Discover.Frame.NotIn, BridgeHasAddress = walked.Discover.Frame.BridgeHasAddress, RouteBack = walked.Discover.Frame.RouteBack };
        }

        private GuestTrace Trace(string? bridge, string? uplink, PathLeg discover, PathLeg? offer) => new(guest.Guest, guest.Link.Name, guest.Mac, bridge, uplink, discover, offer);
    }
}
