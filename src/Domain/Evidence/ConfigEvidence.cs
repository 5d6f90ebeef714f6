using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Evidence.Configuration;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>E.cfg: what the files of ifupdown, netplan, systemd-networkd and NetworkManager intend, all together, whichever of them is active.</summary>
public static partial class ConfigEvidence
{
    // All files go through one grep, which writes path, NUL, line number and text, so that nothing in a file can pass for another file, and
    // through one sed, which masks secrets by the rules of the file's language before they leave the host. What grep cannot open it says on
    // standard error. NetworkManager and networkd are asked only while they run: asking could start them. In YAML a secret may also stand on
    // the lines after its key: as a block, which ends where the indentation does, or as a lone value, which ends at the next key.
    private const string Script = """
        mask='
        /^[^\x00]*\/netplan\//{
        :yaml
        /(psk|passw(or)?d|passphrase|secret|private|shared|wep|pin|token|credential|key)[A-Za-z0-9_-]*["\x27]?[[:space:]]*:[[:space:]]*[|>][-+0-9]*[[:space:]]*(#.*)?$/I{
        s/:[[:space:]]*[|>][-+0-9]*[[:space:]]*(#.*)?$/: "***"/
        h
        :block
        n
        H
        x
        s/^([^\x00]*\x00[0-9]+:( *)[^ \n][^\n]*)\n([^\x00]*\x00[0-9]+:)(\2 .*|[[:space:]]*)$/\1\n\3# ***/
        /\n[^\x00]*\x00[0-9]+:# \*\*\*$/{
        h
        s/\n.*//
        x
        s/^[^\n]*\n//
        b block
        }
        s/^[^\n]*\n//
        b yaml
        }
        /(psk|passw(or)?d|passphrase|secret|private|shared|wep|pin|token|credential|key)[A-Za-z0-9_-]*["\x27]?[[:space:]]*:[[:space:]]*(#.*)?$/I{
        :next
        n
        /^[^\x00]*\x00(1:|[0-9]+:[[:space:]-]*["\x27]?[A-Za-z0-9_.-]+["\x27]?:([[:space:]]|$))/!{
        s/^([^\x00]*\x00[0-9]+:).*/\1# ***/
        b next
        }
        b yaml
        }
        s/((psk|passw(or)?d|passphrase|secret|private|shared|wep|pin|token|credential|key)[A-Za-z0-9_-]*["\x27]?[[:space:]]*:[[:space:]]+)("([^"\\]|\\.)*"|\x27([^\x27]|\x27\x27)*\x27|[^],}[:space:]#"\x27[{][^],}]*)/\1"***"/gI
        b
        }
        /^[^\x00]*\/(NetworkManager|systemd)\//{
        s/(\x00[0-9]+:[[:space:]]*[A-Za-z0-9_.-]*(psk|passw(or)?d|passphrase|secret|private|shared|wep|pin|token|credential|key)[A-Za-z0-9_.-]*[[:space:]]*=).+/\1***/I
        b
        }
        s/(\x00[0-9]+:[[:space:]]*[A-Za-z0-9_-]*(psk|passw(or)?d|passphrase|secret|token|pin|key)[A-Za-z0-9_-]*[[:space:]]+).+/\1***/I
        s/((psk|passw(or)?d|passphrase|secret|token|private-key)[A-Za-z0-9_-]*[= ]+)[^[:space:]]+/\1***/gI'
        set --
        todo= level=0
        [ -f /etc/network/interfaces ] && todo=/etc/network/interfaces
        while [ -n "$todo" ] && [ $level -lt 5 ]; do
            level=$((level + 1)) found=
            for f in $todo; do
                case " $* " in *" $f "*) continue ;; esac
                set -- "$@" "$f"
                [ -r "$f" ] || continue
                while read -r word patterns; do
                    case $word in source | source-directory | source-dir) ;; *) continue ;; esac
                    set -f
                    for g in $patterns; do
                        set +f
                        case $g in /*) ;; *) g=/etc/network/$g ;; esac
                        [ "$word" = source ] || g=${g%/}/*
                        for h in $g; do [ -f "$h" ] && found="$found $h"; done
                        set -f
                    done
                    set +f
                done <"$f"
            done
            todo=$found
        done
        for f in /run/netplan/*.yaml /etc/netplan/*.yaml /lib/netplan/*.yaml; do [ -f "$f" ] && set -- "$@" "$f"; done
        units=
        for f in /etc/systemd/network/*.net* /run/systemd/network/*.net*; do [ -e "$f" ] && units=1; done
        if [ -n "$units" ]; then
            units=
            for f in /etc/systemd/network/*.net* /run/systemd/network/*.net* /usr/lib/systemd/network/*.net*; do
                [ -e "$f" ] || continue
                if [ -d "$f" ]; then
                    for g in "$f"/*.conf; do [ -f "$g" ] && set -- "$@" "$g"; done
                else
                    units="$units
        $f"
                    [ -f "$f" ] && set -- "$@" "$f"
                fi
            done
        fi
        for f in /run/NetworkManager/system-connections/* /etc/NetworkManager/system-connections/* /usr/lib/NetworkManager/system-connections/*; do
            [ -f "$f" ] && set -- "$@" "$f"
        done
        for f in /run/netplan /etc/netplan /etc/systemd /run/systemd /etc/NetworkManager /run/NetworkManager /run/systemd/network /etc/systemd/network /run/NetworkManager/system-connections /etc/NetworkManager/system-connections /etc/network; do
            if [ -d "$f" ] && ! { [ -r "$f" ] && [ -x "$f" ]; }; then set -- "$@" "$f"; fi
        done
        daemons=
        if [ -d /run/NetworkManager ] || [ -d /run/systemd/netif ]; then
            runs NetworkManager && daemons=NetworkManager
            runs systemd-network && daemons=$daemons+systemd-network
        fi
        settings=
        for f in /etc/sysctl.conf /etc/sysctl.d/*.conf /run/sysctl.d/*.conf /usr/local/lib/sysctl.d/*.conf /usr/lib/sysctl.d/*.conf /etc/udev/rules.d/*.rules; do
            case $f in *[[:space:]]*) continue ;; esac
            [ -f "$f" ] && [ -r "$f" ] && grep -q -e bridge-nf-call -e br_netfilter "$f" && settings="$settings $f"
        done
        [ $# -gt 0 ] || [ -n "$daemons" ] || [ -n "$settings" ] || { absent 'no configuration file of ifupdown, netplan, systemd-networkd or NetworkManager'; return; }
        [ -z "$units" ] || put units "$units"
        if [ $# -gt 0 ]; then
            masked files "$mask" grep -HnaZ '' "$@"
            part hashes sha256sum "$@"
        fi
        if [ -n "$settings" ]; then
            masked settings "$mask" grep -HnaZ '' $settings
            part settinghashes sha256sum $settings
        fi
        tools=
        for f in ifup netplan nmcli; do command -v "$f" >/dev/null && tools="$tools $f"; done
        put tools "$tools $daemons"
        case $tools in *nmcli*) part nmcliversion nmcli --version ;; esac
        case $daemons in *NetworkManager*)
            part nmcli nmcli -t -f DEVICE,TYPE,STATE,CONNECTION dev
            part profiles nmcli -t -f NAME,UUID,TYPE,DEVICE,ACTIVE con
            ;;
        esac
        case $daemons in *systemd-network*) part networkctl networkctl --no-pager --json=short list ;; esac
        """;

