using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace ChatOpsBot.Application.Explaining;

/// <summary>A code that an article made up, and the real thing that it stands for.</summary>
/// <param name="Code">The code.</param>
/// <param name="Said">What the article says of it.</param>
/// <param name="Real">What it should say.</param>
/// <param name="Faults">Fault ids of the real thing.</param>
/// <param name="Message">What a real program prints in that case.</param>
public sealed record InventedCode(string Code, string Said, string Real, ImmutableArray<string> Faults, string Message);

/// <summary>Codes that circulate as if QEMU or libvirt printed them. No program does.</summary>
public static partial class InventedCodes
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<InventedCode> All { get; } =
    [
        new("E10003", "QEMU does not start; check VT-x or AMD-V", "a guest without hardware virtualisation is refused or slow, but never just without an address: look at /dev/kvm and virt-host-validate qemu",
            ["libvirt.vm-not-running"], "Could not access KVM kernel module: No such file or directory"),
        new("W10005", "DHCP timeout; enlarge the switch's DHCP buffer", "a switch has no buffer for DHCP: a request that nobody answers died on the host, on a VLAN, or at the server",
            ["dhcp.no-answer", "nf.forward-drop-on-bridge", "bridge.uplink-missing"], "No DHCPOFFERS received."),
        new("W20001", "network recovered; rebuild the MAC table with ip link set br0 down then up", "the table heals itself with the next frame; one entry is forgotten with bridge fdb del ADDRESS dev PORT master. Taking the bridge down cuts off all guests and drops the host's routes",
            ["bridge.tap-mac-is-guest-mac", "addr.duplicate-mac"], "received packet on vnet0 with own address as source address"),
    ];

    /// <summary>The code that a text holds as a word, or <see langword="null"/>.</summary>
    public static InventedCode? Find(string text)
        => Word().Matches(text).Select(match => All.FirstOrDefault(code => code.Code.Equals(match.Value, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(code => code is not null);

    [GeneratedRegex(@"\b[A-Za-z]\d{5}\b", RegexOptions.None, 1000)]
    private static partial Regex Word();
}
