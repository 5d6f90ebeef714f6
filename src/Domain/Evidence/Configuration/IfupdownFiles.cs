using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace ChatOpsBot.Domain.Evidence.Configuration;

/// <summary>
/// <c>/etc/network/interfaces</c> and what it sources, in the dialects of ifupdown and ifupdown2 (Proxmox, Cumulus): interfaces(5),
/// bridge-utils-interfaces(5).
/// </summary>
internal static partial class IfupdownFiles
{
    /// <summary>The name of this manager.</summary>
    public const string Manager = "ifupdown";

    private const string Main = "/etc/network/interfaces";

    /// <summary>Reads the files; only those that <c>/etc/network/interfaces</c> reaches are in force.</summary>
    public static ManagerIntent Read(ImmutableArray<ConfigFile> files)
    {
        if (files.FirstOrDefault(file => file.Path == Main) is not { } main)
        {
            return ManagerIntent.None;
        }

        var state = new Reader(files);
        state.ReadFile(main);
        return state.Finish();
    }

    /// <summary>The files that <c>/etc/network/interfaces</c> reaches, itself first; none when it is not there.</summary>
    public static ImmutableArray<ConfigFile> Reached(ImmutableArray<ConfigFile> files)
    {
        if (files.FirstOrDefault(file => file.Path == Main) is not { } main)
        {
            return [];
        }

        var state = new Reader(files);
        state.ReadFile(main);
        return [.. files.Where(file => state.HasRead(file.Path)).OrderBy(file => file.Path != Main)];
    }

    private sealed record Stanza(string Name, string Origin, string Method, List<(string Key, string Value, string Origin)> Options)
    {
        public string? Inherits { get; init; }

        public bool IsTemplate { get; init; }
    }

    private sealed class Reader(ImmutableArray<ConfigFile> files)
    {
        private readonly List<Stanza> _stanzas = [];
        private readonly HashSet<string> _started = [];
        private readonly HashSet<string> _files = [];
        private readonly ImmutableArray<string>.Builder _unread = ImmutableArray.CreateBuilder<string>();
        private Stanza? _current;

        public bool HasRead(string path) => _files.Contains(path);

        public void ReadFile(ConfigFile file)
        {
            // A file that sources itself would never end.
            if (!_files.Add(file.Path))
            {
                return;
            }

            _current = null;
            for (var i = 0; i < file.Lines.Length; i++)
            {
                var line = file.Lines[i];
                var text = line.Text.Trim();
                if (text.Length == 0 || text[0] == '#')
                {
                    continue;
                }

                while (text.EndsWith('\\') && i + 1 < file.Lines.Length)
                {
                    text = text[..^1] + " " + file.Lines[++i].Text.Trim();
                }

                ReadLine(file, new ConfigLine(line.Origin, text));
            }

            _current = null;
        }

        private void ReadLine(ConfigFile file, ConfigLine line)
        {
            // Nothing is left of a line that was a backslash alone.
            var words = line.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                return;
            }

            var key = words[0];
            switch (key)
            {
                case "auto":
                case "rename" or "no-auto-down" or "no-scripts":
                case var allow when allow.StartsWith("allow-", StringComparison.Ordinal):
                    _current = null;
                    if (key == "auto" || key.StartsWith("allow-", StringComparison.Ordinal))
                    {
                        _started.UnionWith(words[1..].Where(IsPlainName));
                    }

                    break;
                case "iface" or "template" when words.Length > 1:
                    StartStanza(words, line.Origin);
                    break;
                case "mapping":
                    _current = new Stanza("", line.Origin, "mapping", []);
                    break;
                case "source":
                    _current = null;
                    Source(file, [.. words[1..].Select(pattern => ConfigText.Glob(Absolute(pattern)))], line, isFolder: false);
                    break;
                case "source-directory" or "source-dir":
                    _current = null;
                    Source(file, [.. words[1..].Select(folder => ConfigText.Glob(Absolute(folder).TrimEnd('/') + "/*"))], line, isFolder: true);
                    break;
                case var template when template.StartsWith('%') || template.StartsWith("##", StringComparison.Ordinal) || line.Text.Contains("${", StringComparison.Ordinal):
                    _unread.Add($"{line.Origin}: template text is not understood");
                    break;
                default:
                    _current?.Options.Add((key.Replace('_', '-'), line.Text[key.Length..].Trim(), line.Origin));
                    break;
            }
        }

        private void StartStanza(string[] words, string origin)
        {
            // iface NAME [FAMILY METHOD] [inherits NAME]
            var inherits = Array.IndexOf(words, "inherits");
            var method = words.Length > 3 && inherits != 2 ? words[3] : "";
            _current = new Stanza(words[1], origin, method, [])
            {
                Inherits = inherits > 0 && inherits + 1 < words.Length ? words[inherits + 1] : null,
                IsTemplate = words[0] == "template",
            };
            _stanzas.Add(_current);
        }

        private void Source(ConfigFile from, string[] patterns, ConfigLine line, bool isFolder)
        {
            var found = files.Where(file => patterns.Any(pattern => ConfigText.Matches(pattern, file.Path)) && (!isFolder || FolderName().IsMatch(file.Name)));
            foreach (var file in found.OrderBy(file => file.Path, StringComparer.Ordinal).ToArray())
            {
                ReadFile(file);
            }

            if (from.Path != Main && patterns.Length > 0 && !_files.Any(path => patterns.Any(pattern => ConfigText.Matches(pattern, path))))
            {
                _unread.Add($"{line.Origin}: the files it sources were not followed");
            }
        }

