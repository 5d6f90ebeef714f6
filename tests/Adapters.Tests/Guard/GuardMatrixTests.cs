using System.Collections.Concurrent;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Runbooks;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>
/// Each border of the steps × what may happen there, over real SSH on hosts of the lab: the steps are held at the border, the thing happens, they go on.
/// </summary>
[Trait("Needs", "root")]
[Trait("Slow", "yes")]
public class GuardMatrixTests
{
    private const int Hosts = 3;

    private enum Trouble
    {
        BotKilled,
        LinkDown,
        RunFull,
        SecondPlan,
        ForeignChange,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task Apply_TroubleAtABorder_EndsWithTheHostAsBeforeOrAfterOrNamed() => TryAsync(every: 15);

    [Fact(Explicit = true)]
    public Task Apply_TroubleAtAnyBorder_EndsWithTheHostAsBeforeOrAfterOrNamed() => TryAsync(every: 1);

    private static async Task TryAsync(int every)
    {
        await using var lab = await GuardLab.StartAsync();
        var first = await lab.AddAsync("gh1");
        var borders = await CountAsync(first);
        Assert.True(borders >= 18, $"only {borders} borders");
        var troubles = Enum.GetValues<Trouble>();
        var left = new ConcurrentQueue<(Trouble, int)>(
            from trouble in troubles
            from at in Enumerable.Range(1, borders)
            where (at + (int)trouble) % every == 0 // a sample takes other borders for each
            orderby at
            select (trouble, at));
        var failures = new ConcurrentQueue<string>();
        await Task.WhenAll(Enumerable.Range(1, Hosts).Select(async number =>
        {
            var host = number == 1 ? first : await lab.AddAsync($"gh{number}");
            var real = await RealPlan.OfAsync(host);
            while (left.TryDequeue(out var next))
            {
                if (await TroubleAsync(lab, host, host.Bind(RealPlan.Again(real)), next.Item1, next.Item2) is { } failure)
                {
                    failures.Enqueue(failure);
                    await CleanAsync(host, real);
                }
            }
        }));
        Assert.True(failures.IsEmpty, string.Join('\n', failures));
    }

    // After a failed case, so that the next ones say something again.
    private static async Task CleanAsync(LabHost host, Plan plan)
    {
        await host.ShAsync("touch /mnt/go; rm -f /run/filler /mnt/inject; ip link set eno1 up; for file in /run/chatops/*/deadline; do echo '0 0' 1<>$file; done");
        await host.QuietAsync();
        await HealAsync(host, plan);
        await host.ShAsync("rm -f /mnt/log");
    }

    private static Task<string> HealAsync(LabHost host, Plan plan) => host.ShAsync(
        "ip link set cob-t0 nomaster; echo \"$1\" >/proc/sys/net/ipv4/conf/cob-br0/rp_filter; nft flush chain bridge cob forward; nft add rule bridge cob forward udp dport 67 drop",
        plan.Steps[1].Before);

    private static async Task<int> CountAsync(LabHost host)
    {
        var plan = host.Bind(await RealPlan.OfAsync(host));
        var token = host.NextToken();
        await host.InjectAsync("run", 0, "count");
        await BeginAsync(host, plan, token);
        Assert.Equal(GuardStatus.Applied, LabHost.Report(await host.Guard.ApplyAsync(host.Entry, plan, token, Token)).Status);
        var borders = await host.CallsAsync();
        Assert.Equal(GuardStatus.Reverted, LabHost.Report(await host.Guard.RevertAsync(host.Entry, plan, token, Token)).Status);
        await MatrixTally.CaseAsync("undisturbed", host, plan, _ => false);
        return borders;
    }

    private static async Task BeginAsync(LabHost host, Plan plan, long token)
    {
        var begun = LabHost.Report(await host.Guard.BeginAsync(host.Entry, plan, token, TimeSpan.FromSeconds(300), Token));
        Assert.True(begun is { Status: GuardStatus.Armed, Refusal: null }, GuardWording.Of(begun) + begun.Refusal?.Text);
    }

