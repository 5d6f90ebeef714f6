using System.Collections.Immutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>E.net: libvirt's virtual networks, over its read-only socket, else from its files.</summary>
public static partial class NetworkEvidence
{
    // As for the guests: nothing that would start a daemon, no commands on virsh's standard input, UUIDs instead of names. With the modular
    // daemons the networks are virtnetworkd's: asking virtqemud alone would make systemd start it. Network definitions hold no secrets but
    // those that dnsmasq options may carry.
    private const string Script = """
        sock= files= asked= tried=
        for f in /run/libvirt/libvirt-sock* /run/libvirt/virtnetworkd-sock*; do [ -S "$f" ] && sock=$f; done
        for f in /run/libvirt/network/*.xml; do [ -e "$f" ] && files=1; done
        [ -n "$sock$files" ] || { absent 'no libvirt socket and no active virtual network'; return; }
        if [ -n "$sock" ] && have virsh && runs libvirtd virtnetworkd; then
            if ids=$(limit virsh -r -q -c qemu:///system 'net-list --all --uuid; net-list --uuid' 2>/dev/null); then
                asked=1 seen=, active= cmds=
                put listed "$ids"
                for u in $ids; do
                    case $u in *[!0-9a-f-]*) continue ;; esac
                    case $seen in *,$u,*) active="${active}echo $u active;net-dumpxml $u;" ;; *) seen=$seen$u, cmds="${cmds}net-dumpxml $u;" ;; esac
                done
                cmds=$cmds$active
                [ -z "$cmds" ] || part xml sh -c '{ timeout --foreground -k 1 4 virsh -r -q -c qemu:///system "$1" || echo "virsh: exit code $?" >&2; } | sed "/<dnsmasq:option /d"' sh "$cmds"
            else
                tried=1
                part virsh virsh -r -q -c qemu:///system 'net-list --all --uuid'
            fi
        fi
        if [ -z "$asked" ] && ! is_root; then
            [ -n "$tried" ] || { missing 'libvirt cannot be asked (no daemon runs, or no virsh), and its network files need root'; return; }
        elif [ -z "$asked" ]; then
            set --
            for f in /run/libvirt/network/*.xml /etc/libvirt/qemu/networks/*.xml; do [ -f "$f" ] && set -- "$@" "$f"; done
            part files sed '/<dnsmasq:option /d' /dev/null "$@"
        fi
        """;

    /// <summary>The evidence row.</summary>
    public static EvidenceSource<VirtualNetworkFacts> Source { get; } = new("e.net", Privilege.RootIfPossible, Script, Parse);

    private static FactReading<VirtualNetworkFacts> Parse(SectionOutput section)
    {
        var networks = new List<VirtualNetwork>();
        foreach (var part in section.Parts)
        {
            if (part.End == PartEnd.NoPrivilege || (part.Name != "virsh" && SectionProblem.Reason(part) is not null))
            {
                return new FactReading<VirtualNetworkFacts>.Missing(SectionProblem.Reason(part)!); // not null by the condition
            }

            if (part.Name is "xml" or "files")
            {
                ReadDocuments(part.Text, networks);
            }
        }

        if (section.Parts.All(part => part.Name == "virsh"))
        {
            return new FactReading<VirtualNetworkFacts>.Missing($"libvirt: {VirshError.Of(section.Parts[0])}");
        }

        var listed = section.Part("listed") is { } list ? Uuid().Matches(list.Text).Select(match => match.Value).ToHashSet() : [];
        listed.ExceptWith(networks.Select(network => network.Uuid ?? ""));
        return listed.Count == 0 || Gone(section, listed)
            ? new FactReading<VirtualNetworkFacts>.Known(new([.. networks.GroupBy(network => network.Uuid ?? network.Name).Select(Newest)]))
            : new FactReading<VirtualNetworkFacts>.Missing($"libvirt did not give the definitions of {listed.Count} networks");
    }