        private static string Absolute(string path) => path.StartsWith('/') ? path : "/etc/network/" + path;

        public ManagerIntent Finish()
        {
            var parents = _stanzas.Select(stanza => stanza.Inherits).OfType<string>().ToHashSet();
            var real = _stanzas.Where(stanza => !stanza.IsTemplate && (!parents.Contains(stanza.Name) || _started.Contains(stanza.Name))).ToArray();
            var bridges = ImmutableArray.CreateBuilder<ConfiguredBridge>();
            foreach (var name in real.Select(stanza => stanza.Name).Distinct())
            {
                var options = real.Where(stanza => stanza.Name == name).SelectMany(stanza => Effective(stanza, depth: 0)).ToList();
                if (options.Any(option => option.Key is "bridge-ports" or "bridge-vlan-aware") || MadeByHand(name, out _))
                {
                    bridges.Add(ReadBridge(name, [.. real.Where(stanza => stanza.Name == name)], options) with { StartsAtBoot = _started.Contains(name) });
                }
            }

            var named = real.Select(stanza => stanza.Name).Concat(_started).Concat(bridges.SelectMany(bridge => bridge.Ports))
                .Concat(real.SelectMany(stanza => stanza.Options).Where(option => option.Key is "bond-slaves" or "slaves").SelectMany(option => option.Value.Split(' ')));
            return new(bridges.ToImmutable(), [.. named.Where(name => name != "lo" && name != "none" && IsPlainName(name)).Distinct()], _unread.ToImmutable());
        }

        private IEnumerable<(string Key, string Value, string Origin)> Effective(Stanza stanza, int depth)
        {
            var own = stanza.Options.AsEnumerable();
            var parent = stanza.Inherits is null || depth > 8 ? null : _stanzas.FirstOrDefault(other => other.Name == stanza.Inherits && other != stanza);
            return parent is null ? own : own.Concat(Effective(parent, depth + 1).Where(option => stanza.Options.TrueForAll(mine => mine.Key != option.Key)));
        }

        private ConfiguredBridge ReadBridge(string name, Stanza[] stanzas, List<(string Key, string Value, string Origin)> options)
        {
            var ports = new List<string>();
            var patterns = new List<string>();
            foreach (var (_, value, _) in options.Where(option => option.Key == "bridge-ports"))
            {
                IfupdownPorts.Read(value, ports, patterns);
            }

            MadeByHand(name, out var byHand);
            ports.AddRange(byHand);
            return new ConfiguredBridge(
                name,
                [.. ports.Distinct()],
                [.. Addresses(stanzas).Distinct()],
                ConfigText.Switch(Last(options, "bridge-stp")),
                ConfigText.Seconds(Last(options, "bridge-fd")),
                options.Where(option => option.Key == "bridge-ports").Select(option => option.Origin).FirstOrDefault() ?? stanzas[0].Origin,
                Manager)
            {
                PortPatterns = [.. patterns.Distinct()],
                VlanAware = ConfigText.Switch(Last(options, "bridge-vlan-aware")),
            };
        }

        private IEnumerable<string> Addresses(Stanza[] stanzas)
        {
            foreach (var stanza in stanzas)
            {
                var options = Effective(stanza, depth: 0).ToList();
                var mask = Last(options, "netmask");
                foreach (var (_, value, _) in options.Where(option => option.Key == "address"))
                {
                    yield return value.Contains('/') || mask is null || IpText.PrefixOf(mask) is not { } bits ? value : $"{value}/{bits}";
                }

                if (stanza.Method is "dhcp" or "auto")
                {
                    yield return stanza.Method;
                }
            }
        }

        // "up ip link set eno2 master br0" and "up brctl addif br0 eno2", wherever they stand.
        private bool MadeByHand(string bridge, out string[] ports)
        {
            var commands = _stanzas.SelectMany(stanza => stanza.Options).Where(option => option.Key is "up" or "pre-up" or "post-up").Select(option => option.Value).ToArray();
            ports = [.. commands.Select(command => Attach().Match(command)).Where(match => match.Success && match.Groups["br"].Value == bridge).Select(match => match.Groups["port"].Value)];
            return ports.Length > 0 || commands.Any(command => Create().Match(command) is { Success: true } made && made.Groups["br"].Value == bridge);
        }

        private static string? Last(List<(string Key, string Value, string Origin)> options, string key) => options.LastOrDefault(option => option.Key == key).Value;
    }

    private static bool IsPlainName(string name) => name.Length is > 0 and <= 15 && name.IndexOfAny(['/', '*', '?', '[', '=', '$']) < 0;

    [GeneratedRegex("^[a-zA-Z0-9_-]+$")]
    private static partial Regex FolderName();

    [GeneratedRegex(@"(?:\bip\b.*\blink\s+set\s+(?:dev\s+)?(?<port>\S+)\s+(?:up\s+)?master\s+(?<br>[^\s;&|]+)|\bbrctl\s+addif\s+(?<br>\S+)\s+(?<port>[^\s;&|]+))", RegexOptions.None, 1000)]
    private static partial Regex Attach();

    [GeneratedRegex(@"(?:\bip\b.*\blink\s+add\s+(?:name\s+|dev\s+)?(?<br>\S+)\s+type\s+bridge\b|\bbrctl\s+addbr\s+(?<br>[^\s;&|]+))", RegexOptions.None, 1000)]
    private static partial Regex Create();
}
