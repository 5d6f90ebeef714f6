using System.Collections.Immutable;
using ChatOpsBot.Domain.Evidence.Guests;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>
/// E.dom: the guests. From libvirt over its read-only socket; where that cannot be asked, from its files, from Proxmox's files and from the
/// command lines of QEMU processes.
/// </summary>
public static class DomainEvidence
{
    // Why it is built so:
    // - libvirt's socket is used only while its daemon runs: otherwise systemd would start one for us, and reading starts nothing.
    // - virsh gets its commands as an argument: reading them from standard input makes it write a history file under the home directory.
    // - UUIDs name the domains, so no name needs quoting; a UUID that is listed a second time is the one of an active domain.
    // - Passwords, free QEMU arguments, kernel command lines, SMBIOS texts and metadata never leave the host.
    // - Of a QEMU command line only the options about name and network travel, and -device only when it has a MAC.
    private const string Script = """
        mask="
        /^  <qemuCaps>\$/,/^  <\/qemuCaps>\$/d
        /^  <metadata>\$/,/^  <\/metadata>\$/d
        /^    <metadata>\$/,/^    <\/metadata>\$/d
        /<\/\{0,1\}qemu:/d
        s/ passwd='[^']*'/ passwd='***'/g
        s/<cmdline>.*<\/cmdline>/<cmdline>***<\/cmdline>/
        s/\(<entry [^>]*>\)[^<]*/\1***/"
        ask='{ timeout --foreground -k 1 4 virsh -r -q -c qemu:///system "$1" || echo "virsh: exit code $?" >&2; } | sed "$2"'
        sock= daemon= defs= why= procs= asked=
        for f in /run/libvirt/libvirt-sock* /run/libvirt/virtqemud-sock*; do [ -S "$f" ] && sock=$f; done
        for f in /etc/libvirt/qemu/*.xml /run/libvirt/qemu/*.xml; do [ -e "$f" ] && defs=1; done
        runs libvirtd virtqemud && daemon=1
        for p in $running; do
            case $p in /proc/*/comm:qemu-system-* | /proc/*/comm:qemu-kvm* | /proc/*/comm:kvm | /proc/*/comm:qemu:*) procs="$procs ${p%%/comm:*}/cmdline" ;; esac
        done
        [ -r /proc/1/comm ] || why='processes of other users are hidden (hidepid)'
        if [ -z "$sock$defs$procs" ] && [ ! -e /etc/pve/qemu-server ]; then
            [ -z "$why" ] || { missing "$why"; return; }
            absent 'no libvirt socket and no QEMU process'; return
        fi
        if [ -n "$sock" ] && [ -n "$daemon" ] && have virsh; then
            if ids=$(limit virsh -r -q -c qemu:///system 'list --all --uuid; list --uuid' 2>/dev/null); then
                asked=1 seen=, cmds= n=0
                put listed "$ids"
                for u in $ids; do
                    case $u in *[!0-9a-f-]*) continue ;; esac
                    case $seen in
                        *,$u,*) cmds="${cmds}dumpxml --inactive $u;" ;;
                        *) cmds="${cmds}echo $u;domstate --reason $u;dumpxml $u;" seen=$seen$u, ;;
                    esac
                    n=$((n + 1))
                    [ $n -lt 500 ] || { part xml sh -c "$ask" sh "$cmds" "$mask"; cmds= n=0; }
                done
                [ -z "$cmds" ] || part xml sh -c "$ask" sh "$cmds" "$mask"
            else
                part virsh virsh -r -q -c qemu:///system 'list --all --uuid'
            fi
        fi
        if [ -z "$asked" ] && [ -n "$sock$defs" ]; then
            if is_root; then
                set --
                for f in /run/libvirt/qemu/*.xml /etc/libvirt/qemu/*.xml; do [ -f "$f" ] && set -- "$@" "$f"; done
                part files sed -s "$mask" /dev/null "$@"
            elif [ -z "$daemon" ]; then
                why='no libvirt daemon runs, asking its socket would start one, and its files need root'
            elif ! have virsh; then
                why='virsh is not installed, and the files of libvirt need root'
            fi
        fi
        if [ -e /etc/pve/qemu-server ]; then
            set --
            for f in /etc/pve/qemu-server/*.conf; do [ -f "$f" ] && set -- "$@" "$f"; done
            if is_root; then
                part pve grep -aZE '^(name:|template:|net[0-9]+:|\[)' /dev/null "$@"
            else
                why="${why:+$why; }the configuration of Proxmox guests needs root"
            fi
        fi
        [ -z "$procs" ] || part qemu sed -nsz '
        1p
        /^--\{0,1\}\(name\|uuid\|id\|netdev\|net\|nic\)$/{p;n;s/guestfwd=.*/guestfwd=***/;p;b}
        /^--\{0,1\}device$/{h;n;/mac[="]/{x;p;x;p}}' $procs
        [ -z "$why" ] || put why "$why"
        """;

