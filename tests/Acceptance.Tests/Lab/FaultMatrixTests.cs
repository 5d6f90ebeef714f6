using System.Text.Json;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Lab;

/// <summary>Every fault the bot knows, put into a real host and asked for as each kind of user.</summary>
[Trait("Needs", "root")]
public class FaultMatrixTests(LabFixture lab)
{
    private const string Host = "host42";

    /// <summary>All faults of the lab (with variants) that the catalogue knows.</summary>
    public static TheoryData<string> Faults
        => [.. Directory.EnumerateFiles(RepositoryFiles.At("deploy", "lab", "faults"), "*.sh").Select(Path.GetFileNameWithoutExtension).OfType<string>().Where(name => KnownId(name) is not null).Order()];

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
        await lab.NeedAsync(Host);
        var id = KnownId(fault);
        await WithFaultsAsync([fault], async () =>
        {
            foreach (var user in new[] { "root", "ops" })
            {
                var (exit, answer) = await LabFixture.CheckAsync(user, Host);
                Assert.True(answer.GetProperty("verdict").GetString() == "fault" && Primary(answer) == id, $"as {user}: {answer}");
                Assert.Equal(1, exit);
            }

            await AssertHonestAsViewerAsync(id);
        });

        var healed = await LabFixture.CheckAsync("ops", Host);
        Assert.True(healed.Answer.GetProperty("verdict").GetString() == "healthy", $"after healing {fault}: {healed.Answer}");
    }

    [Theory]
    [MemberData(nameof(Doubles))]
    public async Task Check_TwoFaultsInjected_FindsBothFromTheWireUpward(string first, string second)
    {
        await lab.NeedAsync(Host);
        await WithFaultsAsync([first, second], async () =>
        {
            var (_, answer) = await LabFixture.CheckAsync("root", Host);
            var roots = answer.GetProperty("findings").EnumerateArray()
                .Where(finding => finding.GetProperty("consequenceOf").ValueKind == JsonValueKind.Null)
                .Select(finding => finding.GetProperty("id").GetString());
            Assert.Equal([KnownId(first), KnownId(second)], roots);
        });
    }

    /// <summary>Without root the firewall is unread: the answer may then be inconclusive, naming what was not read, but never another cause.</summary>
    private static async Task AssertHonestAsViewerAsync(string? id)
    {
        var (exit, answer) = await LabFixture.CheckAsync("viewer", Host);
        if (answer.GetProperty("verdict").GetString() == "fault")
        {
            Assert.True(Primary(answer) == id, $"as viewer: {answer}");
            Assert.Equal(1, exit);
            return;
        }

        Assert.Equal("inconclusive", answer.GetProperty("verdict").GetString());
        Assert.Contains("e.nft", answer.GetProperty("notRead").EnumerateArray().Select(row => row.GetProperty("section").GetString()));
        Assert.Equal(2, exit);
    }

    private static async Task WithFaultsAsync(string[] faults, Func<Task> body)
    {
        try
        {
            foreach (var fault in faults)
            {
                (await LabFixture.LabAsync("fault", "inject", fault, Host)).Expect();
            }

            await body();
        }
        finally
        {
            foreach (var fault in faults.Reverse())
            {
                (await LabFixture.LabAsync("fault", "heal", fault, Host)).Expect();
            }
        }
    }

    private static string? Primary(JsonElement answer)
        => answer.GetProperty("primary") is { ValueKind: JsonValueKind.Object } primary ? primary.GetProperty("id").GetString() : null;

    private static string? KnownId(string fault) => Catalogue.All.Select(rule => rule.Id).FirstOrDefault(id => fault == id || fault.StartsWith(id + ".", StringComparison.Ordinal));
}
