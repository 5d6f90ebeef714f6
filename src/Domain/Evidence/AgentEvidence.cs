using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>E.agent: the addresses that guests report through the QEMU guest agent. What a guest says about itself proves nothing about the network.</summary>
public static partial class AgentEvidence
{
    // domifaddr and not qemu-agent-command: the latter marks the domain as tainted and writes a warning, and reading changes nothing.
    // Only guests whose agent has its channel open are asked (libvirt's own files say so), the list ends after 40 of them.
    // The inner time limit leaves the answers that came before a silent agent. Replies are the guests' text, so the line that says whose reply follows carries a word that no guest can know.
    private const string Script = """
        [ -S /run/libvirt/libvirt-sock ] || [ -S /run/libvirt/virtqemud-sock ] || { absent 'no libvirt socket'; return; }
        set --
        for f in /run/libvirt/qemu/*.xml; do [ -f "$f" ] && set -- "$@" "$f"; done
        [ $# -gt 0 ] || { absent 'no guest runs under libvirt'; return; }
        open=$(grep -ls "<target type='virtio' name='org.qemu.guest_agent.0' state='connected'/>" "$@")
        [ -n "$open" ] || { absent 'no running guest has an open agent channel'; return; }
        have virsh || { missing 'virsh is not installed'; return; }
        runs libvirtd virtqemud || { missing 'no libvirt daemon runs'; return; }
        read -r nonce </proc/sys/kernel/random/uuid
        cmds="echo $nonce;" asked=0
        for f in "$@"; do
            [ $asked -lt 40 ] || break
            case "
        $open
        " in *"
        $f
        "*) ;; *) continue ;; esac
            while read -r line; do
                case $line in
                    '<uuid>'*'</uuid>')
                        line=${line#<uuid>}
                        line=${line%</uuid>}
                        case $line in *[!0-9a-f-]*) ;; *) cmds="${cmds}echo $nonce $line;domifaddr $line --full --source agent;" asked=$((asked + 1)) ;; esac
                        break
                        ;;
                esac
            done <"$f"
        done
        part addresses sh -c 'timeout --foreground -k 1 4 virsh -q -c qemu:///system "$1" || echo "virsh: exit code $?" >&2' sh "$cmds"
        """;

    /// <summary>The evidence row.</summary>
    public static EvidenceSource<AgentFacts> Source { get; } = new("e.agent", Privilege.Root, Script, Parse);

    private static FactReading<AgentFacts> Parse(SectionOutput section)
    {
        var part = section.Parts[0];
        if (part.Text is not { Length: >= 36 } text)
        {
            return new FactReading<AgentFacts>.Missing($"libvirt: {VirshError.Of(part)}");
        }

        var nonce = text[..36];
        var guests = ImmutableArray.CreateBuilder<AgentGuest>();
        foreach (var block in text[36..].Split(nonce).Skip(1))
        {
            if (Uuid().Match(block) is { Success: true } uuid)
            {
                guests.Add(new(uuid.Groups[1].Value, [.. block[uuid.Length..].Split('\n').Select(ReadLine).OfType<AgentAddress>()]));
            }
        }

        return guests.Count > 0
            ? new FactReading<AgentFacts>.Known(new(guests.ToImmutable()))
            : new FactReading<AgentFacts>.Missing($"libvirt: {VirshError.Of(part)}");
    }

    private static AgentAddress? ReadLine(string line)
    {
        var match = Row().Match(line);
        if (!match.Success)
        {
            return null;
        }

        var value = match.Groups[4].Value;
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        return new(
            match.Groups[1].Value,
            IpText.Mac(match.Groups[2].Value),
            slash > 0 && System.Net.IPAddress.TryParse(value[..slash], out var address) ? address.ToString() : null,
            slash > 0 && int.TryParse(value[(slash + 1)..], out var bits) ? bits : null);
    }

    [GeneratedRegex("^ ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")]
    private static partial Regex Uuid();

    // Name, MAC, protocol and address; the name may hold anything, the last three hold no blanks.
    [GeneratedRegex(@"^ (\S.*?)\s+(\S+)\s+(ipv4|ipv6|N/A)\s+(\S+)\s*$", RegexOptions.None, 1000)]
    private static partial Regex Row();
}

/// <summary>What guest agents answered.</summary>
/// <param name="Guests">Guests with an open agent channel that were asked.</param>
public sealed record AgentFacts(ImmutableArray<AgentGuest> Guests)
{
    /// <summary>The answer of the guest with that UUID, or <see langword="null"/>.</summary>
    public AgentGuest? Find(string? uuid) => uuid is null ? null : Guests.FirstOrDefault(guest => guest.Uuid == uuid);
}

/// <summary>One guest's answer.</summary>
/// <param name="Uuid">Of the domain, in lower case.</param>
/// <param name="Addresses">One entry per interface and address; empty when the agent did not answer or has no interface.</param>
public sealed record AgentGuest(string Uuid, ImmutableArray<AgentAddress> Addresses);

/// <summary>One interface of a guest with one of its addresses.</summary>
/// <param name="Interface">Name inside the guest.</param>
/// <param name="Mac">In lower case; <see langword="null"/> when the guest reports none.</param>
/// <param name="Address">Without prefix length; <see langword="null"/> for an interface without address.</param>
/// <param name="PrefixLength">Bits of its subnet.</param>
public sealed record AgentAddress(string Interface, string? Mac, string? Address, int? PrefixLength);
