using System.Collections.Immutable;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Domain.Guard;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Lab;

/// <summary>
/// Every repairable fault of the lab: injected, read, diagnosed, planned, repaired under the guard over real SSH, and taken back. In several classes, which run
/// side by side on hosts of their own.
/// </summary>
internal static class RepairMatrix
{
    /// <summary>The guest that has to get its lease.</summary>
    internal const string Guest = "vm1";

    private static long _token;

    /// <summary>Number of the next fencing token; no two repairs in the lab have the same.</summary>
    internal static long NextToken => Interlocked.Increment(ref _token);

    /// <summary>All faults that are diagnosed and repaired in the classes of this matrix.</summary>
    internal static ImmutableHashSet<string> Names { get; } = [.. LinkRepairTests.Faults.Concat(FilterRepairTests.Faults).Select(row => row.Data.Item1)];

    /// <summary>Injects the fault and takes it through repair and undo as root, then through repair and commit as an operator.</summary>
    /// <param name="machine">Host of the lab, up.</param>
    /// <param name="fault">Fault of the lab.</param>
    /// <param name="leaves">Part of the lines that the repair may leave other than they were before the fault; empty for none.</param>
    /// <param name="before">What the host is given before the fault, a command of its shell; empty for nothing.</param>
    internal static async Task GoThroughAsync(string machine, string fault, string leaves, string before)
    {
        var healthy = await LabHost.StateAsync(machine);
        try
        {
            if (before.Length > 0)
            {
                (await LabFixture.LabAsync("exec", machine, "--", "sh", "-c", before)).Expect();
            }

            var injection = await LabFixture.LabAsync("fault", "inject", fault, machine);
            Assert.SkipWhen(injection.Stderr.Contains("this kernel has no", StringComparison.Ordinal), injection.Stderr);
            injection.Expect();
            var broken = await LabHost.StateAsync(machine);
            await FaultMatrixTests.AssertHonestAsViewerAsync(machine, fault);
            await RepairAsync(machine, "root", fault, healthy, broken, leaves, commit: false);
            Assert.Equal("", string.Join("\n", Lasting(broken, fault, leaves).SymmetricExcept(Lasting(await LabHost.StateAsync(machine), fault, leaves))));
            if (PassesByItself(fault))
            {
                // Taken back, the ports forward as they would by themselves; the fault has to be made anew.
                (await LabFixture.LabAsync("fault", "heal", fault, machine)).Expect();
                (await LabFixture.LabAsync("fault", "inject", fault, machine)).Expect();
                broken = await LabHost.StateAsync(machine);
            }

            await RepairAsync(machine, "ops", fault, healthy, broken, leaves, commit: true);
        }
        finally
        {
            await LabFixture.LabAsync("fault", "heal", fault, machine);
            if (before.Length > 0)
            {
                (await LabFixture.LabAsync("exec", machine, "--", "nft", "delete", "table", "ip", "filter")).Expect();
            }
        }
    }

    /// <summary>Reads, diagnoses, repairs and proves; then commits or takes back.</summary>
    internal static async Task RepairAsync(string machine, string user, string fault, ImmutableSortedSet<string> healthy, ImmutableSortedSet<string> broken, string leaves, bool commit)
    {
        await using var host = LabHost.Open(machine, user);
        var (snapshot, diagnosis) = await host.CheckAsync();
        var finding = diagnosis.Primary;
        Assert.True(finding is { Repair: not null } && finding.Id == FaultMatrixTests.KnownId(fault), $"as {user}: {string.Join("; ", diagnosis.Findings.Select(other => other.Summary + " " + other.Question))}");
        var plan = host.PlanFor(finding, snapshot);
        var token = NextToken;
        var cancellation = TestContext.Current.CancellationToken;
        try
        {
            await host.ApplyAsync(plan, token);
            await ProveAsync(machine, host, fault, finding, healthy, broken, leaves);
            if (commit)
            {
                var reply = await host.Guard.CommitAsync(host.Entry, plan, token, cancellation);

                // A commit whose answer did not come is repeated, as the engine does.
                LabHost.Expect(GuardStatus.Committed, reply is GuardReply.Answered { Lost: not null } ? await host.Guard.CommitAsync(host.Entry, plan, token, cancellation) : reply);
                return;
            }
        }
        catch
        {
            await host.Guard.RevertAsync(host.Entry, plan, token, CancellationToken.None);
            throw;
        }

        LabHost.Expect(GuardStatus.Reverted, await host.Guard.RevertAsync(host.Entry, plan, token, cancellation));
    }

    private static async Task ProveAsync(string machine, LabHost host, string fault, Finding finding, ImmutableSortedSet<string> healthy, ImmutableSortedSet<string> broken, string leaves)
    {
        var (_, after) = await host.CheckAsync();
        Assert.DoesNotContain(after.Findings, other => other.Id == finding.Id && other.Subject == finding.Subject);
        (await LabFixture.LabAsync("lease", machine, Guest, "--timeout", "20")).Expect();
        var state = await LabHost.StateAsync(machine);
        Assert.NotEmpty(state.SymmetricExcept(broken));
        state = Lasting(state, fault, leaves);
        broken = Lasting(broken, fault, leaves);

        // Whatever the repair changed is as it was before the fault, but for what the repair is meant to leave.
        var come = state.Except(broken).Where(line => !healthy.Contains(line) && !(leaves.Length > 0 && line.Contains(leaves, StringComparison.Ordinal)));
        var gone = broken.Except(state).Where(healthy.Contains);
        Assert.Equal("", string.Join("\n", come.Select(line => "come: " + line).Concat(gone.Select(line => "gone: " + line))));
    }

    /// <summary>A listening port forwards in the end, and a guard that is on again waits for the next BPDU: taken back, the fault is not there at once.</summary>
    private static bool PassesByItself(string fault) => fault.StartsWith(BridgeStpForwardDelay.Id, StringComparison.Ordinal) || fault == "bridge.port-blocked.guard";

    /// <summary>
    /// A port that was listening forwards after a while whatever one does, and a bridge that got or lost its only port says so a second later: none of that can be put back.
    /// </summary>
    private static ImmutableSortedSet<string> Lasting(ImmutableSortedSet<string> state, string fault, string leaves)
        => [.. from line in state
               where !PassesByItself(fault) || !line.Contains("info_slave_data.state", StringComparison.Ordinal)
               where leaves.Length == 0 || !line.StartsWith($"link {leaves} operstate ", StringComparison.Ordinal)
               select line];
}
