using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Runbooks;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>Plans for a <see cref="GuardMachine"/>.</summary>
public static class RealPlan
{
    private static int _last;

    /// <summary>The same steps as another plan.</summary>
    public static Plan Again(Plan plan) => Of([.. plan.Steps]);

    /// <summary>Takes cob-t0 into cob-br0, changes a sysctl of the bridge and removes a nftables rule; every command leaves a line in /mnt/log.</summary>
    public static async Task<Plan> OfAsync(IGuardHost machine)
    {
        var tap = await SubjectAsync(machine, "cob-t0");
        var bridge = await SubjectAsync(machine, "cob-br0");
        ImmutableArray<string> master = Sh("m=$(readlink /sys/class/net/cob-t0/master) && echo \"${m##*/}\" || echo none");
        ImmutableArray<string> filter = ["cat", "/proc/sys/net/ipv4/conf/cob-br0/rp_filter"];
        ImmutableArray<string> chain = ["nft", "-s", "list", "chain", "bridge", "cob", "forward"];
        var rules = (await machine.ExecAsync(chain)).Expect().TrimEnd('\n');
        var filtering = (await machine.ExecAsync(filter)).Expect().TrimEnd('\n');
        return Of(
            Step("attach cob-t0", tap, master, "none", Logged("run-1", "ip link set cob-t0 master cob-br0"), "cob-br0", Logged("undo-1", "ip link set cob-t0 nomaster")),
            Step("set rp_filter", bridge, filter, filtering, Logged("run-2", $"echo 2 >{filter[1]}"), "2", Logged("undo-2", $"echo {filtering} >{filter[1]}")),
            Step(
                "remove the drop", null, chain, rules, Logged("run-3", "nft flush chain bridge cob forward"), rules.Replace("\t\tudp dport 67 drop\n", "", StringComparison.Ordinal),
                Logged("undo-3", "nft add rule bridge cob forward udp dport 67 drop")));
    }

    /// <summary>Steps that write one word into a file each, from <c>old-N</c> to <c>new-N</c>.</summary>
    public static async Task<Plan> FilesAsync(IGuardHost machine, int count = 1)
    {
        await machine.ShAsync("for i in $(seq $1); do echo old-$i >/mnt/data/$i; done", count.ToString(CultureInfo.InvariantCulture));
        return Of([.. Enumerable.Range(1, count).Select(File)]);
    }

    public static PlanStep File(int number) => Step(
        $"file {number}", null, ["cat", $"/mnt/data/{number}"], $"old-{number}", Logged($"run-{number}", $"echo new-{number} >/mnt/data/{number}"), $"new-{number}",
        Logged($"undo-{number}", $"echo old-{number} >/mnt/data/{number}"));

    public static Plan Of(params PlanStep[] steps) => new()
    {
        Id = $"plan-{Interlocked.Increment(ref _last)}",
        Host = GuardMachine.Host.Name,
        HostKeyFingerprint = "SHA256:x",
        MachineId = GuardMachine.MachineId,
        BootId = GuardMachine.BootId,
        Runbook = "bridge/attach-uplink",
        RunbookHash = "00",
        Risk = Risk.D2,
        Steps = [.. steps],
        Expires = DateTimeOffset.MaxValue,
    };

    public static PlanStep Step(
        string name, StepSubject? subject, ImmutableArray<string> read, string before, ImmutableArray<string> run, string after, ImmutableArray<string> undo)
        => new() { Name = name, Subject = subject, Read = read, Before = before, Run = run, After = after, Undo = undo, Timeout = TimeSpan.FromSeconds(10), Risk = Risk.D2 };

    public static ImmutableArray<string> Sh(string script) => ["sh", "-c", script];

    public static ImmutableArray<string> Logged(string word, string script) => Sh($"echo {word} >>/mnt/log; {script}");

    public static async Task<StepSubject> SubjectAsync(IGuardHost machine, string link)
    {
        var words = (await machine.ShAsync("cat /sys/class/net/$1/ifindex /sys/class/net/$1/address", link)).Split('\n');
        return new(link, int.Parse(words[0], CultureInfo.InvariantCulture), words[1]);
    }

    public static GuardRequest Begin(Plan plan, long token = 1, double seconds = 120)
        => GuardRequest.Begin(plan, Assert.IsType<GuardPlanEncoding.Encoded>(GuardPlanEncoding.Of(plan)).Bytes, token, TimeSpan.FromSeconds(seconds));

    /// <summary>Waits until nothing of the guard runs any more; then each step's value, and the words in /mnt/log, which is emptied.</summary>
    public static async Task<(ImmutableArray<string> Values, ImmutableArray<string> Log)> LookAsync(IGuardHost machine, Plan plan)
    {
        var reads = string.Concat(plan.Steps.Select(step => string.Join(' ', step.Read.Select(Quote)) + "; printf '\\001'; "));
        var end = await machine.ExecAsync(
            ["sh", "-c", $"for i in $(seq 600); do {{ {machine.Quiet}; }} && break; sleep 0.05; done; {{ {machine.Quiet}; }} || exit 9; {reads} cat /mnt/log 2>/dev/null; rm -f /mnt/log"]);
        Assert.True(end.ExitCode != 9, "processes of the guard are left: " + await machine.ShAsync("ps -eo pid,sid,stat,args"));
        var parts = end.Expect().Split('\u0001');
        return ([.. parts[..^1].Select(value => value.EndsWith('\n') ? value[..^1] : value)], [.. parts[^1].Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
    }

    private static string Quote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