    /// <summary>The evidence row.</summary>
    public static EvidenceSource<GuestFacts> Source { get; } = new("e.dom", Privilege.RootIfPossible, Script, Parse);

    private static FactReading<GuestFacts> Parse(SectionOutput section)
    {
        var gaps = ImmutableArray.CreateBuilder<string>();
        foreach (var part in section.Parts)
        {
            if (part.Name == "why")
            {
                gaps.Add(part.Text);
            }
            else if (part.Name == "virsh" && section.Part("files") is null)
            {
                gaps.Add($"libvirt: {VirshError.Of(part)}");
            }
            else if (part.Name is "listed" or "xml" or "files" or "pve" && SectionProblem.Reason(part) is { } reason && !IsEmptyGrep(part))
            {
                // A list of guests with holes would make live taps look orphaned.
                return new FactReading<GuestFacts>.Missing(reason);
            }
        }

        var processes = section.Part("qemu") is { End: PartEnd.Exited } qemu ? QemuProcess.ReadAll(qemu.Text) : [];
        if (LibvirtGuests.Read(section, processes, out var libvirt) is { } fault)
        {
            return new FactReading<GuestFacts>.Missing(fault);
        }

        var proxmox = section.Part("pve") is { } pve ? ProxmoxGuest.ReadAll(pve.Text) : [];
        if (section.Parts.All(part => part.Name is "virsh" or "why"))
        {
            return new FactReading<GuestFacts>.Missing(string.Join("; ", gaps));
        }

        var guests = libvirt.Concat(proxmox.Where(guest => !guest.IsTemplate).Select(guest => FromProxmox(guest, processes)));
        var others = processes.Where(process => !Covers(libvirt, proxmox, process)).Select(FromProcess);
        return new FactReading<GuestFacts>.Known(new([.. guests, .. others]) { Gaps = gaps.ToImmutable() });
    }

    // grep ends with 1 when no file has a matching line.
    private static bool IsEmptyGrep(PartOutput part) => part is { Name: "pve", End: PartEnd.Exited, ExitCode: 1 };

    private static bool Covers(ImmutableArray<Guest> libvirt, ImmutableArray<ProxmoxGuest> proxmox, QemuProcess process)
        => process.ProxmoxId is { } id
            ? proxmox.Any(guest => guest.Id == id)
            : libvirt.Any(guest => process.Uuid is not null ? guest.Uuid == process.Uuid : guest.IsRunning && guest.Name == process.Name);

    private static Guest FromProcess(QemuProcess process)
        => new(process.Name ?? process.Uuid ?? "unnamed QEMU process", "running", process.Interfaces)
        {
            Uuid = process.Uuid,
            ProxmoxId = process.ProxmoxId,
            Origin = "qemu process",
        };

    private static Guest FromProxmox(ProxmoxGuest guest, ImmutableArray<QemuProcess> processes)
    {
        var process = processes.FirstOrDefault(process => process.ProxmoxId == guest.Id);
        var interfaces = from nic in guest.Interfaces
                         let tap = process is null ? null : process.Interfaces.FirstOrDefault(live => live.Mac == nic.Value.Mac)?.Target ?? $"tap{guest.Id}i{nic.Key}"
                         select nic.Value with { Target = tap };
        return new Guest(guest.Name ?? $"VM {guest.Id}", process is null ? "shut off" : "running", [.. interfaces])
        {
            Uuid = process?.Uuid,
            ProxmoxId = guest.Id,
            Origin = "proxmox",
        };
    }
}

