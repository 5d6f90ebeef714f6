using System.Text;
using ChatOpsBot.Application.Observation;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;
using Xunit;

namespace ChatOpsBot.Application.Tests.Observation;

public sealed class HostReaderTests
{
    private static readonly HostEntry s_host = new() { Name = "host42", Address = "10.42.0.2" };

    [Fact]
    public async Task ReadAsync_SectionsThatDidNotComeBack_AreRecordedWithTheReason()
    {
        var shell = new ScriptedShell(nonce => $"motd\n\n{nonce} hello 1\n\n{nonce} section e.addr\n\n{nonce} part exited 0 9 2 0\naddresses[]\n{nonce} close e.addr 1\n\n{nonce} section e.link\n", 137);
        var read = Assert.IsType<ReadOutcome.Read>(await new HostReader(shell, TimeProvider.System).ReadAsync(s_host, null, TestContext.Current.CancellationToken));

        Assert.Equal(Catalogue.All.Select(source => source.Id).Order(StringComparer.Ordinal), read.Snapshot.Sections.Keys);
        Assert.IsType<FactReading<AddressFacts>.Known>(read.Snapshot.Read(AddressEvidence.Source));
        Assert.Equal("the read ended early on the host (exit code 137)", Assert.IsType<FactReading<LinkFacts>.Missing>(read.Snapshot.Read(LinkEvidence.Source)).Reason);
        Assert.NotEmpty(read.Problems);
    }

    [Fact]
    public async Task ReadAsync_Sections_AreReportedAsTheyArriveAndMasked()
    {
        var reports = new List<ReadProgress>();
        var shell = new ScriptedShell(nonce => $"\n{nonce} hello 1\n\n{nonce} section e.addr\n\n{nonce} part exited 0 1 12 0\nppsk=c4naryZq\n{nonce} close e.addr 1\n\n{nonce} end\n", 0);
        var read = Assert.IsType<ReadOutcome.Read>(await new HostReader(shell, TimeProvider.System).ReadAsync(s_host, new Reports(reports), TestContext.Current.CancellationToken));

        Assert.Equal([new ReadProgress("e.addr", 1, Catalogue.All.Length)], reports);
        Assert.Equal("psk=***", read.Snapshot.Sections["e.addr"].Part("p")!.Text);
    }

    [Theory]
    [InlineData(null, "auto")]
    [InlineData(SudoUse.Auto, "auto")]
    [InlineData(SudoUse.Never, "never")]
    [InlineData(SudoUse.Always, "always")]
    public async Task ReadAsync_SudoSetting_ReachesTheProgram(SudoUse? use, string mode)
    {
        var shell = new ScriptedShell(nonce => $"\n{nonce} hello 1\n\n{nonce} end\n", 0);
        await new HostReader(shell, TimeProvider.System).ReadAsync(s_host with { Ssh = new() { Sudo = use } }, null, TestContext.Current.CancellationToken);

        Assert.Equal(mode, shell.Argv[8]);
    }

    [Fact]
    public async Task ReadAsync_TwoReads_HaveDifferentNonces()
    {
        var shell = new ScriptedShell(nonce => $"\n{nonce} hello 1\n\n{nonce} end\n", 0);
        var reader = new HostReader(shell, TimeProvider.System);
        await reader.ReadAsync(s_host, null, TestContext.Current.CancellationToken);
        var first = shell.Argv[7];
        await reader.ReadAsync(s_host, null, TestContext.Current.CancellationToken);

        Assert.Matches("^[0-9a-f]{32}$", first);
        Assert.NotEqual(first, shell.Argv[7]);
    }

