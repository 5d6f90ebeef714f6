using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Runbooks;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Lab;

/// <summary>Repairs made to stay on hosts of netplan and NetworkManager: the manager's own program judges the new text before it counts.</summary>
[Trait("Needs", "root")]
public class ManagerPersistTests(LabFixture lab)
{
    private static long _token;

    /// <summary>Host, the manager's program, its file, the text, what changes, and what makes the program refuse a text that our own reader accepts.</summary>
    public static TheoryData<string, string, string, string, string, string, string> Managers => new()
    {
        {
            "host68", "netplan", "/etc/netplan/60-br0.yaml",
            "network:\n  version: 2\n  ethernets:\n    eno2: {}\n  bridges:\n    br0:\n      interfaces: [eno2]\n      parameters:\n        stp: true\n        forward-delay: 15\n",
            "stp: true", "stp: false", "s/forward-delay: 15/forward-delay: 15\\n        no-such-thing: 1/"
        },
        {
            "host69", "nmcli", "/etc/NetworkManager/system-connections/br0.nmconnection",
            "[connection]\nid=br0\nuuid=7b1c4f6e-8f6d-4c8e-9b3a-0d7f5c1e2a34\ntype=bridge\ninterface-name=br0\n\n[bridge]\nstp=true\n\n[ipv4]\nmethod=disabled\n\n[ipv6]\nmethod=disabled\n",
            "stp=true", "stp=false", "s/method=disabled/method=no-such-method/"
        },
    };

    [Theory]
    [MemberData(nameof(Managers))]
    public async Task Persist_ManagerAgrees_TheFileIsExchangedAndOneItRefusesIsNot(string name, string program, string file, string text, string was, string will, string spoil)
    {
        await lab.NeedAsync(name);
        Assert.SkipWhen((await LabFixture.LabAsync("exec", name, "--", "sh", "-c", $"command -v {program}")).ExitCode != 0, $"{program} is not installed; deploy/lab/packages.sh --managers");

        // Profiles count only where NetworkManager runs. The daemon itself would take the lab's links, so a program of its name stands in for it.
        await RunAsync(name, $"[ {program} = netplan ] || {{ mkdir -p /run/NetworkManager; cp /bin/sleep /run/NetworkManager/NetworkManager; mount -o remount,exec /run 2>/dev/null; setsid /run/NetworkManager/NetworkManager 300 </dev/null >/dev/null 2>&1 & }}");
        await RunAsync(name, $"rm -f /etc/network/interfaces.d/br0; mkdir -p '{Path.GetDirectoryName(file)}'; cat >'{file}' <<'END'\n{text}END\nchmod 600 '{file}'");
        await using var host = LabHost.Open(name, "ops");
        var cancellation = TestContext.Current.CancellationToken;
        var (plan, token) = await PlanAsync(host, program);

        await host.ApplyAsync(plan, token);

        Assert.Equal(text.Replace(was, will, StringComparison.Ordinal), await RunAsync(name, $"cat '{file}'"), ignoreLineEndingDifferences: false);
        Assert.Equal("600 root root\n", await RunAsync(name, $"stat -c '%a %U %G' '{file}'"));
        LabHost.Expect(GuardStatus.Reverted, await host.Guard.RevertAsync(host.Entry, plan, token, cancellation));
        Assert.Equal(text, await RunAsync(name, $"cat '{file}'"));

        await RunAsync(name, $"sed -i '{spoil}' '{file}'");
        var spoilt = await RunAsync(name, $"cat '{file}'");
        (plan, token) = await PlanAsync(host, program);
        LabHost.Expect(GuardStatus.Armed, await host.Guard.BeginAsync(host.Entry, plan, token, TimeSpan.FromSeconds(60), cancellation));
        var reply = Assert.IsType<GuardReply.Answered>(await host.Guard.ApplyAsync(host.Entry, plan, token, cancellation));
        Assert.Contains($"{program} refuses the new text of {file}", string.Join('\n', reply.Report.Records), StringComparison.Ordinal);
        LabHost.Expect(GuardStatus.Reverted, await host.Guard.RevertAsync(host.Entry, plan, token, cancellation));
        Assert.Equal(spoilt, await RunAsync(name, $"cat '{file}'"));
    }

    private static async Task<(Plan Plan, long Token)> PlanAsync(LabHost host, string program)
    {
        var (snapshot, _) = await host.CheckAsync();
        var outcome = host.PlanFor("persist/disable-stp", snapshot, ("bridge", "br0"));
        var planned = outcome as PlanOutcome.Planned;
        Assert.True(planned is not null, $"{outcome}");
        Assert.Contains($"validated by {program} ", planned.Plan.Steps[0].Name, StringComparison.Ordinal);
        return (planned.Plan, Interlocked.Increment(ref _token));
    }

    private static async Task<string> RunAsync(string host, string script) => (await LabFixture.LabAsync("exec", host, "--", "sh", "-c", script)).Expect();
}
