using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Support;

/// <summary>A host made up for a rule's test: prints its links the way iproute2 does, other sections as the test gives them.</summary>
public sealed class FakeHost
{
    private readonly List<JsonObject> _links = [];
    private readonly List<JsonObject> _addresses = [];
    private readonly StringBuilder _domains = new();
    private readonly Dictionary<string, SectionOutput> _sections = [];

    /// <summary>The inventory's entry.</summary>
    public HostEntry Entry { get; set; } = new() { Name = "host42", Address = "192.0.2.42" };

    /// <summary>The common healthy layout: br0 with the NIC eno2 and the guest tap vnet0, all passing frames.</summary>
    public static FakeHost Healthy() => new FakeHost().Bridge("br0").Nic("eno2", "br0").Tap("vnet0", "br0");

    /// <summary>Adds a bridge.</summary>
    public FakeHost Bridge(string name, bool up = true, int stp = 0, int forwardDelay = 0) => Add(
        name, up ? "BROADCAST,MULTICAST,UP,LOWER_UP" : "BROADCAST,MULTICAST", null, "bridge",
        new() { ["stp_state"] = stp, ["forward_delay"] = forwardDelay, ["vlan_filtering"] = 0, ["nf_call_iptables"] = 0, ["nf_call_ip6tables"] = 0, ["nf_call_arptables"] = 0 });

    /// <summary>Adds a physical NIC.</summary>
    public FakeHost Nic(string name, string? master = null, string flags = "BROADCAST,MULTICAST,UP,LOWER_UP", string state = "forwarding")
        => Add(name, flags, master, null, null, state);

    /// <summary>Adds a guest's tap.</summary>
    public FakeHost Tap(string name, string? master, string flags = "BROADCAST,MULTICAST,UP,LOWER_UP", string state = "forwarding", string? address = null)
        => Add(name, flags, master, "tun", new() { ["type"] = "tap" }, state, address ?? $"fe:54:00:00:00:{_links.Count:x2}");

    /// <summary>Adds a link of any kind.</summary>
    public FakeHost Add(
        string name, string flags, string? master, string? kind, JsonObject? data = null, string state = "forwarding", string? address = null, string? lower = null)
    {
        var link = new JsonObject
        {
            ["ifindex"] = _links.Count + 1,
            ["ifname"] = name,
            ["flags"] = new JsonArray([.. flags.Split(',').Select(flag => JsonValue.Create(flag))]),
            ["mtu"] = 1500,
            ["operstate"] = kind == "tun" ? "UNKNOWN" : flags.Contains("LOWER_UP", StringComparison.Ordinal) ? "UP" : "DOWN",
            ["link_type"] = "ether",
            ["address"] = address ?? $"02:00:00:00:00:{_links.Count:x2}",
        };
        if (lower is not null)
        {
            link["link"] = lower;
        }

        if (master is not null)
        {
            link["master"] = master;
        }

        var info = new JsonObject();
        if (kind is not null)
        {
            info["info_kind"] = kind;
            info["info_data"] = data;
        }

        if (master is not null)
        {
            info["info_slave_kind"] = "bridge";
            info["info_slave_data"] = new JsonObject
            {
                ["state"] = state, ["isolated"] = false, ["guard"] = false, ["learning"] = true, ["flood"] = true, ["bcast_flood"] = true, ["locked"] = false, ["hairpin"] = false,
            };
        }

        link["linkinfo"] = info;
        _links.Add(link);
        return this;
    }

    /// <summary>Changes one flag of a port, named as iproute2 prints it.</summary>
    public FakeHost PortFlag(string port, string flag, bool value)
    {
        var link = _links.Single(candidate => (string?)candidate["ifname"] == port);
        link["linkinfo"]!["info_slave_data"]![flag] = value; // a port always has both objects
        return this;
    }

    /// <summary>Changes what iproute2 prints of a link.</summary>
    public FakeHost Change(string link, Action<JsonObject> change)
    {
        change(_links.Single(candidate => (string?)candidate["ifname"] == link));
        return this;
    }

    /// <summary>Adds the second read of some rows, as another host shows them.</summary>
    public FakeHost Later(FakeHost second, params string[] rows)
    {
        foreach (var row in rows)
        {
            _sections[HostView.AgainPrefix + row] = second.Snapshot().Sections[row];
        }

        return this;
    }

