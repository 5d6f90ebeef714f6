using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Lab;

/// <summary>Every fault the bot knows and cannot repair, put into a real host and asked for as each kind of user; the others are in <see cref="RepairMatrix"/>.</summary>
[Trait("Needs", "root")]
public class FaultMatrixTests(LabFixture lab)
{
    private const string Plain = "host42";

    /// <summary>All faults of the lab (with variants) that the catalogue knows and that one read can decide, but for those of the matrix of repairs; the others are <see cref="ProbeMatrixTests"/>'.</summary>
    public static TheoryData<string> Faults
        => [.. Directory.EnumerateFiles(RepositoryFiles.At("deploy", "lab", "faults"), "*.sh").Select(Path.GetFileNameWithoutExtension).OfType<string>()
            .Where(name => KnownId(name) is not null && !RepairMatrix.Names.Contains(name) && !ProbeMatrixTests.NeedsProbes(name)).Order()];

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
        var host = await lab.NeedHostOfAsync(fault, Plain, "host46", "host49");
        var id = KnownId(fault);
        await WithFaultsAsync(host, [fault], async () =>
        {
            foreach (var user in new[] { "root", "ops" })
            {
                var diagnosis = await LabFixture.DiagnoseAsync(user, host);
                Assert.True(diagnosis.Verdict == OverallVerdict.Fault && diagnosis.Primary?.Id == id, $"as {user}: {Told(diagnosis)}");
            }

            await AssertHonestAsViewerAsync(host, fault);
        });

        var healed = await LabFixture.DiagnoseAsync("ops", host);
        Assert.True(healed.Verdict == OverallVerdict.Healthy, $"after healing {fault}: {Told(healed)}");
    }

    [Theory]
    [MemberData(nameof(Doubles))]
    public async Task Check_TwoFaultsInjected_FindsBothFromTheWireUpward(string first, string second)
    {
        await lab.NeedAsync(Plain);
        await WithFaultsAsync(Plain, [first, second], async () =>
        {
            var diagnosis = await LabFixture.DiagnoseAsync("root", Plain);
            Assert.Equal([KnownId(first), KnownId(second)], diagnosis.Findings.Where(finding => finding.ConsequenceOf is null).Select(finding => finding.Id));
        });
    }

    /// <summary>Without root the firewall is unread: the answer may then be inconclusive, naming what was not read, but never another cause.</summary>
    internal static async Task AssertHonestAsViewerAsync(string host, string fault)
    {
        var diagnosis = await LabFixture.DiagnoseAsync("viewer", host);
        if (diagnosis.Verdict == OverallVerdict.Fault)
        {
            Assert.True(diagnosis.Primary?.Id == KnownId(fault), $"as viewer: {Told(diagnosis)}");
            return;
        }

        Assert.Equal(OverallVerdict.Inconclusive, diagnosis.Verdict);
        Assert.Contains("e.nft", diagnosis.NotRead.Select(row => row.Section));
    }

    /// <summary>The id of the fault that a file of the lab makes, or <see langword="null"/> when the bot does not know it.</summary>
    internal static string? KnownId(string fault) => Catalogue.All.Select(rule => rule.Id).FirstOrDefault(id => fault == id || fault.StartsWith(id + ".", StringComparison.Ordinal));

    private static async Task WithFaultsAsync(string host, string[] faults, Func<Task> body)
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

    /// <summary>What a failed test shows of an answer.</summary>
    internal static string Told(Diagnosis diagnosis)
        => $"{diagnosis.Verdict}: {string.Join("; ", diagnosis.Findings.Select(finding => $"{finding.Id} {finding.Subject} {finding.Certainty}: {finding.Summary}"))} "
            + string.Join("; ", diagnosis.Undecided.Select(undecided => undecided.ToString()));
}
