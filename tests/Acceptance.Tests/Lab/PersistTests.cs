using System.Collections.Immutable;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Runbooks;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Lab;

/// <summary>Repairs made to stay: files of ifupdown changed through real SSH and the real guard, on a host that ifup has brought up and on one that has only its files.</summary>
[Trait("Needs", "root")]
public class PersistTests(LabFixture lab)
{
    private const string File = "/etc/network/interfaces.d/br0";
    private static long _token;

    /// <summary>Hosts with the options they are made with.</summary>
    public static TheoryData<string, string> Hosts => new() { { "host65", "--bridges" }, { "host66", "--ifupdown" } };

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Persist_SpanningTree_WritesOneFileAloneAndTakesItBack(string name, string option)
    {
        await using var host = await OpenAsync(name, option);
        var (plan, token) = await PlanAsync(host, name);
        var before = await FilesAsync(name);
        await host.ApplyAsync(plan, token);

        var after = await FilesAsync(name);
        Assert.Equal([$"640 root adm {File}"], before.Except(after).Select(Shown));
        Assert.Equal([$"640 root adm {File}"], after.Except(before).Select(Shown));
        Assert.Contains("bridge_stp: off", (await RunAsync(name, "ifquery br0")).Replace("bridge-stp", "bridge_stp", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("0\n", await RunAsync(name, "cat /sys/class/net/br0/bridge/stp_state"));
        Assert.Contains("bridge_stp on", await RunAsync(name, $"cat /var/lib/chatops/{plan.Id}/etc_network_interfaces.d_br0"), StringComparison.Ordinal);

        LabHost.Expect(GuardStatus.Reverted, await host.Guard.RevertAsync(host.Entry, plan, token, TestContext.Current.CancellationToken));
        Assert.Equal(before, await FilesAsync(name));
    }

    [Fact]
    public async Task Persist_Committed_CanBeTakenBackByHandUnlessSomebodyChangedIt()
    {
        await using var host = await OpenAsync("host65", "--bridges");
        var (plan, token) = await PlanAsync(host, "host65");
        var before = await FilesAsync("host65");
        await host.ApplyAsync(plan, token);
        LabHost.Expect(GuardStatus.Committed, await host.Guard.CommitAsync(host.Entry, plan, token, TestContext.Current.CancellationToken));

        var undo = plan.Steps[^1].Undo;
        await RunAsync("host65", $"cp -p {File} /root/ours && echo '# Kim was here' >>{File}");
        var refused = await LabFixture.LabAsync(["exec", "host65", "--", .. undo]);
        Assert.Equal((1, $"{File} has been changed since and is left alone\n"), (refused.ExitCode, refused.Stdout));
        Assert.EndsWith("# Kim was here\n", await RunAsync("host65", $"cat {File}"), StringComparison.Ordinal);

        await RunAsync("host65", $"cp -p /root/ours {File}");
        (await LabFixture.LabAsync(["exec", "host65", "--", .. undo])).Expect();
        Assert.Equal(before, await FilesAsync("host65"));
    }

    [Fact]
    public async Task Persist_FileChangedBeforeTheRevert_IsLeftAloneAndNamed()
    {
        await using var host = await OpenAsync("host65", "--bridges");
        var (plan, token) = await PlanAsync(host, "host65");
        await host.ApplyAsync(plan, token);
        await RunAsync("host65", $"echo '# Kim was here' >>{File}");

        var reply = await host.Guard.RevertAsync(host.Entry, plan, token, TestContext.Current.CancellationToken);

        LabHost.Expect(GuardStatus.RevertConflict, reply);
        var changed = (await RunAsync("host65", $"sha256sum <{File}"))[..64];
        Assert.Contains(((GuardReply.Answered)reply).Report.Records, record => record.ToString().Contains(changed, StringComparison.Ordinal));
        Assert.EndsWith("# Kim was here\n", await RunAsync("host65", $"cat {File}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Persist_FileChangedSinceTheRead_IsNotBegun()
    {
        await using var host = await OpenAsync("host65", "--bridges");
        var (plan, token) = await PlanAsync(host, "host65");
        await RunAsync("host65", $"echo '# Kim was here' >>{File}");

        LabHost.Expect(GuardStatus.Drift, await host.Guard.BeginAsync(host.Entry, plan, token, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Persist_TextThatIfupRefuses_ChangesNothingAndShowsItsWords()
    {
        await using var host = await OpenAsync("host65", "--bridges");

        // Our own reader has nothing against a static stanza without an address; ifup has.
        await RunAsync("host65", $"sed -i '/address/d' {File}");
        var (plan, token) = await PlanAsync(host, "host65");
        var before = await FilesAsync("host65");
        var cancellation = TestContext.Current.CancellationToken;
        LabHost.Expect(GuardStatus.Armed, await host.Guard.BeginAsync(host.Entry, plan, token, TimeSpan.FromSeconds(60), cancellation));

        var reply = Assert.IsType<GuardReply.Answered>(await host.Guard.ApplyAsync(host.Entry, plan, token, cancellation));

        Assert.Equal(GuardStatus.Applying, reply.Report.Status);
        var words = string.Join('\n', reply.Report.Records);
        Assert.Contains($"ifup refuses the new text of {File}", words, StringComparison.Ordinal);
        Assert.Contains("address", words, StringComparison.Ordinal);
        LabHost.Expect(GuardStatus.Reverted, await host.Guard.RevertAsync(host.Entry, plan, token, cancellation));
        Assert.Equal(before, await FilesAsync("host65"));
    }

    [Theory]
    [InlineData(0, "printf %s \"$3\" >\"$new\"", "printf 'iface br0 inet' >\"$new\"; kill -9 $$")]
    [InlineData(0, "unshare --mount", "kill -9 $$; unshare --mount")]
    [InlineData(1, "mv -T \"$new\"", "kill -9 $$; mv -T \"$new\"")]
    public async Task Persist_KilledBetweenWriteAndRename_LeavesTheOldFileInForce(int step, string at, string dies)
    {
        await using var host = await OpenAsync("host65", "--bridges");
        var (whole, token) = await PlanAsync(host, "host65");
        Assert.Contains(at, whole.Steps[step].Run[2], StringComparison.Ordinal);
        var dying = whole.Steps[step] with { Run = whole.Steps[step].Run.SetItem(2, whole.Steps[step].Run[2].Replace(at, dies, StringComparison.Ordinal)) };
        var plan = whole with { Steps = whole.Steps.SetItem(step, dying) };
        var before = await FilesAsync("host65");
        var query = await RunAsync("host65", "ifquery br0; ifquery --list -a");
        var cancellation = TestContext.Current.CancellationToken;
        LabHost.Expect(GuardStatus.Armed, await host.Guard.BeginAsync(host.Entry, plan, token, TimeSpan.FromSeconds(60), cancellation));

        Assert.Equal(GuardStatus.Applying, Assert.IsType<GuardReply.Answered>(await host.Guard.ApplyAsync(host.Entry, plan, token, cancellation)).Report.Status);

        // What lies beside the old file now is none that ifup reads.
        var litter = Assert.Single((await FilesAsync("host65")).Except(before));
        Assert.EndsWith($" /etc/network/interfaces.d/.br0.{plan.Id}", litter, StringComparison.Ordinal);
        Assert.Equal(query, await RunAsync("host65", "ifquery br0; ifquery --list -a"));
        LabHost.Expect(GuardStatus.Reverted, await host.Guard.RevertAsync(host.Entry, plan, token, cancellation));
        Assert.Equal(before, await FilesAsync("host65"));
    }

    private async Task<LabHost> OpenAsync(string name, string option)
    {
        await lab.NeedAsync(name, option == "--bridges" ? [option, "1"] : [option]);
        await RunAsync(name, $"[ -e /root/br0 ] || cp -p {File} /root/br0; cp -p /root/br0 {File}; sed -i 's/bridge_stp off/bridge_stp on/; s/bridge_fd 0/bridge_fd 15/' {File}; chgrp adm {File}; chmod 640 {File}");
        return LabHost.Open(name, "ops");
    }

    private static async Task<(Plan Plan, long Token)> PlanAsync(LabHost host, string name)
    {
        var (snapshot, _) = await host.CheckAsync();
        var planned = host.PlanFor("persist/disable-stp", snapshot, ("bridge", "br0")) as PlanOutcome.Planned;
        Assert.True(planned is not null, $"{name}: {host.PlanFor("persist/disable-stp", snapshot, ("bridge", "br0"))}");
        Assert.Contains("validated by ifup --no-act", planned.Plan.Steps[0].Name, StringComparison.Ordinal);
        return (planned.Plan, Interlocked.Increment(ref _token));
    }

    /// <summary>Mode, owner, hash and path of every file below /etc, whatever its name.</summary>
    private static async Task<ImmutableSortedSet<string>> FilesAsync(string host)
        => [.. (await RunAsync(host, "cd /etc && find . -xdev -type f -print0 | sort -z | xargs -0 sha256sum | cut -c1-64 >/run/sums; find . -xdev -type f -printf '%m %u %g /etc/%P\\0' | sort -z -t/ -k2 | tr '\\0' '\\n' >/run/modes; paste -d' ' /run/sums /run/modes"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    private static string Shown(string line) => line[65..];

    private static async Task<string> RunAsync(string host, string script) => (await LabFixture.LabAsync("exec", host, "--", "sh", "-c", script)).Expect();
}
