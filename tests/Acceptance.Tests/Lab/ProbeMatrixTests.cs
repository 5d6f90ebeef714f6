using System.Collections.Immutable;
using System.Text.Json;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Lab;

/// <summary>One host of the probes' matrix.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Options">Of the check.</param>
public sealed record ProbeCase(string Name, string Options)
{
    /// <summary>Fault to put in.</summary>
    public string? Fault { get; init; }

    /// <summary>Healthy oddity to set.</summary>
    public string? Condition { get; init; }

    /// <summary>Account.</summary>
    public string User { get; init; } = "ops";

    /// <summary>Ids one of which must be the primary cause; empty for a host that must not be called sick.</summary>
    public ImmutableArray<string> Primary { get; init; } = [];

    /// <summary>An id that must be among the findings.</summary>
    public string? Among { get; init; }

    /// <summary>What the verdict must be.</summary>
    public string Verdict { get; init; } = "fault";

    /// <summary>Whether the guest's client is started anew after the fault.</summary>
    public bool AsksAgain { get; init; }

    /// <summary>Whether the host knows its guest's address.</summary>
    public bool KnowsGuest { get; init; }

    /// <summary>Whether the fault concerns every host of the lab.</summary>
    public bool ForAll { get; init; }
}

/// <summary>Faults that one read cannot tell, and healthy hosts, asked for with probes, over real SSH, against real clients and servers.</summary>
[Trait("Needs", "root")]
public class ProbeMatrixTests(ProbeLabFixture lab) : IClassFixture<ProbeLabFixture>
{
    private const string Active = "--probe active --may-take-port-down";

    // The lab's hosts show the machine's own hardware: inside a virtual machine the same picture is the platform's filter.
    private static readonly ImmutableArray<string> s_security = ["switch.port-security", "platform.outer-filter"];

    /// <summary>All of them.</summary>
    public static ImmutableArray<ProbeCase> Cases { get; } =
    [
        new("no answer, listening only", "--probe passive") { Fault = "dhcp.no-answer.relay", Primary = ["dhcp.no-answer"], AsksAgain = true },
        new("no answer, asking", Active) { Fault = "dhcp.no-answer.relay", Primary = ["dhcp.no-answer"], AsksAgain = true, User = "root" },
        new("snooping", Active) { Fault = "switch.dhcp-snooping", Primary = ["dhcp.no-answer"], Among = "switch.dhcp-snooping", AsksAgain = true },
        new("port security, both addresses", Active) { Fault = "switch.port-security", Primary = s_security, AsksAgain = true },
        new("port security, the host's address only", "--probe active") { Fault = "switch.port-security", Primary = s_security, AsksAgain = true, User = "root" },
        new("silent since its start", "--probe passive --guest vnet0") { Fault = "dhcp.client-silent.boot", Primary = ["dhcp.client-silent"] },
        new("one client id for two", "--probe passive") { Fault = "dhcp.duplicate-client-id", Primary = ["dhcp.duplicate-client-id"] },
        new("declines", "--probe passive") { Fault = "dhcp.nak-or-decline-loop", Primary = ["dhcp.nak-or-decline-loop"] },
        new("wrong subnet", "--probe passive") { Fault = "addr.wrong-subnet-or-gateway", Primary = ["addr.wrong-subnet-or-gateway"] },
        new("duplicate address", "--probe active") { Fault = "addr.duplicate-ip", Primary = ["addr.duplicate-ip"], KnowsGuest = true },
        new("migrated here, the switch does not know", "--probe active") { Fault = "addr.stale-arp-after-move", Primary = ["addr.stale-arp-after-move"] },
        new("unsteady carrier", "--probe passive") { Fault = "nic.link-errors", Primary = ["nic.link-errors"], User = "root" },
        new("pool of ISC dhcpd here used up", "--probe passive") { Fault = "dhcp.pool-exhausted.isc", Primary = ["dhcp.pool-exhausted"], AsksAgain = true },
        new("pool of Kea here used up", "--probe passive") { Fault = "dhcp.pool-exhausted.kea", Primary = ["dhcp.pool-exhausted"], AsksAgain = true, User = "root" },
        new("ISC dhcpd here gave up", "--probe passive") { Fault = "dhcp.server-faulty.isc", Primary = ["dhcp.server-faulty"] },
        new("Kea here gave up", "--probe passive") { Fault = "dhcp.server-faulty.kea", Primary = ["dhcp.server-faulty"], User = "root" },
        new("healthy, asking", Active) { Verdict = "healthy" },
        new("healthy, listening as root", "--probe passive") { Verdict = "healthy", User = "root" },
        new("healthy, static address", Active) { Condition = "static-address-guest", Verdict = "healthy" },
        new("healthy, container", Active) { Condition = "container-on-bridge", Verdict = "healthy" },
        new("healthy, spanning tree", Active) { Condition = "stp-on-forwarding", Verdict = "healthy" },
        new("without rights", Active) { User = "viewer", Verdict = "inconclusive" },
        new("pool used up", Active) { Fault = "dhcp.pool-exhausted", Primary = ["dhcp.no-answer"], Among = "dhcp.pool-exhausted", AsksAgain = true, ForAll = true },
        new("rogue server", "--probe active") { Fault = "dhcp.rogue-server", Primary = ["dhcp.rogue-server"], ForAll = true },
    ];