    private static bool Gone(SectionOutput section, HashSet<string> uuids)
    {
        var errors = section.Part("xml") is { } xml ? System.Text.Encoding.UTF8.GetString(xml.Stderr.Span) : "";
        return uuids.All(uuid => errors.Contains($"failed to get network '{uuid}'", StringComparison.Ordinal));
    }

    // A network that runs has a status file beside its stored one; the status file tells what is in force.
    private static VirtualNetwork Newest(IEnumerable<VirtualNetwork> same) => same.OrderByDescending(network => network.Active).First();

    private static void ReadDocuments(string text, List<VirtualNetwork> networks)
        => XmlReading.Each(text, (between, reader) =>
        {
            if (reader is null)
            {
                return;
            }

            var root = XmlReading.TakeDocument(reader);
            var active = root.Name.LocalName == "networkstatus" || between.TrimEnd().EndsWith(" active", StringComparison.Ordinal);
            var network = root.Name.LocalName == "networkstatus" ? root.Element("network") : root;
            if (network is { Name.LocalName: "network" } && network.Element("name")?.Value is { Length: > 0 } name)
            {
                networks.Add(ReadNetwork(network, name, active));
            }
        });

    private static VirtualNetwork ReadNetwork(XElement network, string name, bool active)
    {
        // Without a mode, <forward/> means NAT.
        var forward = network.Element("forward");
        return new(name, active, network.Get("bridge", "name"), forward is null ? null : forward.Get("", "mode") ?? "nat")
        {
            Uuid = network.Element("uuid")?.Value.Trim().ToLowerInvariant(),
            MacTableManager = network.Get("bridge", "macTableManager"),
            VirtualPort = network.Get("virtualport", "type"),
            Device = forward?.Get("", "dev") ?? forward?.Get("interface", "dev"),
            ServesDhcp = network.Elements("ip").Any(ip => ip.Element("dhcp") is not null),
            Addresses = [.. from ip in network.Elements("ip") let address = AddressOf(ip) where address is not null select address],
        };
    }

    private static string? AddressOf(XElement ip)
        => ip.Get("", "address") is not { } address ? null
            : ip.Get("", "prefix") is { } prefix ? $"{address}/{prefix}"
            : ip.Get("", "netmask") is { } mask && IpText.PrefixOf(mask) is { } bits ? $"{address}/{bits}"
            : address;

    [GeneratedRegex("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex Uuid();
}

/// <summary>libvirt's virtual networks.</summary>
/// <param name="Networks">Active and inactive.</param>
public sealed record VirtualNetworkFacts(ImmutableArray<VirtualNetwork> Networks);

/// <summary>One virtual network.</summary>
/// <param name="Name">Network name.</param>
/// <param name="Active">Whether it runs.</param>
/// <param name="Bridge">Its bridge.</param>
/// <param name="ForwardMode"><c>nat</c>, <c>route</c>, <c>bridge</c>, <c>open</c>...; <see langword="null"/> for an isolated network.</param>
public sealed record VirtualNetwork(string Name, bool Active, string? Bridge, string? ForwardMode)
{
    /// <summary>Whether the network is not meant to have an uplink port: guests reach outside by routing, or not at all.</summary>
    public bool HasNoUplinkByDesign => ForwardMode is null or "nat" or "route" or "open";

    /// <summary>In lower case.</summary>
    public string? Uuid { get; init; }

    /// <summary><c>kernel</c> or <c>libvirt</c>: who fills the bridge's forwarding table; <see langword="null"/> when the definition does not say (kernel).</summary>
    public string? MacTableManager { get; init; }

    /// <summary>Type of its <c>virtualport</c>, for example <c>openvswitch</c>.</summary>
    public string? VirtualPort { get; init; }

    /// <summary>Host device it forwards to, where it names one.</summary>
    public string? Device { get; init; }

    /// <summary>Whether libvirt runs a DHCP server for it.</summary>
    public bool ServesDhcp { get; init; }

    /// <summary>The host's own addresses in it, with prefix length.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];
}
