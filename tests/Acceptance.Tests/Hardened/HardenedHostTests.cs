using System.Text;
using ChatOpsBot.Acceptance.Tests.Lab;
using ChatOpsBot.Acceptance.Tests.Repairs;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Support;
using Xunit;
using GuardStatus = ChatOpsBot.Domain.Guard.GuardStatus;
using static ChatOpsBot.Acceptance.Tests.Repairs.RunningService;

namespace ChatOpsBot.Acceptance.Tests.Hardened;

/// <summary>A host that <c>deploy/host/install.sh</c> has set up: the bot works there as elsewhere, and whoever has its key can do nothing else.</summary>
[Trait("Needs", "root")]
public class HardenedHostTests(LabFixture lab)
{
    private const string Host = "host96";
    private const string Account = "chatopsbot";
    private const string Planned = "bridge.uplink-missing";

    // What sshd would hand to the account's shell for a request of the bot.
    private const string Bootstrap = "exec /bin/sh -c 'echo chatops-boot;";

    [Fact]
    public async Task Bot_ReadsProbesAndRepairs_AsOnAnyHost()
    {
        await InstallAsync();
        using var folder = new ServiceFolder(user: Account);
        await RepairTests.WithFaultsAsync(Host, [Planned], async () =>
        {
            await using var service = await RunningService.StartAsync(folder);
            var id = await service.CheckAsync(Host);
            await service.UntilPlanAsync(id);
            Assert.IsType<ApplyOutcome.Applied>(await service.ApproveAsync(id, Bob));

            Assert.Equal(IncidentEnd.Resolved, (await service.UntilEndAsync(id)).End);
            var events = await service.EventsAsync(id);
            Assert.Empty(events.OfType<IncidentEvent.Observed>().First().Diagnosis.NotRead);
            Assert.Contains(Assert.Single(events.OfType<IncidentEvent.Verified>()).Proofs, proof => proof is { Passed: true } && proof.What.StartsWith("DHCPACK for", StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task Key_WithoutTheBot_GetsNoShellNoTerminalAndNoSudo()
    {
        await InstallAsync();

        foreach (var command in (string[][])[[], ["id"], ["sudo -n /bin/sh -c id"]])
        {
            var end = await SshAsync([], command);
            Assert.Equal((3, ""), (end.ExitCode, end.Stdout));
            Assert.Contains("this account is for ChatOpsBot only", end.Stderr, StringComparison.Ordinal);
        }

        Assert.Contains("PTY allocation request failed", (await SshAsync(["-tt"], ["id"])).Stderr, StringComparison.Ordinal);
        var tunnel = await SshAsync(["-W", "127.0.0.1:22"], []);
        Assert.DoesNotContain("SSH-2.0", tunnel.Stdout, StringComparison.Ordinal);
        Assert.Contains("administratively prohibited", tunnel.Stderr, StringComparison.Ordinal);

        // The account itself, as after a fault in sshd: only the gate, without arguments.
        var held = (await LabFixture.LabAsync("exec", Host, "--", "sudo", "-l", "-U", Account)).Expect();
        Assert.Contains("""NOPASSWD: /usr/local/lib/chatops/gate """, held, StringComparison.Ordinal);
        Assert.Single(held.Split('\n'), line => line.TrimStart().StartsWith('('));
    }

    [Theory]
    [InlineData("id")]
    [InlineData("/bin/sh -c id")]
    [InlineData("/bin/sh -s -- id")]
    [InlineData("/bin/sh -s -- watch repair-1")] // of the guard's own processes
    [InlineData("nice -n 10 /bin/sh -c id chatops n auto shared")]
    [InlineData("ping -n -c 2 -i 0.3 -W 1 -M do -s 1472 -I br0 -f")]
    [InlineData("ping -n -c 99 10.20.0.1")]
    public async Task Gate_RunsNothingThatIsNotListed(string line)
    {
        await InstallAsync();
        await using var host = LabHost.Open(Host, Account);

        foreach (var asRoot in (bool[])[true, false])
        {
            var outcome = await host.RunAsync(new(line.Split(' ')) { AsRoot = asRoot, Stdin = "id\n"u8.ToArray() });
            var failed = Assert.IsType<ShellOutcome.Failed>(outcome);
            Assert.Contains("is set up hardened and refused: that ", failed.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("uid=", Encoding.UTF8.GetString(failed.Stdout.Span), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("0\n\nx 5\n1 0\n=id\ngo\n")]
    [InlineData("5\nS=id\nid;id\nx 5\n1 0\n=id\ngo\n")] // a supervisor of one's own
    [InlineData("99999999999999999999\n\n")]
    [InlineData("3\n\n")]
    [InlineData("0\n\n$(id) 5\n1 0\n=id\ngo\n")]
    [InlineData("0\n\nx 5\n-1 0\n=id\ngo\n")]
    [InlineData("0\n\nx 5\n1 99999999999\n=id\ngo\n")]
    [InlineData("")]
    public async Task Gate_TakesNoDamagedRequest(string request)
    {
        await InstallAsync();

        foreach (var mode in (string[])["sudo", "best", "user", "root", "x"])
        {
            var end = await SshAsync([], [$"{Bootstrap}'"], $"{mode}\n{request}");
            Assert.NotEqual(0, end.ExitCode);
            Assert.DoesNotContain("uid=", end.Stdout + end.Stderr, StringComparison.Ordinal);
        }

        Assert.Equal("", (await LabFixture.LabAsync("exec", Host, "--", "sh", "-c", "ls -d /dev/shm/chatops-gate.* /tmp/chatops-gate.* 2>/dev/null; true")).Expect().Trim());
    }

    [Fact]
    public async Task Guard_BeginsOnlyWhatRunbooksSay()
    {
        await InstallAsync();
        await using var host = LabHost.Open(Host, Account);
        await RepairTests.WithFaultsAsync(Host, [Planned], async () =>
        {
            var (snapshot, diagnosis) = await host.CheckAsync();
            var plan = host.PlanFor(Assert.Single(diagnosis.Findings, finding => finding.Id == Planned), snapshot);
            var step = plan.Steps[0];
            foreach (var evil in (PlanStep[])
            [
                step with { Run = ["sh", "-c", "id >/root/owned"] },
                step with { Run = ["/bin/" + step.Run[0], .. step.Run.Skip(1)] },
                step with { Run = [.. step.Run, "promisc", "on"] },
                step with { Run = [.. step.Run.Select(word => word == "br0" ? "../../br0" : word)] },
                step with { Run = [.. step.Run.Select(word => word == "br0" ? "-br0" : word)] },
                step with { Undo = ["sh", "-c", "id >/root/owned"] },
                step with { Read = ["cat", "/etc/shadow"] },
            ])
            {
                var refused = Assert.IsType<GuardReply.Answered>(await host.Guard.BeginAsync(host.Entry, plan with { Steps = [evil] }, 1, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Report;
                Assert.Contains("is not on /etc/chatops/allow", refused.Refusal?.Text, StringComparison.Ordinal);
                Assert.Equal(GuardStatus.NotBegun, refused.Status);
            }

            // Another guard than the installed one would be what lives on in the background.
            (await LabFixture.LabAsync("exec", Host, "--", "sh", "-c", "echo '# another' >>/usr/local/lib/chatops/guard")).Expect();
            var other = Assert.IsType<GuardReply.Answered>(await host.Guard.BeginAsync(host.Entry, plan, 1, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Report;
            Assert.Contains("another guard is installed here", other.Refusal?.Text, StringComparison.Ordinal);
            await InstallAsync(again: true);

            await host.ApplyAsync(plan, 2);
            var busy = await LabFixture.LabAsync("exec", Host, "--", "bash", "/root/host/install.sh", "--remove");
            Assert.Contains("a repair is under way on this host", busy.Stderr, StringComparison.Ordinal);
            LabHost.Expect(GuardStatus.Reverted, await host.Guard.RevertAsync(host.Entry, plan, 2, TestContext.Current.CancellationToken));
        });
        Assert.NotEqual(0, (await LabFixture.LabAsync("exec", Host, "--", "test", "-e", "/root/owned")).ExitCode);
    }

    [Fact]
    public async Task Persist_IsNotOnTheList_SoNoFileIsWritten()
    {
        await InstallAsync();
        await using var host = LabHost.Open(Host, Account);
        (await LabFixture.LabAsync("fault", "inject", "host.config-drift", Host)).Expect();
        try
        {
            var (snapshot, _) = await host.CheckAsync();
            var plan = Assert.IsType<PlanOutcome.Planned>(host.PlanFor("persist/disable-stp", snapshot, ("bridge", "br0"))).Plan;

            var refused = Assert.IsType<GuardReply.Answered>(await host.Guard.BeginAsync(host.Entry, plan, 9, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Report;

            Assert.Contains("is not on /etc/chatops/allow", refused.Refusal?.Text, StringComparison.Ordinal);
        }
        finally
        {
            (await LabFixture.LabAsync("fault", "heal", "host.config-drift", Host)).Expect();
        }
    }

    [Theory]
    [InlineData("ops")]
    [InlineData("root")]
    public async Task Install_OnAnAccountOfOthers_ChangesNothing(string account)
    {
        await InstallAsync();
        var before = (await LabFixture.LabAsync("exec", Host, "--", "sh", "-c", "cat /etc/passwd /etc/shadow /etc/sudoers.d/*")).Expect();

        foreach (var words in (string[])["--kit /root/kit --key /root/kit/key.pub", "--remove"])
        {
            var end = await LabFixture.LabAsync("exec", Host, "--", "sh", "-c", $"bash /root/host/install.sh --user {account} {words}");
            Assert.Equal(1, end.ExitCode);
            Assert.Contains($"there is an account {account} already", end.Stderr, StringComparison.Ordinal);
        }

        Assert.Equal(before, (await LabFixture.LabAsync("exec", Host, "--", "sh", "-c", "cat /etc/passwd /etc/shadow /etc/sudoers.d/*")).Expect());
    }

    private static Task<ProgramEnd> SshAsync(string[] options, string[] command, string input = "")
        => LabFixture.LabAsync(
        [
            "ctl", "--", "sh", "-c", """input=$1; shift; printf %s "$input" | timeout 20 ssh -F "$@" """, "sh", input, $"{LabFixture.Folder}/ssh_config", "-l", Account, .. options, Host, .. command,
        ]);

    /// <summary>Sets the host up by the program and the script that people use.</summary>
    private async Task InstallAsync(bool again = false)
    {
        await lab.NeedAsync(Host);
        if (!again && (await LabFixture.LabAsync("exec", Host, "--", "test", "-e", "/etc/sudoers.d/chatopsbot")).ExitCode == 0)
        {
            return;
        }

        using var folder = new TemporaryFolder();
        (await LabFixture.BotAsync("ops", "host-kit", RepositoryFiles.At("runbooks"), "--out", Path.Combine(folder.Path, "kit"))).Expect();
        File.Copy($"{LabFixture.Folder}/key.pub", Path.Combine(folder.Path, "kit", "key.pub"));
        var packed = (await Programs.RunAsync(["sh", "-c", """tar -cz -C "$1" kit -C "$2" host | base64 -w 0""", "sh", folder.Path, RepositoryFiles.At("deploy")])).Expect();
        (await LabFixture.LabAsync("exec", Host, "--", "sh", "-c", """echo "$1" | base64 -d | tar -xz -C /root && bash /root/host/install.sh --kit /root/kit --key /root/kit/key.pub --from 10.99.255.1""", "sh", packed)).Expect();
    }
}
