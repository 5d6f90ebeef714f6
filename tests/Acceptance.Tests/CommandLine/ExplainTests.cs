using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.CommandLine;

public class ExplainTests
{
    private static readonly Dictionary<string, string> s_shipped = new() { ["Runbooks__Directory"] = RepositoryFiles.At("runbooks") };

    [Fact]
    public async Task Run_FaultId_SaysHowItIsDecidedAndRepairedWithoutInventoryOrPolicy()
    {
        var run = await RunAsync("explain", "bridge.uplink-missing");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("Decided by:", run.Out, StringComparison.Ordinal);
        Assert.Contains("bridge/attach-uplink (D0", run.Out, StringComparison.Ordinal);
        Assert.Contains("nomaster", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cannot get interface MTU on 'br0'", "bridge.missing")]
    [InlineData("modprobe br_netfilter", "Never proposed")]
    [InlineData("systemctl restart networking", "Never proposed")]
    [InlineData("Maximum MAC Addresses: 1", "Never proposed")]
    [InlineData("E10003", "invented code")]
    public async Task Run_Text_IsAnswered(string text, string expected)
    {
        var run = await RunAsync("explain", text);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(expected, run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_UnknownId_Exits64AndSuggests()
    {
        var run = await RunAsync("explain", "bridge.uplink-mising");

        Assert.Equal((64, ""), (run.ExitCode, run.Out));
        Assert.Contains("did you mean bridge.uplink-missing", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TextOfNoFault_Exits2() => Assert.Equal(2, (await RunAsync("explain", "the printer is out of paper")).ExitCode);

    [Fact]
    public async Task Run_ControlCharacters_NeverReachTheTerminal()
        => Assert.DoesNotContain('\e', (await RunAsync("explain", "\e[31mred alert everywhere\e[0m")).Out);

    private static Task<ProgramRun> RunAsync(params string[] arguments) => ProgramRun.InProcessAsync(arguments, s_shipped, cancellationToken: TestContext.Current.CancellationToken);
}
