using System.Text.Json;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Lab;

/// <summary>The way of a frame on a real host, as the command tells it.</summary>
[Trait("Needs", "root")]
public class TraceLabTests(LabFixture lab)
{
    private const string Host = "host59";

    [Theory]
    [InlineData("", "", 0, "passes")]
    [InlineData("nf.netdev-or-tc-drop", "vnet0 netdev ingress", 1, "stops")]
    [InlineData("bridge.port-flags", "br0 isolation", 1, "stops")]
    [InlineData("bridge.uplink-missing", "br0 bridge", 1, "stops")]
    public async Task Trace_RealHost_SaysWhereTheRequestEnds(string fault, string place, int exit, string verdict)
    {
        await lab.NeedAsync(Host);
        if (fault.Length > 0)
        {
            (await LabFixture.LabAsync("fault", "inject", fault, Host)).Expect();
        }

        try
        {
            var end = await LabFixture.BotAsync("root", "trace", Host, "vnet0", "--format", "json");

            Assert.True(end.ExitCode == exit, end.Stdout + end.Stderr);
            using var json = JsonDocument.Parse(end.Stdout);
            Assert.Equal(verdict, json.RootElement.GetProperty("verdict").GetString());
            var hop = json.RootElement.GetProperty("paths")[0].GetProperty("discover").GetProperty("hops").EnumerateArray().Last();
            Assert.True(place.Length == 0 || place == $"{hop.GetProperty("device").GetString()} {hop.GetProperty("stage").GetString()}", end.Stdout);
        }
        finally
        {
            if (fault.Length > 0)
            {
                (await LabFixture.LabAsync("fault", "heal", fault, Host)).Expect();
            }
        }
    }

    [Fact]
    public async Task Trace_FirewallNotReadable_CannotTellAndAnUnknownGuestIsWrong()
    {
        await lab.NeedAsync(Host);

        var unread = await LabFixture.BotAsync("viewer", "trace", Host, "vnet0");
        var unknown = await LabFixture.BotAsync("root", "trace", Host, "vnet77");

        Assert.True(unread.ExitCode == 2 && unread.Stdout.Contains("CANNOT TELL", StringComparison.Ordinal), unread.Stdout + unread.Stderr);
        Assert.True(unknown.ExitCode == 64 && unknown.Stderr.Contains("its guests are vnet0", StringComparison.Ordinal), unknown.Stdout + unknown.Stderr);
    }
}