/// <summary>The guests that libvirt (or a bare QEMU command line, or Proxmox) knows.</summary>
/// <param name="Guests">Running and stopped.</param>
public sealed record GuestFacts(ImmutableArray<Guest> Guests)
{
    /// <summary>What is lacking here, one sentence each, for example that stopped guests could not be read. Empty when the list is whole.</summary>
    public ImmutableArray<string> Gaps { get; init; } = [];
}

/// <summary>One guest.</summary>
/// <param name="Name">Domain name.</param>
/// <param name="State">libvirt's words: <c>running</c>, <c>shut off</c>, <c>paused</c>, <c>crashed</c>...</param>
/// <param name="Interfaces">NICs of the live definition when it runs, else of the stored one.</param>
public sealed record Guest(string Name, string State, ImmutableArray<GuestInterface> Interfaces)
{
    /// <summary>Whether it runs, so that its taps must exist.</summary>
    public bool IsRunning => State is "running" or "idle" or "paused" or "in shutdown";

    /// <summary>Why it is in that state, in libvirt's words: <c>booted</c>, <c>user</c>, <c>I/O error</c>, <c>failed</c>, <c>destroyed</c>...; <see langword="null"/> where nothing says.</summary>
    public string? StateReason { get; init; }

    /// <summary>In lower case; <see langword="null"/> where nothing says.</summary>
    public string? Uuid { get; init; }

    /// <summary>VM id of a Proxmox guest.</summary>
    public int? ProxmoxId { get; init; }

    /// <summary>Where it was read: <c>libvirt</c>, <c>libvirt files</c>, <c>qemu process</c> or <c>proxmox</c>.</summary>
    public string Origin { get; init; } = "libvirt";

    /// <summary>Whether the guest agent's channel is open; <see langword="null"/> when the guest has none or nothing says.</summary>
    public bool? AgentConnected { get; init; }
}

/// <summary>One NIC of a guest, as its definition says; the kernel may tell otherwise.</summary>
public sealed record GuestInterface
{
    /// <summary><c>bridge</c>, <c>network</c>, <c>direct</c>, <c>user</c>, <c>ethernet</c>, <c>hostdev</c>...</summary>
    public required string Type { get; init; }

    /// <summary>The guest's hardware address in lower case.</summary>
    public string? Mac { get; init; }

    /// <summary>Bridge named by <c>source/@bridge</c> (also filled in by libvirt for a running NIC of a network).</summary>
    public string? SourceBridge { get; init; }

    /// <summary>Network named by <c>source/@network</c>.</summary>
    public string? SourceNetwork { get; init; }

    /// <summary>Device named by <c>source/@dev</c> of a direct interface.</summary>
    public string? SourceDevice { get; init; }

    /// <summary>Host-side device, for example <c>vnet0</c>; only while running.</summary>
    public string? Target { get; init; }

    /// <summary>Model, for example <c>virtio</c>.</summary>
    public string? Model { get; init; }

    /// <summary><c>link/@state</c> is <c>down</c>.</summary>
    public bool LinkDown { get; init; }

    /// <summary><c>port/@isolated</c> is <c>yes</c>.</summary>
    public bool Isolated { get; init; }

    /// <summary>Type of <c>virtualport</c>, for example <c>openvswitch</c>.</summary>
    public string? VirtualPort { get; init; }

    /// <summary>VLAN tags of the definition.</summary>
    public ImmutableArray<int> VlanTags { get; init; } = [];

    /// <summary>Name of the network filter.</summary>
    public string? Filter { get; init; }

    /// <summary>MTU that the definition gives the guest's NIC, in bytes.</summary>
    public int? Mtu { get; init; }

    /// <summary>Bridge of the stored (inactive) definition where that differs from the live one.</summary>
    public string? PersistentBridge { get; init; }

    /// <summary>Proxmox puts a firewall bridge <c>fwbrNiM</c> between the tap and <see cref="SourceBridge"/>.</summary>
    public bool ProxmoxFirewall { get; init; }
}
