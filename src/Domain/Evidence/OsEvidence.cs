using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>Distribution, kernel and machine.</summary>
/// <param name="Id">Distribution id, for example <c>debian</c>; <see langword="null"/> without an os-release file.</param>
/// <param name="VersionId">Its version, for example <c>12</c>.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Kernel">Kernel release.</param>
/// <param name="Virtualization">What this host itself runs in, <c>none</c> on bare metal; <see langword="null"/> when nothing says.</param>
/// <param name="Vendor">Maker of the machine by its firmware.</param>
/// <param name="Product">Its product name.</param>
/// <param name="Modules">Loaded modules; <see langword="null"/> when this kernel cannot load any.</param>
/// <param name="HasModuleFiles">Whether the modules of the running kernel are installed, so that one could be loaded.</param>
public sealed record OsFacts(
    string? Id, string? VersionId, string? Name, string? Kernel, string? Virtualization, string? Vendor, string? Product, ImmutableHashSet<string>? Modules, bool HasModuleFiles)
{
    /// <summary>
    /// Of <c>bridge</c>, <c>tun</c>, <c>8021q</c>, <c>bonding</c> and <c>macvtap</c> those that are neither loaded nor built in nor on disk; empty on a
    /// kernel that cannot load modules, where nothing says what is built in.
    /// </summary>
    public ImmutableArray<string> LackingModules { get; init; } = [];

    /// <summary>Whether <c>/dev/net/tun</c>, through which taps are made, is there.</summary>
    public bool HasTunDevice { get; init; } = true;
}

/// <summary>E.os: distribution, kernel, modules, machine.</summary>
public static class OsEvidence
{
    private const string Dmi = "/sys/class/dmi/id/";

    /// <summary>The evidence row. Serial numbers are not read.</summary>
    public static EvidenceSource<OsFacts> Source { get; } = new(
        "e.os",
        Privilege.Login,
        """
        set --
        for file in /etc/os-release /proc/sys/kernel/osrelease /proc/modules /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name /sys/class/dmi/id/bios_version /run/systemd/container /sys/hypervisor/type /sys/devices/system/clocksource/clocksource0/available_clocksource; do
            [ -r "$file" ] && set -- "$@" "$file"
        done
        part files grep -H '' "$@"
        while read -r key line; do
            case $key in
            '') break ;;
            flags)
                case " $line " in *' hypervisor '*) put cpu hypervisor ;; *) put cpu none ;; esac
                break
                ;;
            esac
        done </proc/cpuinfo
        read -r release </proc/sys/kernel/osrelease
        if [ -d "/lib/modules/$release" ]; then put modules installed; else put modules 'not installed'; fi
        [ -e /dev/net/tun ] || put tun missing
        no_modules && return
        lacking=
        for path in net/bridge/bridge drivers/net/tun net/8021q/8021q drivers/net/bonding/bonding drivers/net/macvtap; do
            name=${path##*/}
            [ -d "/sys/module/$name" ] && continue
            for file in "/lib/modules/$release/kernel/$path.ko"*; do [ -e "$file" ] && continue 2; done
            loaded "$name" || lacking="$lacking $name"
        done
        put lacking "$lacking"
        """,
        Parse);

    private static FactReading<OsFacts> Parse(SectionOutput section)
    {
        if (section.Part("files") is not { Stdout.IsEmpty: false } part)
        {
            return new FactReading<OsFacts>.Missing(section.Part("files") is { } empty ? SectionProblem.Reason(empty) ?? "nothing was printed" : "nothing was printed");
        }

        if (part.End != PartEnd.Exited)
        {
            return new FactReading<OsFacts>.Missing(SectionProblem.Reason(part) ?? "no usable output");
        }

        var files = PartReading.LabelledLines(part.Text);
        var release = files.GetValueOrDefault("/etc/os-release") ?? [];
        return new FactReading<OsFacts>.Known(new OsFacts(
            Assigned(release, "ID"),
            Assigned(release, "VERSION_ID"),
            Assigned(release, "PRETTY_NAME"),
            First(files, "/proc/sys/kernel/osrelease"),
            Virtualization(section, files),
            First(files, Dmi + "sys_vendor"),
            First(files, Dmi + "product_name"),
            files.GetValueOrDefault("/proc/modules")?.Select(line => line.Split(' ', 2)[0]).ToImmutableHashSet(StringComparer.Ordinal),
            section.Part("modules")?.Text.Trim() == "installed")
        {
            LackingModules = [.. (section.Part("lacking")?.Text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
            HasTunDevice = section.Part("tun") is null,
        });
    }

    /// <summary>What <c>systemd-detect-virt</c> finds in the same places; the program itself costs more than any other of a read.</summary>
    private static string? Virtualization(SectionOutput section, Dictionary<string, List<string>> files)
    {
        // Snapshots of before have its answer.
        if (section.Part("virtualization") is { Stdout.IsEmpty: false } told)
        {
            return told.Text.Trim();
        }

        var cpu = section.Part("cpu")?.Text.Trim();
        var clocks = (First(files, "/sys/devices/system/clocksource/clocksource0/available_clocksource") ?? "").Split(' ');
        return First(files, "/run/systemd/container")
            ?? First(files, "/sys/hypervisor/type")
            ?? (cpu == "none" ? "none" : null)
            ?? ByFirmware(First(files, Dmi + "sys_vendor") ?? "", First(files, Dmi + "product_name") ?? "", Array.Exists(clocks, clock => clock == "kvm-clock"))
            ?? (Array.Exists(clocks, clock => clock == "kvm-clock") ? "kvm" : null)
            ?? (Array.Exists(clocks, clock => clock.StartsWith("hyperv_", StringComparison.Ordinal)) ? "microsoft" : null)
            ?? (cpu == "hypervisor" ? "vm-other" : null);
    }

    private static string? ByFirmware(string vendor, string product, bool hasKvmClock) => (vendor, product) switch
    {
        ("QEMU", _) or (_, "KVM" or "OpenStack Nova") => hasKvmClock ? "kvm" : "qemu",
        ("Amazon EC2", _) => "amazon",
        ("Google", "Google Compute Engine") => "google",
        ("Microsoft Corporation", "Virtual Machine") => "microsoft",
        ("innotek GmbH", _) or (_, "VirtualBox") => "oracle",
        ("Parallels International GmbH." or "Parallels Software International Inc.", _) => "parallels",
        ("Bochs", _) => "bochs",
        ("Xen", _) => "xen",
        _ when vendor.StartsWith("VMware", StringComparison.Ordinal) || product.StartsWith("VMware", StringComparison.Ordinal) => "vmware",
        _ => null,
    };

    private static string? First(Dictionary<string, List<string>> files, string path)
        => files.GetValueOrDefault(path)?.FirstOrDefault()?.Trim() is { Length: > 0 } line ? line : null;

    private static string? Assigned(List<string> lines, string name)
        => lines.FirstOrDefault(line => line.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..].Trim().Trim('"', '\'');
}
