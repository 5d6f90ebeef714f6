using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Support;

/// <summary>Diagnoses for tests of what shows them.</summary>
public static class Diagnoses
{
    /// <summary>The example of the interface, with a folded consequence, a second root and a human's question.</summary>
    public static Diagnosis Fault { get; } = new(
        "host42",
        new DateTimeOffset(2026, 11, 22, 9, 30, 0, 250, TimeSpan.FromHours(1)),
        TimeSpan.FromMilliseconds(412.7),
        OverallVerdict.Fault,
        [
            new Finding
            {
                Id = "bridge.uplink-missing",
                Subject = "br0",
                Scope = Scope.Bridge,
                Certainty = Certainty.Certain,
                Summary = "br0 has no uplink port",
                Because = [new("e.link", "eth0: master none"), new("e.cfg", "br0 ports eth0")],
                Repair = "bridge/attach-uplink",
                Risk = Risk.D0,
            },
            new Finding
            {
                Id = "nf.forward-drop-on-bridge",
                Subject = "br0",
                Scope = Scope.Host,
                Certainty = Certainty.Likely,
                Summary = "FORWARD drops bridged frames",
                Because = [new("e.nft", "policy drop")],
                Question = "Who owns the firewall of this host?",
                Risk = Risk.D3,
            },
            new Finding
            {
                Id = "bridge.port-blocked",
                Subject = "vnet0",
                Scope = Scope.Guest,
                Certainty = Certainty.Possible,
                Summary = "vnet0 is not forwarding",
                Because = [],
                Risk = Risk.D0,
                ConsequenceOf = "bridge.uplink-missing br0",
            },
        ],
        [new("nic.uplink-no-carrier", "eth0 has LOWER_UP")],
        [new("nf.bridge-family-drop", "e.nft", "needs root, sudo -n refused")],
        [new("e.nft", "needs root, sudo -n refused")],
        [new("vm1", "vnet0", "br0", "52:54:00:aa:bb:01", null)]);

    /// <summary>Nothing wrong.</summary>
    public static Diagnosis Healthy { get; } = new("host42", DateTimeOffset.UnixEpoch, TimeSpan.Zero, OverallVerdict.Healthy, [], [], [], [], []);

    /// <summary>Texts that try to reach the terminal, the markup language or the reader's eyes.</summary>
    public static ImmutableArray<string> HostileTexts { get; } =
    [
        "\e[31mred\e[0m",
        "\e]0;title\a",
        "\u009b31m",
        "a\rb",
        "a\nb",
        "a\bb",
        "[red]markup[/]",
        "[/]",
        "[[x",
        "\u202etxt.exe",
        "\u2066a\u2069",
        "a\u200bb\ufeff",
        "\u2028next",
        "\ud800",
        "\u007f",
        "e\u0301\u0301\u0301\u0301",
        "\U000e0041",
        "{0} %s $(reboot)",
        new string('x', 5000),
    ];
}
