using System.Collections.Immutable;
using System.Text.Json;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>Queueing disciplines of all links and the filters that hang in their ingress and egress hooks.</summary>
/// <param name="Qdiscs">In kernel order.</param>
/// <param name="Filters">Filters of links with a <c>clsact</c> or <c>ingress</c> hook.</param>
/// <param name="Unread">Links whose hook exists but whose filters could not be read, with the reason.</param>
public sealed record TrafficControlFacts(ImmutableArray<Qdisc> Qdiscs, ImmutableArray<TrafficFilter> Filters, ImmutableArray<(string Device, string Why)> Unread);

/// <summary>One queueing discipline.</summary>
/// <param name="Device">Link.</param>
/// <param name="Kind"><c>noqueue</c>, <c>fq_codel</c>, <c>tbf</c>, <c>netem</c>, <c>clsact</c>...</param>
/// <param name="IsRoot">Whether it is the link's own queue.</param>
/// <param name="Drops">Packets dropped.</param>
/// <param name="Overlimits">Packets delayed by its rate.</param>
/// <param name="BacklogBytes">Bytes waiting.</param>
/// <param name="RateBytesPerSecond">Rate of a shaper, where it prints one.</param>
public sealed record Qdisc(string Device, string Kind, bool IsRoot, long Drops, long Overlimits, long BacklogBytes, long? RateBytesPerSecond)
{
    /// <summary>Share of all packets that a <c>netem</c> loses at random, 0 to 1; <see langword="null"/> for others and for other models of loss.</summary>
    public double? Loss { get; init; }
}

/// <summary>One filter in a hook.</summary>
/// <param name="Device">Link.</param>
/// <param name="Hook"><c>ingress</c> or <c>egress</c>.</param>
/// <param name="Kind"><c>flower</c>, <c>u32</c>, <c>matchall</c>, <c>bpf</c>...</param>
/// <param name="Protocol"><c>all</c>, <c>ip</c>, <c>arp</c>, <c>802.1Q</c>...</param>
/// <param name="Actions">Control actions it can end in: <c>drop</c>, <c>pass</c>, <c>stolen</c>...; kinds of actions without one.</param>
public sealed record TrafficFilter(string Device, string Hook, string Kind, string Protocol, ImmutableArray<string> Actions)
{
    /// <summary>Order among the filters of the hook, lowest first.</summary>
    public long Preference { get; init; }

    /// <summary>What a <c>flower</c> filter compares, as tc names it.</summary>
    public ImmutableArray<(string Name, string Value)> Keys { get; init; } = [];
}

/// <summary>E.tc: traffic control.</summary>
public static class TrafficControlEvidence
{
    /// <summary>The evidence row. Names come out of JSON; one with a quote or backslash in it gives an error in its own part.</summary>
    public static EvidenceSource<TrafficControlFacts> Source { get; } = new(
        "e.tc",
        Privilege.Login,
        """
        part qdiscs tc -j -s qdisc show
        hooks='"kind":"\(clsact\|ingress\)","handle":"[^"]*","dev":"[^"]*"'
        found= count_hooks=0
        if part_text; then
            case $text in *'"clsact"'* | *'"ingress"'*) found=$(grep -o "$hooks" "$part_out") ;; esac
        elif [ -n "$part_out" ]; then found=$(grep -o "$hooks" "$part_out")
        else found=$(limit tc -j qdisc show | grep -o "$hooks")
        fi
        IFS='
        '
        set -f
        for hook in $found; do
            dev=${hook##*'"dev":"'}
            dev=${dev%'"'}
            count_hooks=$((count_hooks + 1))
            if [ "$count_hooks" -gt 128 ]; then
                put "skipped $dev" ''
                continue
            fi
            part "ingress $dev" tc -j filter show dev "$dev" ingress
            case $hook in *'"clsact"'*) part "egress $dev" tc -j filter show dev "$dev" egress ;; esac
        done
        """,
        Parse);

    private static FactReading<TrafficControlFacts> Parse(SectionOutput section) => section.Array("qdiscs", ReadQdisc).Then(qdiscs =>
    {
        var filters = ImmutableArray.CreateBuilder<TrafficFilter>();
        var unread = ImmutableArray.CreateBuilder<(string Device, string Why)>();
        foreach (var part in section.Parts)
        {
            switch (part.Name.Split(' ', 2))
            {
                case ["skipped", var device]:
                    unread.Add((device, "more hooks than are read"));
                    break;
                case [("ingress" or "egress") and var hook, var device]:
                    Collect(section, part, hook, device, filters, unread);
                    break;
                default:
                    break;
            }
        }

        return new TrafficControlFacts(qdiscs, filters.ToImmutable(), unread.ToImmutable());
    });

    private static void Collect(
        SectionOutput section, PartOutput part, string hook, string device, ImmutableArray<TrafficFilter>.Builder filters, ImmutableArray<(string Device, string Why)>.Builder unread)
    {
        switch (section.Array(part.Name, filter => ReadFilter(device, hook, filter)))
        {
            // tc exits with 0 although the kernel refused.
            case FactReading<ImmutableArray<TrafficFilter>>.Known(var found) when found.Length > 0 || part.ErrorLine.Length == 0:
                filters.AddRange(found);
                break;
            case FactReading<ImmutableArray<TrafficFilter>>.Missing(var reason):
                unread.Add((device, reason));
                break;
            default:
                unread.Add((device, part.ErrorLine));
                break;
        }
    }

    private static Qdisc? ReadQdisc(JsonElement qdisc) => qdisc.Text("dev") is { } device && qdisc.Text("kind") is { } kind
        ? new Qdisc(
            device,
            kind,
            qdisc.Flag("root") ?? false,
            qdisc.Number("drops") ?? 0,
            qdisc.Number("overlimits") ?? 0,
            qdisc.Number("backlog") ?? 0,
            qdisc.Field("options")?.Number("rate"))
        {
            Loss = qdisc.Field("options")?.Field("loss-random")?.Field("loss") is { ValueKind: JsonValueKind.Number } loss && loss.TryGetDouble(out var share) && share is >= 0 and <= 1 ? share : null,
        }
        : null;

    // A filter comes twice: once as a head without options, once with them.
    private static TrafficFilter? ReadFilter(string device, string hook, JsonElement filter)
        => filter.Text("kind") is { } kind && filter.Field("options") is { } options
            ? new TrafficFilter(device, hook, kind, filter.Text("protocol") ?? "all", [.. options.Items("actions").Select(ActionOf).OfType<string>()])
            {
                Preference = filter.Number("pref") ?? 0,
                Keys = options.Field("keys") is { ValueKind: JsonValueKind.Object } keys ? [.. keys.EnumerateObject().Select(key => (key.Name, key.Value.ToString()))] : [],
            }
            : null;

    private static string? ActionOf(JsonElement action) => action.Field("control_action")?.Text("type") ?? action.Text("kind");
}
