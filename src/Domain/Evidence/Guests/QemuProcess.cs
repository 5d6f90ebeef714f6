using System.Collections.Immutable;
using System.Text.Json;

namespace ChatOpsBot.Domain.Evidence.Guests;

/// <summary>What the command line of one QEMU process says about its guest. Works for QEMU started by libvirt, Proxmox or by hand.</summary>
/// <param name="Name">Guest name of <c>-name</c>, or <see langword="null"/>.</param>
/// <param name="Uuid">Of <c>-uuid</c>, in lower case.</param>
/// <param name="ProxmoxId">Of <c>-id</c>, which only Proxmox passes.</param>
/// <param name="Interfaces">NICs in the order of their back ends.</param>
internal sealed record QemuProcess(string? Name, string? Uuid, int? ProxmoxId, ImmutableArray<GuestInterface> Interfaces)
{
    /// <summary>
    /// Reads NUL-terminated arguments of several processes: for each the program name, then option and value in pairs
    /// (the collector keeps <c>-name -uuid -id -netdev -net -nic</c> and those <c>-device</c> that have a MAC).
    /// </summary>
    public static ImmutableArray<QemuProcess> ReadAll(string arguments)
    {
        var processes = ImmutableArray.CreateBuilder<QemuProcess>();
        Builder? current = null;
        var words = arguments.Split('\0');
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i].StartsWith('-') && i + 1 < words.Length)
            {
                current?.Add(words[i].TrimStart('-'), words[++i]);
            }
            else if (words[i].Length > 0)
            {
                Finish();
                current = new Builder();
            }
        }

        Finish();
        return processes.ToImmutable();

        void Finish()
        {
            if (current is not null)
            {
                processes.Add(current.Build());
            }
        }
    }

    private sealed class Builder
    {
        private readonly List<Dictionary<string, string>> _backends = [];
        private readonly List<Dictionary<string, string>> _devices = [];
        private string? _name;
        private string? _uuid;
        private int? _id;

        public void Add(string option, string value)
        {
            switch (option)
            {
                case "name":
                    var words = Split(value, "guest");
                    _name = words.GetValueOrDefault("guest");
                    break;
                case "uuid":
                    _uuid = value.ToLowerInvariant();
                    break;
                case "id" when int.TryParse(value, out var id):
                    _id = id;
                    break;
                case "netdev":
                    _backends.Add(Split(value, "type"));
                    break;
                case "nic":
                    var nic = Split(value, "type");
                    nic.TryAdd("driver", nic.GetValueOrDefault("model", ""));
                    _backends.Add(nic);
                    break;
                case "device":
                    _devices.Add(Split(value, "driver"));
                    break;
                case "net":
                    AddLegacy(Split(value, "type"));
                    break;
            }
        }

        public QemuProcess Build() => new(_name, _uuid, _id, [.. from backend in _backends where backend.GetValueOrDefault("type") != "none" select Nic(backend)]);

        // "-net nic,macaddr=..." and "-net tap,..." stand side by side on one hub; in practice they come in this order, one pair per NIC.
        private void AddLegacy(Dictionary<string, string> words)
        {
            if (words.GetValueOrDefault("type") == "nic")
            {
                words["mac"] = words.GetValueOrDefault("macaddr", "");
                words["driver"] = words.GetValueOrDefault("model", "");
                words["netdev"] = $"\0legacy{_devices.Count(device => device.GetValueOrDefault("netdev", "").StartsWith('\0'))}";
                _devices.Add(words);
            }
            else
            {
                words["id"] = $"\0legacy{_backends.Count(backend => backend.GetValueOrDefault("id", "").StartsWith('\0'))}";
                _backends.Add(words);
            }
        }

        private GuestInterface Nic(Dictionary<string, string> backend)
        {
            var device = backend.TryGetValue("id", out var id) ? _devices.FirstOrDefault(device => device.GetValueOrDefault("netdev") == id) : null;
            var type = backend.GetValueOrDefault("type", "");
            return new GuestInterface
            {
                Type = type is "tap" ? "ethernet" : type,
                Mac = Text(device, "mac")?.ToLowerInvariant() ?? Text(backend, "mac")?.ToLowerInvariant(),
                Target = Text(backend, "ifname"),
                SourceBridge = Text(backend, "br") ?? (type == "bridge" ? "br0" : null),
                Model = ModelOf(Text(device, "driver") ?? Text(backend, "driver")),
            };
        }

        private static string? Text(Dictionary<string, string>? words, string key)
            => words?.GetValueOrDefault(key) is { Length: > 0 } value ? value : null;

        private static string? ModelOf(string? driver) => driver switch
        {
            null => null,
            _ when driver.StartsWith("virtio-net", StringComparison.Ordinal) => "virtio",
            _ => driver,
        };

        /// <summary>Splits <c>a,key=value,key=with,,comma</c> or the JSON form of it; a first word without key gets <paramref name="first"/>.</summary>
        private static Dictionary<string, string> Split(string value, string first)
        {
            var words = new Dictionary<string, string>(StringComparer.Ordinal);
            if (value.StartsWith('{'))
            {
                ReadJson(value, words);
                return words;
            }

            var isFirst = true;
            foreach (var word in value.Replace(",,", "\0", StringComparison.Ordinal).Split(','))
            {
                var text = word.Replace('\0', ',');
                var equals = text.IndexOf('=', StringComparison.Ordinal);
                if (equals > 0)
                {
                    words[text[..equals]] = text[(equals + 1)..];
                }
                else if (isFirst)
                {
                    words[first] = text;
                }

                isFirst = false;
            }

            return words;
        }

        // Any user may start a process that is called like QEMU; what it says badly must not hide the others.
        private static void ReadJson(string value, Dictionary<string, string> words)
        {
            try
            {
                using var json = JsonDocument.Parse(value);
                foreach (var member in json.RootElement.EnumerateObject())
                {
                    words[member.Name] = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() ?? "" : member.Value.GetRawText();
                }
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                words.Clear();
            }
        }
    }
}
