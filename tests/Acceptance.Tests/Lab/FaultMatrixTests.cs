using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Lab;

/// <summary>Every fault the bot knows and cannot repair, put into a real host and asked for as each kind of user; the others are in <see cref="RepairMatrixTests"/>.</summary>
[Trait("Needs", "root")]
public class FaultMatrixTests(LabFixture lab)
{
    private const string Plain = "host42";
    private const string WithLibvirt = "host46";

    /// <summary>All faults of the lab (with variants) that the catalogue knows and that one read can decide; the others are <see cref="ProbeMatrixTests"/>'.</summary>
    public static TheoryData<string> Faults
        => [.. Directory.EnumerateFiles(RepositoryFiles.At("deploy", "lab", "faults"), "*.sh").Select(Path.GetFileNameWithoutExtension).OfType<string>().Where(name => KnownId(name) is not null && !ProbeMatrixTests.NeedsProbes(name)).Order()];

    /// <summary>Pairs of faults whose roots are independent; the first is nearer the wire.</summary>
    public static TheoryData<string, string> Doubles => new()
    {
        { "bridge.uplink-missing", "nf.forward-drop-on-bridge" },
        { "nic.uplink-admin-down", "nf.bridge-family-drop" },
        { "bridge.port-flags.bcast-flood", "nf.forward-drop-on-bridge.rule" },
        { "bridge.uplink-missing", "bridge.vnet-detached" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Check_FaultInjected_NamesItsCauseOrSaysWhatWasNotRead(string fault)
    {
        var host = await lab.NeedHostOfAsync(fault, Host);
        var id = KnownId(fault);
        await WithFaultsAsync([fault], host, async () =>
        {
            foreach (var user in new[] { "root", "ops" })
            {
                var (exit, answer) = await LabFixture.CheckAsync(user, host);
                Assert.True(answer.GetProperty("verdict").GetString() == "fault" && Primary(answer) == id, $"as {user}: {answer}");
                Assert.Equal(1, exit);
            }

            await AssertHonestAsViewerAsync(host, id);
        });

        var healed = await LabFixture.CheckAsync("ops", host);
        Assert.True(healed.Answer.GetProperty("verdict").GetString() == "healthy", $"after healing {fault}: {healed.Answer}");
    }

    [Theory]
    [MemberData(nameof(Doubles))]
    public async Task Check_TwoFaultsInjected_FindsBothFromTheWireUpward(string first, string second)
    {
        await lab.NeedAsync(Host);
        await WithFaultsAsync([first, second], Host, async () =>
        {
            var (_, answer) = await LabFixture.CheckAsync("root", Plain);
            var roots = answer.GetProperty("findings").EnumerateArray()
                .Where(finding => finding.GetProperty("consequenceOf").ValueKind == JsonValueKind.Null)
                .Select(finding => finding.GetProperty("id").GetString());
            Assert.Equal([KnownId(first), KnownId(second)], roots);
        });
    }

    /// <summary>Without root the firewall is unread: the answer may then be inconclusive, naming what was not read, but never another cause.</summary>
    private static async Task AssertHonestAsViewerAsync(string host, string? id)
    {
        var (exit, answer) = await LabFixture.CheckAsync("viewer", host);
        if (answer.GetProperty("verdict").GetString() == "fault")
        {
            Assert.True(diagnosis.Primary?.Id == KnownId(fault), $"as viewer: {Told(diagnosis)}");
            return;
        }

        Assert.Equal(OverallVerdict.Inconclusive, diagnosis.Verdict);
        Assert.Contains("e.nft", diagnosis.NotRead.Select(row => row.Section));
    }

    private static async Task WithFaultsAsync(string[] faults, string host, Func<Task> body)
    {
        try
        {
            foreach (var fault in faults)
            {
                (await LabFixture.LabAsync("fault", "inject", fault, host)).Expect();
            }

            await body();
        }
        finally
        {
            foreach (var fault in faults.Reverse())
            {
                (await LabFixture.LabAsync("fault", "heal", fault, host)).Expect();
            }
        }
    }

    /// <summary>A host that has what the fault needs.</summary>
    private async Task<string> HostForAsync(string fault)
    {
        var needsLibvirt = (await File.ReadAllTextAsync(RepositoryFiles.At("deploy", "lab", "faults", fault + ".sh"))).Contains("\nNEEDS=libvirt\n", StringComparison.Ordinal);
        if (!needsLibvirt)
        {
            await lab.NeedAsync(Plain);
            return Plain;
        }

        await lab.NeedAsync(WithLibvirt, "--libvirt");
        return WithLibvirt;
    }

    private static string? Primary(JsonElement answer)
        => answer.GetProperty("primary") is { ValueKind: JsonValueKind.Object } primary ? primary.GetProperty("id").GetString() : null;

    private static string? KnownId(string fault) => Catalogue.All.Select(rule => rule.Id).FirstOrDefault(id => fault == id || fault.StartsWith(id + ".", StringComparison.Ordinal));
}
