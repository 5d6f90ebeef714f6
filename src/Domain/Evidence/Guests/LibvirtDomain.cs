using System.Collections.Immutable;
using System.Xml;
using System.Xml.Linq;

namespace ChatOpsBot.Domain.Evidence.Guests;

/// <summary>One domain definition of libvirt, live or stored.</summary>
/// <param name="Name">Domain name; may hold any character but a line end.</param>
/// <param name="Uuid">In lower case with dashes.</param>
/// <param name="IsLive">It has an id, so it is the definition of a running process.</param>
/// <param name="State">In virsh's words, where the document itself says (status files do); else <see langword="null"/>.</param>
/// <param name="Interfaces">NICs in the order of the definition.</param>
/// <param name="AgentConnected">Whether the channel of the QEMU guest agent is open; <see langword="null"/> when there is none or nothing is said.</param>
internal sealed record LibvirtDomain(
    string Name, string Uuid, bool IsLive, string? State, ImmutableArray<GuestInterface> Interfaces, bool? AgentConnected)
{
    private const string AgentChannel = "org.qemu.guest_agent.0";

    /// <summary>Reads <c>domain</c>, or <c>domstatus</c> around it; <see langword="null"/> for another element or one without a name.</summary>
    public static LibvirtDomain? Read(XmlReader reader)
    {
        string? state = null;
        if (reader.LocalName == "domstatus")
        {
            state = StateOfStatusFile(reader.GetAttribute("state"));
            if (!reader.ReadToDescendant("domain"))
            {
                return null;
            }
        }

        return reader.LocalName == "domain" ? ReadBody(reader, state) : null;
    }

    private static LibvirtDomain? ReadBody(XmlReader reader, string? state)
    {
        var depth = reader.Depth;
        var isLive = reader.GetAttribute("id") is { Length: > 0 };
        string name = "", uuid = "";
        bool? agent = null;
        var interfaces = ImmutableArray.CreateBuilder<GuestInterface>();
        if (!reader.IsEmptyElement)
        {
            reader.Read();
            while (!reader.EOF && reader.Depth > depth)
            {
                switch (reader.NodeType == XmlNodeType.Element ? (reader.LocalName, reader.Depth - depth) : default)
                {
                    case ("name", 1):
                        name = XmlReading.Take(reader).Value;
                        break;
                    case ("uuid", 1):
                        uuid = XmlReading.Take(reader).Value.Trim().ToLowerInvariant();
                        break;
                    case ("interface", 2):
                        interfaces.Add(ReadInterface(XmlReading.Take(reader)));
                        break;
                    case ("channel", 2):
                        agent = AgentState(XmlReading.Take(reader)) ?? agent;
                        break;
                    case ("devices", 1):
                    case (null, _):
                        reader.Read();
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }
        }

        return name.Length == 0 ? null : new(name, uuid, isLive, state, interfaces.ToImmutable(), agent);
    }

    private static GuestInterface ReadInterface(XElement nic)
    {
        // A status file keeps what a NIC of a network really became in <actual>; dumpxml has merged it already.
        var actual = nic.Element("actual");
        var vlan = nic.Element("vlan") ?? actual?.Element("vlan");
        return new GuestInterface
        {
            Type = nic.Get("", "type") ?? "",
            Mac = nic.Get("mac", "address")?.ToLowerInvariant(),
            SourceBridge = nic.Get("source", "bridge") ?? actual?.Get("source", "bridge"),
            SourceNetwork = nic.Get("source", "network"),
            SourceDevice = nic.Get("source", "dev") ?? actual?.Get("source", "dev"),
            Target = nic.Get("target", "dev"),
            Model = nic.Get("model", "type"),
            LinkDown = nic.Get("link", "state") == "down",
            Isolated = (nic.Get("port", "isolated") ?? actual?.Get("port", "isolated")) == "yes",
            VirtualPort = nic.Get("virtualport", "type") ?? actual?.Get("virtualport", "type"),
            VlanTags = [.. from tag in vlan?.Elements("tag") ?? [] let id = ReadTag(tag) where id is not null select id.Value],
            Filter = nic.Get("filterref", "filter"),
            Mtu = int.TryParse(nic.Get("mtu", "size"), out var mtu) ? mtu : null,
        };
    }

    private static int? ReadTag(XElement tag) => int.TryParse(tag.Get("", "id"), out var id) ? id : null;

    private static bool? AgentState(XElement channel)
        => channel.Get("target", "name") == AgentChannel && channel.Get("target", "state") is { } state ? state == "connected" : null;

    // Status files use the enum's names, virsh prints sentences; the facts speak virsh's language only.
    private static string? StateOfStatusFile(string? state) => state switch
    {
        "nostate" => "no state",
        "blocked" => "idle",
        "shutdown" => "in shutdown",
        "shutoff" => "shut off",
        _ => state,
    };
}
