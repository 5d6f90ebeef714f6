using Xunit;

namespace ChatOpsBot.Acceptance.Tests.CommandLine;

public class ArgumentTests
{
    [Theory]
    [InlineData("", "name a command")]
    [InlineData("chekc", "there is no command chekc")]
    [InlineData("check", "check needs either HOST or --from FILE")]
    [InlineData("check a --from b", "check needs either HOST or --from FILE")]
    [InlineData("check a b", "'b'")]
    [InlineData("check a --probe maybe", "passive")]
    [InlineData("check a --may-take-port-down", "goes with --probe active")]
    [InlineData("check a --fromat json", "there is no option --fromat (did you mean --format?)")]
    [InlineData("check a --format xml", "'xml'")]
    [InlineData("check a --guest", "--guest")]
    [InlineData("check -oProxyCommand=x", "is not the name of a host")]
    [InlineData("snapshot a", "--output")]
    [InlineData("snapshot -o b", "argument missing for command: 'snapshot'")]
    [InlineData("doctor a b", "'b'")]
    public async Task Run_WrongArguments_Exits64AndPointsToTheHelp(string line, string expected)
    {
        var run = await ProgramRun.InProcessAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((64, ""), (run.ExitCode, run.Out));
        Assert.Contains(expected, run.Error);
        Assert.Contains("--help", run.Error);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("check --help")]
    [InlineData("snapshot --help")]
    [InlineData("doctor --help")]
    public async Task Help_EachCommand_HasUsageAnExampleAndTheExitCodes(string line)
    {
        var args = line.Split(' ');

        var run = await ProgramRun.InProcessAsync(args, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("Usage:", run.Out);
        Assert.Contains("--settings", run.Out);
        Assert.Contains($"\n  chatopsbot {(args.Length > 1 ? args[0] : "check")} ", run.Out);
        Assert.All((string[])["0 ", "1 ", "2 ", "64", "78", "130"], code => Assert.Contains($"\n  {code} ", run.Out));
    }

    [Fact]
    public async Task Help_Examples_AreAcceptedByTheParser()
    {
        var help = await ProgramRun.InProcessAsync(["--help"], cancellationToken: TestContext.Current.CancellationToken);
        var examples = help.Out.Split('\n').SkipWhile(line => line != "Examples:").Skip(1).TakeWhile(line => line.StartsWith("  chatopsbot ", StringComparison.Ordinal)).ToArray();

        Assert.True(examples.Length >= 5);
        foreach (var example in examples)
        {
            var run = await ProgramRun.InProcessAsync(
                example.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..],
                new Dictionary<string, string> { ["Inventory__File"] = "/nonexistent" },
                cancellationToken: TestContext.Current.CancellationToken);

            Assert.DoesNotContain("--help", run.Error);
        }
    }

    [Fact]
    public async Task Version_Asked_IsPrinted()
    {
        var run = await ProgramRun.InProcessAsync(["--version"], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"\A\d+\.\d+\.\d+", run.Out);
    }
}
