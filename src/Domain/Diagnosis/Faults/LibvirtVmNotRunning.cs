using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// There is no address because there is no running guest: its start failed, it stopped on an error, or it died. A guest that somebody shut off, paused or
/// saved is none of these.
/// Source: catalogue libvirt.vm-not-running; https://github.com/vagrant-libvirt/vagrant-libvirt/issues/380 , https://github.com/NixOS/nixpkgs/issues/111675 ;
/// libvirt src/conf/domain_conf.c (words of the reasons).
/// </summary>
public static partial class LibvirtVmNotRunning
{
    /// <summary>Fault id.</summary>
    public const string Id = "libvirt.vm-not-running";

    /// <summary>Room on <c>/var</c> below which an image cannot grow, in KiB.</summary>
    private const long LeastRoom = 16 * 1024;

    private static readonly TimeSpan s_window = TimeSpan.FromHours(2);

    private static FaultArticle Article { get; } = new()
    {
        What = "The guest has no address because it does not run: its start failed, it was paused by an error of its disk, or it died.",
        DecidedBy = "libvirt says shut off (failed or crashed), crashed, or paused (I/O error), or its log has the error of the start and what it names is still so. A guest that its owner shut off, paused or saved is no fault.",
        ConfusedWith = ["bridge.missing", "guest.link-down", "dhcp.client-silent", "kernel.feature-missing"],
        RepairedBy = "What kept it from starting: virsh net-start for an inactive network, the missing bridge, allow BRIDGE in /etc/qemu/bridge.conf, free memory or disk; then virsh start or resume.",
        Messages =
        [
            "network '*' is not active", "access denied by acl file", "Could not access KVM kernel module", "failed to initialize kvm", "invalid accelerator kvm",
            "Could not open '/dev/net/tun'", "Unable to open /dev/net/tun", "could not configure /dev/net/tun", "Out of memory: Killed process * (qemu", "Out of memory: Kill process * (qemu",
            "paused (ioerror)", "paused (I/O error)", "block I/O error in device", "Cannot allocate memory", "cannot set up guest memory", "Network not found: no network with matching name",
            "Domain is not running", "domain is not running", "Requested operation is not valid: network", "error: Failed to start domain",
        ],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = new(Id, Article, view => view.Read(DomainEvidence.Source) switch
    {
        FactReading<GuestFacts>.Known(var guests) => Verdict.Join(guests.Guests.Select(guest => Judge(view, guest)).Concat(Networks(view, guests))),

        // Guests on taps run; whether one is meant to that does not, only libvirt knows. guest.link-down says that it was not read.
        _ => Verdict.Clear,
    });

    private static Verdict Judge(HostView view, Guest guest) => (guest.State, guest.StateReason) switch
    {
        ("paused", "I/O error") => Verdict.From([IoError(view, guest)]),
        ("paused", "user" or "from snapshot" or "migrating" or "saving" or "dumping") => Verdict.Ruled(Id, $"{guest.Name} is paused ({guest.StateReason}): somebody did that"),
        ("paused", "crashed" or "watchdog") => Verdict.From([Dead(view, guest)]),
        ("crashed", _) => Verdict.From([Dead(view, guest)]),
        ("shut off", "crashed") => Verdict.From([Dead(view, guest)]),
        ("shut off", "failed") => Failed(view, guest),
        ("shut off", not null and not "unknown") => Verdict.Ruled(Id, $"{guest.Name} is shut off ({guest.StateReason}): somebody did that"),
        _ => Verdict.Clear,
    };

    /// <summary>Inactive networks that keep a guest from starting: it failed, or the log has the refusal.</summary>
    private static IEnumerable<Verdict> Networks(HostView view, GuestFacts guests)
        => from network in view.Optional(NetworkEvidence.Source)?.Networks ?? []
           where !network.Active
           let waiting = guests.Guests.Where(guest => guest.State == "shut off" && guest.Interfaces.Any(nic => nic.SourceNetwork == network.Name)).ToArray()
           where waiting.Length > 0
           let refusal = RecentLog.Of(view, ServiceLogEvidence.Source, s_window).LastOrDefault(entry => entry.Message.Contains($"network '{network.Name}' is not active", StringComparison.Ordinal))
           select refusal is not null || Array.Exists(waiting, guest => guest.StateReason == "failed")
               ? Verdict.From([Inactive(view, network, waiting, refusal)])
               : Verdict.Ruled(Id, $"network {network.Name} is not active, but nobody tried to start a guest on it");

    private static Finding Inactive(HostView view, VirtualNetwork network, Guest[] waiting, LogEntry? refusal) => new()
    {
        Id = Id,
        Subject = network.Name,
        Bridge = network.Bridge,
        Scope = Scope.Guest,
        Certainty = Certainty.Certain,
        Summary = $"{waiting[0].Name} does not start because its network {network.Name} is not active",
        Because =
        [
            new("e.net", $"{network.Name}: inactive"),
            new("e.dom", $"{waiting[0].Name}: {waiting[0].State}{(waiting[0].StateReason is { } reason ? $" ({reason})" : "")}, source network {network.Name}"),
            .. refusal is null ? [] : (EvidenceLine[])[RecentLog.Line(view, "e.svc", refusal)],
        ],
        Repair = "libvirt/start-network",
        Risk = Risk.D0,
        Touches = network.Bridge is { } bridge ? [bridge] : [],
    };

    /// <summary>A start that failed: for a reason that still holds, or for one that the log names, or for one that is gone by now.</summary>
    private static Verdict Failed(HostView view, Guest guest)
    {
        var networks = view.Optional(NetworkEvidence.Source);
        if (guest.Interfaces.Any(nic => nic.SourceNetwork is { } name && networks?.Networks.Any(network => network.Name == name && !network.Active) == true))
        {
            return Verdict.Clear;
        }

        var bridge = guest.Interfaces.Select(nic => nic is { Type: "bridge", SourceBridge: { } name } ? name : null)
            .FirstOrDefault(name => name is not null && view.Topology is FactReading<HostTopology>.Known(var topology) && topology.Links.Find(name) is null);
        if (bridge is not null)
        {
            return Verdict.From([Stopped(guest, Certainty.Certain, $"its start failed, and its bridge {bridge} does not exist", [new("e.link", $"{bridge}: no such link")],
                $"May {guest.Name} be started once {bridge} is there: virsh start {guest.Name}?") with { Bridge = bridge }]);
        }

        var refusal = RecentLog.Of(view, ServiceLogEvidence.Source, s_window).LastOrDefault(entry => StartError().IsMatch(entry.Message));
        return refusal is null
            ? Verdict.From([Stopped(guest, Certainty.Possible, "its last start failed, and nothing that was read still stands in its way", [],
                $"Should {guest.Name} run? Then start it and read what libvirt says: virsh start {guest.Name}")])
            : Verdict.From([Stopped(guest, Certainty.Likely, "its last start failed", [RecentLog.Line(view, "e.svc", refusal)], Remedy(guest, refusal.Message))]);
    }

    private static string Remedy(Guest guest, string message) => message switch
    {
        _ when message.Contains("acl file", StringComparison.Ordinal) => $"May guests use that bridge through qemu-bridge-helper? Add \"allow BRIDGE\" to /etc/qemu/bridge.conf, then: virsh start {guest.Name}",
        _ when message.Contains("kvm", StringComparison.OrdinalIgnoreCase) => $"Why is /dev/kvm not usable? Look at virt-host-validate qemu (virtualisation switched off in the firmware, module not loaded), then: virsh start {guest.Name}",
        _ when message.Contains("/dev/net/tun", StringComparison.Ordinal) => $"Why is /dev/net/tun not usable? modprobe tun makes it; then: virsh start {guest.Name}",
        _ when message.Contains("memory", StringComparison.OrdinalIgnoreCase) => $"Which guest can give memory back, or how much less may {guest.Name} have? Then: virsh start {guest.Name}",
        _ => $"What libvirt refused has to be put right; then: virsh start {guest.Name}",
    };

    private static Finding IoError(HostView view, Guest guest)
    {
        var full = view.Optional(DiskEvidence.Source)?.FileSystems.FirstOrDefault(system => system.AvailableKiB < LeastRoom);
        return Stopped(guest, Certainty.Certain, full is null ? "it is paused by an error of its disk" : $"it is paused by an error of its disk, and {full.MountedOn} is full",
            full is null ? [] : [new("e.disk", $"{full.MountedOn}: {full.AvailableKiB} KiB free of {full.SizeKiB}")],
            $"{(full is null ? "What is wrong with the storage of its disk (virsh domblkerror)?" : $"What can be removed from {full.MountedOn}?")} Afterwards: virsh resume {guest.Name}");
    }

    private static Finding Dead(HostView view, Guest guest)
    {
        var killed = RecentLog.Of(view, KernelLogEvidence.Source, s_window).LastOrDefault(entry => Killed().IsMatch(entry.Message));
        return Stopped(guest, Certainty.Certain, killed is null ? "its process died" : "its process died when the host ran out of memory", killed is null ? [] : [RecentLog.Line(view, "e.klog", killed)],
            killed is null ? $"What does /var/log/libvirt/qemu/{guest.Name}.log end with? Then: virsh start {guest.Name}"
                : $"Which guest can give memory back, so that {guest.Name} can be started again: virsh start {guest.Name}?");
    }

    private static Finding Stopped(Guest guest, Certainty certainty, string what, ImmutableArray<EvidenceLine> because, string question) => new()
    {
        Id = Id,
        Subject = guest.Name,
        Bridge = guest.Interfaces.Select(nic => nic.SourceBridge).FirstOrDefault(name => name is not null),
        Scope = Scope.Guest,
        Certainty = certainty,
        Summary = $"{guest.Name} does not run: {what}",
        Because = [new("e.dom", $"{guest.Name}: {guest.State}{(guest.StateReason is { } reason ? $" ({reason})" : "")}"), .. because],
        Question = question,
        Risk = Risk.D1,
    };

    [GeneratedRegex(@"is not active|Cannot get interface MTU|acl file|/dev/net/tun|[Cc]ould not access KVM|failed to initialize kvm|[Cc]annot allocate memory|cannot set up guest memory|Unable to add bridge|failed to add port", RegexOptions.None, 1000)]
    private static partial Regex StartError();

    [GeneratedRegex(@"Out of memory: Kill(?:ed)? process \d+ \((?:qemu|kvm)", RegexOptions.None, 1000)]
    private static partial Regex Killed();
}