    // What went wrong, if anything did.
    private static async Task<string?> TroubleAsync(GuardLab lab, LabHost host, Plan plan, Trouble trouble, int at)
    {
        var name = $"{trouble}-{at}";
        try
        {
            var token = host.NextToken();
            await BeginAsync(host, plan, token);
            await host.InjectAsync("run", at, "hold");
            await (trouble switch
            {
                Trouble.BotKilled => BotKilledAsync(lab, host, plan, token, at),
                Trouble.LinkDown => LinkDownAsync(host, plan, token),
                Trouble.RunFull => RunFullAsync(host, plan, token, at),
                Trouble.SecondPlan => SecondPlanAsync(host, plan, token, at),
                _ => ForeignChangeAsync(host, plan, token, at),
            });
            await host.ShAsync("rm -f /mnt/inject");
            return null;
        }
        catch (Exception failure) when (!Token.IsCancellationRequested)
        {
            return $"{name}: {failure}\n{await host.ShAsync("cd /run/chatops && head -c 3000 */remarks; ls -d */state/*; ps -eo pid,sid,etimes,args | tail -n 20; true")}";
        }
    }

    // The session's own processes go with the bot; the steps and the watchdog stay, and nobody commits.
    private static async Task BotKilledAsync(GuardLab lab, LabHost host, Plan plan, long token, int at)
    {
        using var bot = DoomedGuardBot.Start(host, plan, token, $"{lab.ControlDirectory}-{plan.Id}");
        await host.UntilAsync("[ -e /mnt/held ]");
        bot.Kill();
        await bot.WaitForExitAsync(Token);
        await host.UntilAsync("! pgrep -f -- '[-]s -- apply ' >/dev/null");
        var left = LabHost.Report(await host.Guard.StatusAsync(host.Entry, plan, Token));
        Assert.True(left is { WatchdogAlive: true, StepsRunning: true }, $"watchdog {left.WatchdogAlive}, steps {left.StepsRunning}");
        if (at % 2 == 0)
        {
            await host.ShAsync("touch /mnt/go");
        }

        await host.ExpireAsync(plan.Id);
        await host.UntilStateAsync(plan.Id, "reverted");
        Assert.Equal(GuardStatus.Reverted, LabHost.Report(await host.Guard.StatusAsync(host.Entry, plan, Token)).Status);
        await MatrixTally.CaseAsync($"bot-killed-{at}", host, plan, _ => false);
    }

    private static async Task LinkDownAsync(LabHost host, Plan plan, long token)
    {
        var at = (await host.ShAsync("cut -d' ' -f2 /mnt/inject")).Trim();
        var apply = host.Guard.ApplyAsync(host.Entry, plan, token, Token);
        await host.UntilAsync("[ -e /mnt/held ]");
        await host.ShAsync("ip link set eno1 down; touch /mnt/go");
        await host.ExpireAsync(plan.Id);
        await host.UntilStateAsync(plan.Id, "reverted");
        await host.ShAsync("ip link set eno1 up");
        Assert.IsType<GuardReply.Answered>(await apply);
        Assert.Equal(GuardStatus.Reverted, LabHost.Report(await host.Guard.StatusAsync(host.Entry, plan, Token)).Status);
        await MatrixTally.CaseAsync($"link-down-{at}", host, plan, _ => false);
    }

    private static async Task RunFullAsync(LabHost host, Plan plan, long token, int at)
    {
        var apply = host.Guard.ApplyAsync(host.Entry, plan, token, Token);
        await host.UntilAsync("[ -e /mnt/held ]");
        await host.ShAsync("cat /dev/zero >/run/filler 2>/dev/null; touch /mnt/go");
        await apply;
        if (at % 2 == 0)
        {
            Assert.Equal(GuardStatus.Reverted, LabHost.Report(await host.Guard.RevertAsync(host.Entry, plan, token, Token)).Status);
        }
        else
        {
            await host.ExpireAsync(plan.Id);
            await host.UntilStateAsync(plan.Id, "reverted");
        }

        await host.ShAsync("rm -f /run/filler");
        await MatrixTally.CaseAsync($"run-full-{at}", host, plan, _ => false);
    }

    // Another plan asks for the host: it never gets it. With a higher token (a lease that went to it meanwhile) the first can do nothing more, and is taken back.
    private static async Task SecondPlanAsync(LabHost host, Plan plan, long token, int at)
    {
        var other = host.Bind(RealPlan.Again(plan));
        var apply = host.Guard.ApplyAsync(host.Entry, plan, token, Token);
        await host.UntilAsync("[ -e /mnt/held ]");
        var fences = at % 2 == 0;
        var refused = LabHost.Report(await host.Guard.BeginAsync(host.Entry, other, fences ? host.NextToken() : token, TimeSpan.FromSeconds(60), Token));
        Assert.Equal((GuardStatus.NotBegun, GuardRefusalKind.Busy), (refused.Status, refused.Refusal?.Kind));
        Assert.Contains(plan.Id, refused.Refusal?.Text, StringComparison.Ordinal);
        await host.ShAsync("touch /mnt/go");
        Assert.Equal(GuardStatus.Applied, LabHost.Report(await apply).Status);
        var commit = LabHost.Report(await host.Guard.CommitAsync(host.Entry, plan, token, Token));
        Assert.Equal((fences ? GuardRefusalKind.Fenced : null, fences ? GuardStatus.Applied : GuardStatus.Committed), (commit.Refusal?.Kind, commit.Status));
        if (fences)
        {
            await host.ExpireAsync(plan.Id);
            await host.UntilStateAsync(plan.Id, "reverted");
        }

        await MatrixTally.CaseAsync($"second-plan-{at}", host, plan, _ => !fences);
        await HealAsync(host, plan);
    }

    // Somebody else changes what an earlier step has done, or what a later one is about to change: never overwritten, always named.
    private static async Task ForeignChangeAsync(LabHost host, Plan plan, long token, int at)
    {
        var apply = host.Guard.ApplyAsync(host.Entry, plan, token, Token);
        await host.UntilAsync("[ -e /mnt/held ]");
        var state = (await host.ShAsync("ls /run/chatops/$1/state", plan.Id)).Trim();
        var foreign = state switch { "applying-2" => 1, "applying-3" => 2, _ => 3 };
        var (change, word) = foreign switch
        {
            1 => ("ip link set cob-t0 master cob-br9", "cob-br9"),
            2 => ("echo 1 >/proc/sys/net/ipv4/conf/cob-br0/rp_filter", "1"),
            _ => ("nft add rule bridge cob forward udp dport 68 drop", "udp dport 68 drop"),
        };
        await host.ShAsync(change + "; touch /mnt/go");
        var applied = LabHost.Report(await apply);
        Assert.Equal(foreign == 3 ? GuardStatus.Applying : GuardStatus.Applied, applied.Status);
        if (at % 2 == 0)
        {
            await host.Guard.RevertAsync(host.Entry, plan, token, Token);
        }
        else
        {
            await host.ExpireAsync(plan.Id);
            await host.UntilStateAsync(plan.Id, "reverted", "revert-conflict", "revert-failed");
        }

        var report = LabHost.Report(await host.Guard.StatusAsync(host.Entry, plan, Token));
        Assert.Equal(foreign == 3 ? GuardStatus.Reverted : GuardStatus.RevertConflict, report.Status);
        var named = report.Records.Count(record => record.Step == foreign && record.Kind is GuardRecordKind.Conflict or GuardRecordKind.Failed && record.Found.Contains(word, StringComparison.Ordinal));
        await MatrixTally.CaseAsync($"foreign-change-{at}", host, plan, _ => false, named, foreign, provoked: 1);
        await HealAsync(host, plan);
    }
}