    [Fact]
    public async Task ReadAsync_SudoDemandedAndRefused_IsAFailure()
    {
        var shell = new ScriptedShell(nonce => $"\n{nonce} hello 1\n\n{nonce} refused needs root, sudo -n refused\n\n{nonce} end\n", 0);
        var failed = Assert.IsType<ReadOutcome.Failed>(await new HostReader(shell, TimeProvider.System).ReadAsync(s_host, null, TestContext.Current.CancellationToken));

        Assert.Equal(ShellFailureKind.SudoRefused, failed.Kind);
        Assert.StartsWith("needs root, sudo -n refused", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_NoShell_IsAFailureWithWhatTheHostSaid()
    {
        var shell = new ScriptedShell(_ => "This account is currently not available.\n", 1, "nologin: refused\n");
        var failed = Assert.IsType<ReadOutcome.Failed>(await new HostReader(shell, TimeProvider.System).ReadAsync(s_host, null, TestContext.Current.CancellationToken));

        Assert.Equal(ShellFailureKind.HostRefused, failed.Kind);
        Assert.Contains("exit code 1: nologin: refused", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_ToolThatAnswersWithAnotherNumberOfLists_IsAskedAgainForEach()
    {
        var shell = new ScriptedShell(nonce => $"\n{nonce} hello 1\n\n{nonce} batch exited 0 16 3 0\ne.addr:a e.mdb:m[]\n\n{nonce} end\n", 0)
        {
            Alone = nonce => $"\n{nonce} hello 1\n\n{nonce} section e.addr\n\n{nonce} part exited 0 9 2 0\naddresses[]\n{nonce} close e.addr 1\n\n{nonce} end\n",
        };
        var read = Assert.IsType<ReadOutcome.Read>(await new HostReader(shell, TimeProvider.System).ReadAsync(s_host, null, TestContext.Current.CancellationToken));

        Assert.Equal("single", shell.Argv[^1]);
        Assert.True(shell.Command!.RootIfPossible);
        Assert.Empty(read.Problems);
        Assert.IsType<FactReading<AddressFacts>.Known>(read.Snapshot.Read(AddressEvidence.Source));
    }

    [Fact]
    public async Task ReadAsync_SectionsLostOnTheWay_AreAskedForOnceMore()
    {
        ScriptedShell? shell = null;
        shell = new ScriptedShell(
            nonce => shell!.Programs.Count == 1 // set before it runs
                ? $"\n{nonce} hello 1\n\n{nonce} section e.link\n\n{nonce} close e.link 0\n\n{nonce} end\n"
                : $"\n{nonce} hello 1\n\n{nonce} section e.addr\n\n{nonce} part exited 0 9 2 0\naddresses[]\n{nonce} close e.addr 1\n\n{nonce} end\n",
            0);
        var read = Assert.IsType<ReadOutcome.Read>(await new HostReader(shell, TimeProvider.System).ReadAsync(s_host, null, TestContext.Current.CancellationToken));

        Assert.Equal(2, shell.Programs.Count);
        Assert.Contains("row_e_link()", shell.Programs[0], StringComparison.Ordinal);
        Assert.DoesNotContain("row_e_link()", shell.Programs[1], StringComparison.Ordinal);
        Assert.IsType<FactReading<AddressFacts>.Known>(read.Snapshot.Read(AddressEvidence.Source));
        Assert.Equal("the section did not come back", Assert.IsType<FactReading<RouteFacts>.Missing>(read.Snapshot.Read(RouteEvidence.Source)).Reason);
    }

    [Fact]
    public async Task ReadAsync_ShellFailure_IsHandedOn()
    {
        var shell = new ScriptedShell(_ => "", 0) { Failure = new(ShellFailureKind.HostKeyChanged, "the key changed", default) };
        var failed = Assert.IsType<ReadOutcome.Failed>(await new HostReader(shell, TimeProvider.System).ReadAsync(s_host, null, TestContext.Current.CancellationToken));

        Assert.Equal((ShellFailureKind.HostKeyChanged, "the key changed"), (failed.Kind, failed.Message));
    }

    private sealed class Reports(List<ReadProgress> list) : IProgress<ReadProgress>
    {
        public void Report(ReadProgress value) => list.Add(value);
    }

    private sealed class ScriptedShell(Func<string, string> stream, int exitCode, string stderr = "") : IHostShell
    {
        public IReadOnlyList<string> Argv => Command?.Argv ?? [];

        public RemoteCommand? Command { get; private set; }

        /// <summary>The text of each program that was run.</summary>
        public List<string> Programs { get; } = [];

        /// <summary>The stream of a run in which rows do not share; the same when not set.</summary>
        public Func<string, string>? Alone { get; init; }

        public ShellOutcome.Failed? Failure { get; init; }

        public async Task<ShellOutcome> RunAsync(
            HostEntry host, RemoteCommand command, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? onOutput, CancellationToken cancellationToken)
        {
            Command = command;
            Programs.Add(command.Argv[5]);
            var bytes = Encoding.UTF8.GetBytes((Argv[^1] == "single" ? Alone ?? stream : stream)(Argv[7]));
            foreach (var chunk in bytes.Chunk(9))
            {
                await onOutput!(chunk, cancellationToken);
            }

            return Failure is null ? new ShellOutcome.Completed(exitCode, bytes, Encoding.UTF8.GetBytes(stderr)) : Failure;
        }
    }
}