    /// <summary>Their names.</summary>
    public static TheoryData<string> Names => [.. Cases.Select(entry => entry.Name)];

    /// <summary>Whether a fault of the lab shows only in what hosts send and hear.</summary>
    public static bool NeedsProbes(string fault)
        => fault.StartsWith("dhcp.", StringComparison.Ordinal) || fault.StartsWith("switch.", StringComparison.Ordinal) || fault.StartsWith("addr.duplicate-ip", StringComparison.Ordinal)
            || fault.StartsWith("addr.wrong-subnet", StringComparison.Ordinal) || fault.StartsWith("addr.stale-arp", StringComparison.Ordinal) || fault.StartsWith("offload.", StringComparison.Ordinal)
            || fault.StartsWith("nic.link-errors", StringComparison.Ordinal) || fault.StartsWith("bridge.loop-storm", StringComparison.Ordinal) || fault.StartsWith("bridge.multicast-snooping", StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Check_WithProbes_NamesTheCauseOrIsSilent(string name)
    {
        var entry = Cases.Single(candidate => candidate.Name == name);
        var (exit, answer) = await lab.AnswerAsync(name);

        Assert.True(answer.GetProperty("verdict").GetString() == entry.Verdict, answer.ToString());
        Assert.Equal(entry.Verdict switch { "healthy" => 0, "fault" => 1, _ => 2 }, exit);
        var primary = answer.GetProperty("primary") is { ValueKind: JsonValueKind.Object } found ? found.GetProperty("id").GetString() : null;
        Assert.True(entry.Primary.IsEmpty ? primary is null : entry.Primary.Contains(primary ?? ""), answer.ToString());
        Assert.True(entry.Among is null || answer.GetProperty("findings").EnumerateArray().Any(finding => finding.GetProperty("id").GetString() == entry.Among), answer.ToString());
    }

    [Fact]
    public void Cases_CoverEveryFaultOfTheLabThatNeedsProbes()
    {
        var tested = Cases.Select(entry => entry.Fault).OfType<string>().ToHashSet();
        var files = Directory.EnumerateFiles(ChatOpsBot.Support.RepositoryFiles.At("deploy", "lab", "faults"), "*.sh").Select(Path.GetFileNameWithoutExtension).OfType<string>().Where(NeedsProbes);

        // A NIC that fell silent after its lease looks from outside like a guest at rest; a stopped server looks to one host like a missing relay, and would hold up all others; a storm takes a processor
        // from all; the two of the switch are in the kernel's log, which the hosts of all labs share; a querier would ask the guests of all hosts, and two make a host a DHCP server of the network
        // that all of these share. tests/Benchmarks/diagnosis.sh asks these too.
        Assert.Equal(["bridge.loop-storm", "bridge.multicast-snooping", "dhcp.client-silent", "dhcp.no-answer", "offload.dhcp-checksum", "switch.bpdu-guard", "switch.dhcp-snooping.ours", "switch.edge-port-delay"], files.Where(file => !tested.Contains(file)).Order());
    }
}
