using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Domain.Guard;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>The guard over the real SSH adapter: runs that are cancelled, and a repair that cuts the way to its own host.</summary>
[Trait("Needs", "root")]
[Trait("Slow", "yes")]
public class GuardOverSshTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Apply_Cancelled_StepsAndWatchdogGoOn()
    {
        await using var lab = await GuardLab.StartAsync();
        var asSudo = await lab.AddAsync("gh1");
        var asRoot = await lab.AddAsync("gh2", "root");
        foreach (var host in new[] { asSudo, asRoot })
        {
            var files = await RealPlan.FilesAsync(host, 2);
            var plan = host.Bind(RealPlan.Of(files.Steps[0] with { Run = RealPlan.Logged("run-1", "while [ ! -e /mnt/go ]; do sleep 0.05; done; echo new-1 >/mnt/data/1") }, files.Steps[1]));
            var begun = LabHost.Report(await host.Guard.BeginAsync(host.Entry, plan, 1, TimeSpan.FromSeconds(120), Token));
            Assert.True(begun is { Status: GuardStatus.Armed, Refusal: null }, $"{GuardWording.Of(begun)} {begun.Refusal?.Text}");
            using var cancel = new CancellationTokenSource();
            var apply = host.Guard.ApplyAsync(host.Entry, plan, 1, cancel.Token);
            await Task.WhenAny(host.UntilAsync("grep -qs run-1 /mnt/log"), apply);
            Assert.False(apply.IsCompleted, apply.IsCompleted ? GuardWording.Of(await apply) : "");
            Assert.Equal("", await host.ShAsync("grep -lzs '^CHATOPS_RUN=' $(pgrep -f '/guard (watch|run) ' | sed 's|.*|/proc/&/environ|') || true")); // no mark to be found by
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => apply);
            await host.UntilAsync("! pgrep -f -- '[-]s -- apply ' >/dev/null"); // what belongs to the session is gone
            var left = LabHost.Report(await host.Guard.StatusAsync(host.Entry, plan, Token));
            Assert.Equal((GuardStatus.Applying, true, true), (left.Status, left.WatchdogAlive, left.StepsRunning));
            await host.ShAsync("touch /mnt/go");
            Assert.Equal(GuardStatus.Applied, LabHost.Report(await host.Guard.ApplyAsync(host.Entry, plan, 1, Token)).Status); // waits for the same steps
            await host.ExpireAsync(plan.Id);
            await host.UntilStateAsync(plan.Id, "reverted");
            await MatrixTally.CaseAsync($"cancelled-{host.Entry.User}", host, plan, _ => false);
        }
    }

    [Fact]
    public async Task Apply_CutsOurOwnWay_WatchdogOpensItAgain()
    {
        await using var lab = await GuardLab.StartAsync();
        var host = await lab.AddAsync("gh1", "ops", "--mgmt-on-bridge");
        var uplink = await RealPlan.SubjectAsync(host, "eno2");
        var files = await RealPlan.FilesAsync(host, 1);
        var cut = RealPlan.Step(
            "detach eno2", uplink, RealPlan.Sh("m=$(readlink /sys/class/net/eno2/master) && echo \"${m##*/}\" || echo none"), "br0", RealPlan.Logged("run-2", "ip link set eno2 nomaster"), "none",
            RealPlan.Logged("undo-2", "ip link set eno2 master br0"));
        var plan = host.Bind(RealPlan.Of(files.Steps[0], cut));
        Assert.Equal(GuardStatus.Armed, LabHost.Report(await host.Guard.BeginAsync(host.Entry, plan, 1, TimeSpan.FromSeconds(120), Token)).Status);
        var apply = host.Guard.ApplyAsync(host.Entry, plan, 1, Token);
        await host.UntilAsync("grep -q run-2 /mnt/log");
        await host.UntilStateAsync(plan.Id, "applied");
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(3), TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Guard.CommitAsync(host.Entry, plan, 1, soon.Token)); // who is shut out cannot commit
        await host.ExpireAsync(plan.Id);
        await host.UntilStateAsync(plan.Id, "reverted");
        await apply;
        Assert.Equal(GuardStatus.Reverted, LabHost.Report(await host.Guard.StatusAsync(host.Entry, plan, Token)).Status);
        await MatrixTally.CaseAsync("own-way-cut", host, plan, _ => false);
    }
}
