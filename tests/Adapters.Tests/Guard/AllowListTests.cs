using System.Collections.Immutable;
using ChatOpsBot.Adapters.YamlFiles.Runbooks;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Runbooks;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>The list of a hardened host, judged by the guard's own shell functions: what the runbooks' cases plan is on it, what they do not is not.</summary>
public class AllowListTests
{
    // The guard up to where it begins to act; then a plan is received as begin would, and the outcome told.
    private const string Receive = """
        . "$1/functions"
        plan=case base=$1/run memory=$1 allow=$1/allow installed=$1/guard boot=x
        dir=$base/plan
        mkdir -p "$base"
        receive "$base/.new" <"$1/plan"
        echo "$? ${part-}"
        """;

    private static readonly RunbookSet s_runbooks = Assert.IsType<RunbooksReading.Loaded>(new RunbookFiles().ReadAll(RepositoryFiles.At("runbooks"))).Runbooks;
    private static readonly (string Text, ImmutableArray<string> LeftOut) s_list = AllowList.Of(s_runbooks.ById.Values);

    public static TheoryData<string> Listed => [.. s_runbooks.ById.Keys.Except(s_list.LeftOut)];

    [Fact]
    public void Of_AllRunbooks_LeavesOutFilesAndWhatTakesLinesOfAnyText()
        => Assert.Equal(
            [
                "bridge/move-address", "nf/delete-ebtables-rule", "persist/attach-uplink", "persist/disable-stp", "persist/move-address", "persist/raise-uplink", "persist/shorten-forward-delay",
                "persist/stop-filtering-bridged-frames",
            ],
            s_list.LeftOut);

    [Theory]
    [MemberData(nameof(Listed))]
    public async Task Receive_WhatTheCasesPlan_IsAllowed(string id)
    {
        var planned = 0;
        foreach (var plan in Plans(id))
        {
            planned++;
            Assert.Equal("0 undo", await ReceiveAsync(plan));
        }

        Assert.True(planned > 0, $"no case of {id} plans anything");
    }

    [Theory]
    [InlineData("br0", "br0;reboot")]
    [InlineData("br0", "-br0")]
    [InlineData("br0", "a/b")]
    [InlineData("br0", "br 0")]
    [InlineData("br0", "br0\nx")]
    [InlineData("br0", "")]
    [InlineData("br0", "abcdefghijklmnop")]
    [InlineData("master", "nomaster")]
    [InlineData("ip", "/tmp/ip")]
    public async Task Receive_OtherWords_AreNot(string word, string instead)
    {
        var plan = Plans("bridge/attach-uplink").First();
        var step = plan.Steps[0];

        Assert.Equal("4 run", await ReceiveAsync(plan with { Steps = [step with { Run = [.. step.Run.Select(argument => argument == word ? instead : argument)] }] }));
    }

    [Theory]
    [InlineData("tcp dport 67 ; flush ruleset")]
    [InlineData("-f/etc/shadow")]
    [InlineData("tcp dport 67\nflush ruleset")]
    public async Task Receive_TextThatNftCouldTakeForMore_IsNot(string rule)
    {
        var plan = Plans("nf/delete-bridge-rule").First();
        var step = plan.Steps[0];

        Assert.Equal("4 undo", await ReceiveAsync(plan with { Steps = [step with { Undo = [.. step.Undo[..^1], rule] }] }));
    }

    [Fact]
    public async Task Receive_AnotherPlansFolder_IsNot()
    {
        var plan = Plans("guest/nudge-link").First();
        var step = plan.Steps[0];

        Assert.Equal("4 read", await ReceiveAsync(plan with { Steps = [step with { Read = [.. step.Read[..^1], "../../etc"] }] }));
    }

    [Fact]
    public async Task Receive_OneArgumentMoreOrLess_IsNot()
    {
        var plan = Plans("bridge/attach-uplink").First();
        var step = plan.Steps[0];

        Assert.Equal("4 run", await ReceiveAsync(plan with { Steps = [step with { Run = [.. step.Run, "up"] }] }));
        Assert.Equal("4 run", await ReceiveAsync(plan with { Steps = [step with { Run = step.Run[..^1] }] }));
        Assert.Equal("4 read", await ReceiveAsync(plan with { Steps = [step with { Read = ["cat", "/etc/shadow"] }] }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cob-allow 2\n1\ntext\n0 2\nip\n")]
    [InlineData("cob-allow 1\n")]
    [InlineData("cob-allow 1\n1\n")]
    [InlineData("cob-allow 1\nx\ny\nz\n")]
    [InlineData("cob-allow 1\n99999999\ntext\n")]
    public async Task Receive_DamagedList_AllowsNothing(string list)
        => Assert.Equal("4 read", await ReceiveAsync(Plans("bridge/attach-uplink").First(), list));

    [Fact]
    public async Task Receive_AnotherGuardThanTheInstalledOne_IsRefused()
        => Assert.Equal("3", (await ReceiveAsync(Plans("bridge/attach-uplink").First(), installed: "#!/bin/sh\n")).Trim());

    private static IEnumerable<Plan> Plans(string id)
        => from example in CaseFile.Read(CaseFile.PathFor(RepositoryFiles.At("runbooks", $"{id}.yaml"))).Cases
           where example.Impossible is null
           let runbook = s_runbooks.Find(id)
           let outcome = Planner.Plan(new()
           {
               Runbook = runbook,
               Snapshot = example.Snapshot,
               Host = example.Host,
               Finding = example.FromFinding ? RunbookCases.FindingFor(runbook, example.Snapshot, example.Host, example.Arguments) : null,
               Arguments = example.Arguments,
               HostKeyFingerprint = "",
               PlanId = "case",
               Expires = DateTimeOffset.MaxValue,
           })
           select Assert.IsType<PlanOutcome.Planned>(outcome).Plan with { MachineId = "0", BootId = "0" };

    private static async Task<string> ReceiveAsync(Plan plan, string? list = null, string? installed = null)
    {
        using var folder = new TemporaryFolder();
        var program = System.Text.Encoding.UTF8.GetString(GuardProgram.Text.Span);
        folder.Write("functions", program[..program.LastIndexOf("\nmain \"$@\"", StringComparison.Ordinal)]);
        folder.Write("guard", installed ?? program);
        folder.Write("allow", list ?? s_list.Text);
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "plan"), Assert.IsType<GuardPlanEncoding.Encoded>(GuardPlanEncoding.Of(plan)).Bytes, TestContext.Current.CancellationToken);
        return (await Programs.RunAsync(["/bin/sh", "-c", Receive, "sh", folder.Path])).Expect().Trim();
    }
}