    /// <summary>A host with an uptime of that many seconds, read at <see cref="DateTimeOffset.UnixEpoch"/>.</summary>
    public FakeHost Uptime(double seconds) => Section("e.self", "self", System.FormattableString.Invariant($"connection=\nuid=0\nroot=\nmachine=42\nboot=42\nuptime={seconds}\n"));

    /// <summary>Kernel log lines with their times since boot.</summary>
    public FakeHost KernelLog(params (double Uptime, string Message)[] lines)
        => Section("e.klog", "dmesg", string.Concat(lines.Select(line => System.FormattableString.Invariant($"<4>[{line.Uptime:0.000000}] {line.Message}\n"))));

    /// <summary>Gives a section one successful part.</summary>
    public FakeHost Section(string id, string part, string stdout)
        => Part(id, new(part, PartEnd.Exited, 0, Encoding.UTF8.GetBytes(stdout), default));

    /// <summary>Adds a part to a section.</summary>
    public FakeHost Part(string id, PartOutput part)
    {
        _sections[id] = _sections.TryGetValue(id, out var section) ? section with { Parts = section.Parts.Add(part) } : new(id, [part]);
        return this;
    }

    /// <summary>Lets <c>/etc/network/interfaces</c> give a bridge its ports.</summary>
    public FakeHost Config(string bridge, string ports)
        => Section("e.cfg", "files", $"/etc/network/interfaces\01:iface {bridge} inet manual\n/etc/network/interfaces\02:    bridge_ports {ports}\n");

    /// <summary>Adds an address.</summary>
    public FakeHost Address(string link, string address, string family = "inet", string scope = "global")
    {
        _addresses.Add(new() { ["ifname"] = link, ["addr_info"] = new JsonArray(new JsonObject { ["family"] = family, ["local"] = address, ["prefixlen"] = 24, ["scope"] = scope }) });
        return this;
    }

    /// <summary>Adds a running libvirt guest with one NIC.</summary>
    public FakeHost Guest(string name, string tap, string source, string type = "bridge", string mac = "52:54:00:aa:bb:01")
    {
        _domains.Append($"<domain type='kvm' id='1'><name>{name}</name><uuid>00000000-0000-4000-8000-{_domains.Length:x12}</uuid><devices>")
            .Append($"<interface type='{type}'><mac address='{mac}'/><source {(type == "direct" ? "dev" : type)}='{source}'/><target dev='{tap}'/></interface></devices></domain>\n");
        return this;
    }

    /// <summary>A section that the host proves to have nothing in it.</summary>
    public FakeHost Absent(string id, string why) => Part(id, new("", PartEnd.Absent, 0, default, Encoding.UTF8.GetBytes(why)));

    /// <summary>A section that could not be read.</summary>
    public FakeHost Missing(string id, string why)
    {
        _sections[id] = new(id, [new("", PartEnd.NoPrivilege, 0, default, Encoding.UTF8.GetBytes(why))]);
        return this;
    }

    /// <summary>Removes all links, as when the section timed out.</summary>
    public FakeHost WithoutLinks()
    {
        _sections["e.link"] = new("e.link", [new("links", PartEnd.TimedOut, 124, default, default)]);
        return this;
    }

    /// <summary>Changes the inventory's entry.</summary>
    public FakeHost Inventory(Func<HostEntry, HostEntry> change)
    {
        Entry = change(Entry);
        return this;
    }

    /// <summary>The snapshot that a read of this host would bring.</summary>
    public HostSnapshot Snapshot()
    {
        var sections = _sections.ToImmutableSortedDictionary().ToBuilder();
        Fill("e.link", "links", Text(_links));
        Fill("e.addr", "addresses", Text(_addresses));
        if (_domains.Length > 0)
        {
            Fill("e.dom", "xml", _domains.ToString());
        }

        return new(Entry.Name, DateTimeOffset.UnixEpoch, TimeSpan.FromMilliseconds(1), sections.ToImmutable());

        void Fill(string id, string part, string text)
            => sections.TryAdd(id, new(id, [new(part, PartEnd.Exited, 0, Encoding.UTF8.GetBytes(text), default)]));

        static string Text(List<JsonObject> objects) => new JsonArray([.. objects.Select(item => item.DeepClone())]).ToJsonString();
    }

    /// <summary>The view that rules look at.</summary>
    public HostView View() => new(Snapshot(), Entry);

    /// <summary>The whole diagnosis.</summary>
    public Diagnosis Diagnose(DiagnosisFocus? focus = null) => Diagnostician.Diagnose(Snapshot(), Entry, focus ?? DiagnosisFocus.WholeHost);
}
