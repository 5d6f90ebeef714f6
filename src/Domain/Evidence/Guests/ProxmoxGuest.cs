using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Evidence.Guests;

/// <summary>A guest as Proxmox VE stores it in <c>/etc/pve/qemu-server/ID.conf</c>.</summary>
/// <param name="Id">VM id, the file's name.</param>
/// <param name="Name">Its <c>name:</c>, or <see langword="null"/>.</param>
/// <param name="IsTemplate">Templates never run.</param>
/// <param name="Interfaces">NICs by slot.</param>
internal sealed record ProxmoxGuest(int Id, string? Name, bool IsTemplate, ImmutableSortedDictionary<int, GuestInterface> Interfaces)
{
    /// <summary>Reads lines of the form <c>FILE NUL line</c>; lines of snapshot sections (after the first <c>[name]</c> of a file) do not count.</summary>
    public static ImmutableArray<ProxmoxGuest> ReadAll(string lines)
    {
        var guests = new SortedDictionary<int, ProxmoxGuest>();
        var ended = new HashSet<int>();
        foreach (var line in lines.Split('\n'))
        {
            var nul = line.IndexOf('\0', StringComparison.Ordinal);
            if (nul < 0 || IdOf(line[..nul]) is not { } id)
            {
                continue;
            }

            var text = line[(nul + 1)..].Trim();
            if (text.StartsWith('['))
            {
                ended.Add(id);
            }

            var guest = guests.GetValueOrDefault(id) ?? new ProxmoxGuest(id, null, false, ImmutableSortedDictionary<int, GuestInterface>.Empty);
            guests[id] = ended.Contains(id) ? guest : guest.With(text);
        }

        return [.. guests.Values];
    }

    private static int? IdOf(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name.EndsWith(".conf", StringComparison.Ordinal) && int.TryParse(name[..^5], out var id) ? id : null;
    }

    private ProxmoxGuest With(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
        {
            return this;
        }

        var (key, value) = (line[..colon].Trim(), line[(colon + 1)..].Trim());
        return key switch
        {
            "name" => this with { Name = value },
            "template" => this with { IsTemplate = value == "1" },
            _ when key.StartsWith("net", StringComparison.Ordinal) && int.TryParse(key[3..], out var slot) => this with { Interfaces = Interfaces.SetItem(slot, ReadNic(value)) },
            _ => this,
        };
    }

    // net0: virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1,tag=10,trunks=5;6,link_down=1
    private static GuestInterface ReadNic(string value)
    {
        string? mac = null, bridge = null, model = null;
        var tags = ImmutableArray.CreateBuilder<int>();
        var (linkDown, firewall) = (false, false);
        foreach (var word in value.Split(','))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var (key, text) = equals < 0 ? (word, "") : (word[..equals], word[(equals + 1)..]);
            switch (key)
            {
                case "bridge":
                    bridge = text;
                    break;
                case "tag" when int.TryParse(text, out var tag):
                    tags.Add(tag);
                    break;
                case "link_down":
                    linkDown = text == "1";
                    break;
                case "firewall":
                    firewall = text == "1";
                    break;
                case "model":
                    model = text;
                    break;
                case "macaddr":
                    mac = text;
                    break;
                default:
                    // The model is the key of the address: "virtio=BC:24:...".
                    if (text.Count(c => c == ':') == 5)
                    {
                        (model, mac) = (key, text);
                    }

                    break;
            }
        }

        return new GuestInterface
        {
            Type = bridge is null ? "user" : "bridge",
            Mac = mac?.ToLowerInvariant(),
            SourceBridge = bridge,
            Model = model,
            LinkDown = linkDown,
            VlanTags = tags.ToImmutable(),
            ProxmoxFirewall = firewall,
        };
    }
}