    /// <summary>The evidence row.</summary>
    public static EvidenceSource<NetworkIntent> Source { get; } = new("e.cfg", Privilege.RootIfPossible, Script, Parse);

    private static FactReading<NetworkIntent> Parse(SectionOutput section)
    {
        var unread = ImmutableArray.CreateBuilder<string>();
        ImmutableArray<ConfigFile> files = [];
        if (section.Part("files") is { } part)
        {
            if (SectionProblem.Reason(part) is { } reason)
            {
                return new FactReading<NetworkIntent>.Missing(reason);
            }

            files = ConfigFile.ReadAll(part.Text);
            unread.AddRange(from match in Refused().Matches(Encoding.UTF8.GetString(part.Stderr.Span)).Cast<Match>()
                            where match.Groups[2].Value != "No such file or directory"
                            select match.Groups[2].Value == "Permission denied" ? $"{match.Groups[1].Value}: needs root" : $"{match.Groups[1].Value}: {match.Groups[2].Value}");
        }

        ImmutableArray<string> units = [.. (section.Part("units")?.Text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        var netplan = NetplanFiles.Read([.. files.Where(IsNetplan)]);
        var others = new[]
        {
            IfupdownFiles.Read([.. files.Where(file => !IsNetplan(file) && !IsNetworkd(file) && !IsNetworkManager(file))]),
            NetworkdFiles.Read([.. files.Where(IsNetworkd)], units),
            NetworkManagerProfiles.Read([.. files.Where(IsNetworkManager)]),
        };
        var bridges = netplan.Bridges.Concat(others.SelectMany(intent => intent.Bridges).Select(FromNetplan).Where(bridge => bridge.Manager != NetplanFiles.Manager || netplan.Bridges.All(own => own.Name != bridge.Name)));
        var all = others.Prepend(netplan).ToArray();
        unread.AddRange(all.SelectMany(intent => intent.Unread));
        return new FactReading<NetworkIntent>.Known(new([.. bridges], [.. all.SelectMany(intent => intent.Interfaces).Distinct()], unread.ToImmutable())
        {
            Devices = [.. NmcliDevices(section.Part("nmcli")), .. NetworkctlDevices(section.Part("networkctl"))],
            Sources = ConfigurationSources.Read(section, files),
        });
    }

    internal static bool IsNetplan(ConfigFile file) => file.Folder.EndsWith("/netplan", StringComparison.Ordinal);

    internal static bool IsNetworkd(ConfigFile file) => file.Path.Contains("/systemd/network/", StringComparison.Ordinal);

    internal static bool IsNetworkManager(ConfigFile file) => file.Path.Contains("/NetworkManager/system-connections/", StringComparison.Ordinal);

    // netplan writes files for networkd and NetworkManager; they matter only where its own YAML could not be read.
    private static ConfiguredBridge FromNetplan(ConfiguredBridge bridge)
        => bridge.Origin.StartsWith("/run/systemd/network/10-netplan-", StringComparison.Ordinal) || bridge.Origin.StartsWith("/run/NetworkManager/system-connections/netplan-", StringComparison.Ordinal)
            ? bridge with { Manager = NetplanFiles.Manager }
            : bridge;

    private static IEnumerable<ManagedDevice> NmcliDevices(PartOutput? part)
        => from line in (part is { End: PartEnd.Exited, ExitCode: 0 } ? part.Text : "").Split('\n', StringSplitOptions.RemoveEmptyEntries)
           let fields = TerseColon().Split(line).Select(field => field.Replace("\\:", ":", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal)).ToArray()
           where fields.Length >= 4
           select new ManagedDevice(fields[0], fields[2], fields[3].Length > 0 ? fields[3] : null, NetworkManagerProfiles.Manager);

    private static IEnumerable<ManagedDevice> NetworkctlDevices(PartOutput? part)
    {
        if (part is not { End: PartEnd.Exited, ExitCode: 0 })
        {
            return [];
        }

        try
        {
            using var json = JsonDocument.Parse(part.Text);
            return [.. from link in json.RootElement.Items("Interfaces")
                       where link.Text("Name") is not null
                       select new ManagedDevice(link.Text("Name")!, link.Text("AdministrativeState") ?? link.Text("SetupState") ?? "unknown", link.Text("NetworkFile"), NetworkdFiles.Manager)]; // not null by the condition
        }
        catch (JsonException)
        {
            // Versions before 250 print a table here; that is no reason to lose the files.
            return [];
        }
    }

    [GeneratedRegex("^grep: (.+): ([^:\n]+)$", RegexOptions.Multiline, 1000)]
    private static partial Regex Refused();

    [GeneratedRegex(@"(?<=(?:^|[^\\])(?:\\\\)*):", RegexOptions.None, 1000)]
    private static partial Regex TerseColon();
}

/// <summary>What the host's network configuration files intend, whichever manager they belong to.</summary>
/// <param name="Bridges">Bridges they define.</param>
/// <param name="Interfaces">Names of all interfaces that they mention and bring up (NIC stanzas, profiles, matches).</param>
/// <param name="Unread">Files that exist but could not be read, with the reason; intent may then be incomplete.</param>
public sealed record NetworkIntent(ImmutableArray<ConfiguredBridge> Bridges, ImmutableArray<string> Interfaces, ImmutableArray<string> Unread)
{
    /// <summary>The bridge of that name, or <see langword="null"/>. Where several managers define it, netplan comes first, then ifupdown, networkd, NetworkManager.</summary>
    public ConfiguredBridge? Find(string bridge) => Bridges.FirstOrDefault(candidate => candidate.Name == bridge);

    /// <summary>Devices as running managers see them; empty when none runs or could be asked.</summary>
    public ImmutableArray<ManagedDevice> Devices { get; init; } = [];

    /// <summary>The files themselves, and what the host has for checking a changed one.</summary>
    public ConfigurationSources Sources { get; init; } = ConfigurationSources.None;
}

/// <summary>A bridge as configured.</summary>
/// <param name="Name">Bridge name.</param>
/// <param name="Ports">Port names as configured.</param>
/// <param name="Addresses">Static addresses with prefix length; <c>dhcp</c> for a dynamic one.</param>
/// <param name="Stp">Spanning tree as configured; <see langword="null"/> when the file does not say.</param>
/// <param name="ForwardDelaySeconds">Forward delay as configured.</param>
/// <param name="Origin">File (and profile) it comes from.</param>
/// <param name="Manager"><c>ifupdown</c>, <c>netplan</c>, <c>networkd</c> or <c>NetworkManager</c>.</param>
public sealed record ConfiguredBridge(
    string Name, ImmutableArray<string> Ports, ImmutableArray<string> Addresses, bool? Stp, double? ForwardDelaySeconds, string Origin, string Manager)
{
    /// <summary>Ports given by pattern: anchored regular expressions over interface names.</summary>
    public ImmutableArray<string> PortPatterns { get; init; } = [];

    /// <summary>Ports given by hardware address, in lower case.</summary>
    public ImmutableArray<string> PortMacs { get; init; } = [];

    /// <summary>VLAN filtering as configured; <see langword="null"/> when the file does not say.</summary>
    public bool? VlanAware { get; init; }

    /// <summary>Whether it comes up by itself; ifupdown without <c>auto</c> and NetworkManager with <c>autoconnect</c> off tell otherwise.</summary>
    public bool StartsAtBoot { get; init; } = true;

    /// <summary>Whether the configuration wants that link as a port: by name, alternative name, pattern or hardware address.</summary>
    public bool Wants(Link link)
        => Ports.Contains(link.Name)
            || link.AltNames.Any(name => Ports.Contains(name))
            || PortPatterns.Any(pattern => link.Name != Name && ConfigText.Matches(pattern, link.Name))
            || PortMacs.Any(mac => mac == (link.PermanentAddress ?? link.Address));
}

/// <summary>A device as a running network manager sees it.</summary>
/// <param name="Name">Interface name.</param>
/// <param name="State">The manager's word, for example <c>connected</c>, <c>connected (externally)</c>, <c>unmanaged</c>, <c>configured</c>.</param>
/// <param name="Profile">Connection or file in force.</param>
/// <param name="Manager"><c>networkd</c> or <c>NetworkManager</c>.</param>
public sealed record ManagedDevice(string Name, string State, string? Profile, string Manager);
