using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>A part of the firewall that was not read.</summary>
/// <param name="Layer">The layer that it leaves open.</param>
/// <param name="Section">Evidence id.</param>
/// <param name="Why">The reason.</param>
public sealed record FirewallGap(PathLayer Layer, string Section, string Why);

/// <summary>All filters of a host, put together from what the tools print.</summary>
/// <param name="Tables">Tables of nftables, and the legacy ones.</param>
/// <param name="Gaps">What was not read; a frame that passes the tables may still end there.</param>
public sealed record Firewall(ImmutableArray<FilterTable> Tables, ImmutableArray<FirewallGap> Gaps)
{
    /// <summary>Reads the firewall of a view; put together once.</summary>
    public static Firewall Read(HostView view) => view.Derive("firewall", () => Compose(view));

    /// <summary>Whether br_netfilter lends this bridge's frames to the IP filters: the sysctl and the bridge's own switch are ORed.</summary>
    public static FrameLending LendingOf(HostView view, GuestBridge bridge)
    {
        var own = bridge.Link.Bridge;
        return view.Read(SysctlEvidence.Source) switch
        {
            FactReading<SysctlFacts>.Absent => FrameLending.Off,
            FactReading<SysctlFacts>.Known { Value.BridgeNetfilter: BridgeNetfilter.Off } => FrameLending.Off,
            FactReading<SysctlFacts>.Known { Value.BridgeNetfilter: BridgeNetfilter.Active active } => new(
                Switch(active.CallIptables, own?.NfCallIptables), Switch(active.CallIp6tables, own?.NfCallIp6tables), active.FilterVlanTagged),
            _ => new(Switch(null, own?.NfCallIptables), Switch(null, own?.NfCallIp6tables), null),
        };
    }

    private static Firewall Compose(HostView view)
    {
        var gaps = ImmutableArray.CreateBuilder<FirewallGap>();
        var ipt = Known(view.Read(IptablesEvidence.Source), "e.ipt", [PathLayer.Ip], gaps);
        var ebt = Known(view.Read(EbtablesEvidence.Source), "e.ebt", [PathLayer.Bridge], gaps);
        gaps.AddRange(from why in ipt?.Unread ?? [] select new FirewallGap(PathLayer.Ip, "e.ipt", why));
        gaps.AddRange(from why in ebt?.Unread ?? [] select new FirewallGap(PathLayer.Bridge, "e.ebt", why));

        var isNftRead = view.Read(NftEvidence.Source) is not FactReading<NftFacts>.Missing;
        var nft = Known(view.Read(NftEvidence.Source), "e.nft", [PathLayer.Bridge, PathLayer.Ip, PathLayer.Device], gaps);
        var tables = ImmutableArray.CreateBuilder<FilterTable>();
        if (isNftRead)
        {
            tables.AddRange((nft?.Tables ?? []).Select(table => WithSaveFormat(table, ipt, ebt)));
        }
        else
        {
            // Better a part than nothing: a drop that is seen here is a drop.
            tables.AddRange((ipt?.Nft4 ?? []).Select(table => SavedTables.Place(table, FilterFamily.Ip, isLegacy: false)));
            tables.AddRange((ipt?.Nft6 ?? []).Select(table => SavedTables.Place(table, FilterFamily.Ip6, isLegacy: false)));
            tables.AddRange((ebt?.Nft ?? []).Select(table => SavedTables.Place(table, FilterFamily.Bridge, isLegacy: false)));
        }

        tables.AddRange((ipt?.Legacy4 ?? []).Select(table => SavedTables.Place(table, FilterFamily.Ip, isLegacy: true)));
        tables.AddRange((ipt?.Legacy6 ?? []).Select(table => SavedTables.Place(table, FilterFamily.Ip6, isLegacy: true)));
        tables.AddRange((ebt?.Legacy ?? []).Select(table => SavedTables.Place(table, FilterFamily.Bridge, isLegacy: true)));
        return new(tables.ToImmutable(), gaps.ToImmutable());
    }

    private static LendingState Switch(bool? global, bool? own) => (global, own) switch
    {
        (true, _) or (_, true) => LendingState.On,
        (false, false) => LendingState.Off,
        _ => LendingState.Unknown,
    };

    private static T? Known<T>(FactReading<T> reading, string section, ReadOnlySpan<PathLayer> layers, ImmutableArray<FirewallGap>.Builder gaps)
        where T : class
    {
        if (reading is FactReading<T>.Missing(var why))
        {
            foreach (var layer in layers)
            {
                gaps.Add(new(layer, section, why));
            }
        }

        return reading is FactReading<T>.Known(var fact) ? fact : null;
    }

    private static FilterTable WithSaveFormat(FilterTable table, IptablesFacts? ipt, EbtablesFacts? ebt)
    {
        var saved = table.Family switch
        {
            FilterFamily.Ip => ipt?.Nft4,
            FilterFamily.Ip6 => ipt?.Nft6,
            FilterFamily.Bridge => ebt?.Nft,
            _ => null,
        };
        return saved?.FirstOrDefault(other => other.Name == table.Name) is { } twin ? SavedTables.Complete(table, twin) : table;
    }
}
