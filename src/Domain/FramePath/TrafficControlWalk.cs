using System.Net;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>What the tc filters of one hook do to a frame: pass, drop by this one, or cannot tell.</summary>
/// <param name="Verdict">What becomes of the frame.</param>
/// <param name="Does">In words.</param>
/// <param name="By">The filter that decides; <see langword="null"/> when none does.</param>
internal sealed record TrafficControlFate(HopVerdict Verdict, string Does, TrafficFilter? By)
{
    private static readonly string[] s_harmless = ["skip_hw", "skip_sw", "in_hw", "not_in_hw"];

    /// <summary>Runs the filters of a device's hook; <see langword="null"/> when there are none.</summary>
    public static TrafficControlFate? Of(TrafficControlFacts facts, string device, string hook, BridgedFrame frame, int? tag)
    {
        var filters = facts.Filters.Where(filter => filter.Device == device && filter.Hook == hook).OrderBy(filter => filter.Preference).ToArray();
        if (facts.Unread.FirstOrDefault(entry => entry.Device == device) is { Device: not null } unread)
        {
            return new(HopVerdict.CannotTell, $"its filters were not read: {unread.Why}", null);
        }

        if (filters.Length == 0)
        {
            return null;
        }

        var ways = new List<TrafficControlFate>();
        var doubts = new List<string>();
        foreach (var filter in filters)
        {
            var answer = Matches(filter, frame, tag);
            if (answer.Holds == false || Decide(filter) is not { } decided)
            {
                continue;
            }

            ways.Add(decided);
            if (answer.Holds == true)
            {
                return Sum(ways, doubts);
            }

            doubts.Add($"{Name(filter)}: {answer.Why}");
        }

        ways.Add(new(HopVerdict.Passes, "no filter drops it", null));
        return Sum(ways, doubts);
    }

    /// <summary>Certain only where all ways end alike.</summary>
    private static TrafficControlFate Sum(List<TrafficControlFate> ways, List<string> doubts)
    {
        if (ways.TrueForAll(way => way.Verdict == ways[0].Verdict))
        {
            return ways[^1];
        }

        var by = ways.Find(way => way.Verdict != HopVerdict.Passes);
        return new(HopVerdict.CannotTell, doubts.Count > 0 ? doubts[0] : by?.Does ?? "", by?.By);
    }

    /// <summary>How a filter is named.</summary>
    public static string Name(TrafficFilter filter) => $"{filter.Kind} filter pref {filter.Preference} of {filter.Device} {filter.Hook}";

    /// <summary>What a filter does when it matches; <see langword="null"/> when it goes on to the next one.</summary>
    private static TrafficControlFate? Decide(TrafficFilter filter)
    {
        if (filter.Kind is not ("matchall" or "flower" or "u32" or "basic" or "fw"))
        {
            return new(HopVerdict.CannotTell, $"{Name(filter)} is a program, which decides", filter);
        }

        foreach (var action in filter.Actions)
        {
            switch (action)
            {
                case "drop":
                    return new(HopVerdict.Stops, $"{Name(filter)} drops it", filter);
                case "pass" or "ok":
                    return new(HopVerdict.Passes, $"{Name(filter)} lets it pass", filter);
                case "continue":
                    return null;
                case "pipe":
                    continue;
                default:
                    return new(HopVerdict.CannotTell, $"{Name(filter)} does {action}, which is not understood", filter);
            }
        }

        return filter.Actions.IsEmpty ? new(HopVerdict.Passes, "no filter drops it", null) : null;
    }

    private static Answer Matches(TrafficFilter filter, BridgedFrame frame, int? tag)
    {
        var protocol = filter.Protocol switch
        {
            "all" => Answer.Yes,
            "802.1Q" or "802.1ad" => Answer.Of(tag is not null && filter.Protocol == "802.1Q"),
            _ when tag is not null => Answer.No,
            "ip" => Answer.Of(frame.EtherType == BridgedFrame.Ipv4),
            "arp" => Answer.Of(frame.EtherType == BridgedFrame.Arp),
            "ipv6" => Answer.Of(frame.EtherType == BridgedFrame.Ipv6),
            var other => Answer.Unclear($"protocol {other} is not understood"),
        };
        return protocol.Holds == false ? protocol : filter.Kind switch
        {
            "matchall" => protocol,
            "flower" => filter.Keys.Aggregate(protocol, (sum, key) => sum.And(Key(key.Name, key.Value, frame, tag))),
            _ => protocol.And(Answer.Unclear($"a {filter.Kind} filter is not understood")),
        };
    }

    private static Answer Key(string name, string value, BridgedFrame frame, int? tag) => name switch
    {
        "eth_type" or "vlan_ethtype" => value switch
        {
            "ipv4" or "ip" => Answer.Of(frame.EtherType == BridgedFrame.Ipv4),
            "arp" => Answer.Of(frame.EtherType == BridgedFrame.Arp),
            "ipv6" => Answer.Of(frame.EtherType == BridgedFrame.Ipv6),
            "802.1Q" => Answer.Of(tag is not null),
            _ => Answer.Unclear($"eth_type {value} is not understood"),
        },
        "vlan_id" => Answer.Of(tag is { } id && value == id.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        "ip_proto" => value switch
        {
            "udp" => Answer.Of(frame.Protocol == BridgedFrame.Udp),
            "tcp" or "sctp" or "icmp" or "icmpv6" => Answer.Of(false),
            _ => Answer.Unclear($"ip_proto {value} is not understood"),
        },
        "src_port" => Port(value, frame.SourcePort),
        "dst_port" => Port(value, frame.DestinationPort),
        "src_mac" => Mac(value, frame.SourceMac),
        "dst_mac" => Mac(value, frame.DestinationMac),
        "src_ip" => Address(value, frame.Source),
        "dst_ip" => Address(value, frame.Destination),
        _ when s_harmless.Contains(name) => Answer.Yes,
        _ => Answer.Unclear($"{name} {value} is not understood"),
    };

    private static Answer Port(string value, ushort? port)
        => IptablesMatches.PortList(value.Replace('-', ':'), out var ports) && port is { } number ? Matching.IsOneOf(new FieldValue.Number(number), ports) : Answer.Unclear($"port {value} is not understood");

    private static Answer Mac(string value, string? mac)
        => mac is null ? Answer.Unclear("the sender's hardware address is not known") : value.Contains('/') ? Answer.Unclear("a masked hardware address is not understood") : Answer.Of(string.Equals(value, mac, StringComparison.OrdinalIgnoreCase));

    private static Answer Address(string value, IPAddress? address)
        => address is null ? Answer.Unclear("an address of the exchange is not known") : IPNetwork.TryParse(value.Contains('/') ? value : value + "/32", out var network) ? Answer.Of(network.Contains(address)) : Answer.Unclear($"address {value} is not understood");
}
