using System.Collections.Immutable;
using System.Text;
using ChatOpsBot.Application.Observation;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Probes;

namespace ChatOpsBot.Application.Probing;

/// <summary>
/// Goes on where the one read did not suffice: listens, asks, reads a few rows again, all at once, and puts what was said into the snapshot. A probe that fails leaves its reason there; the
/// check goes on without it.
/// </summary>
/// <param name="reader">Reads rows again.</param>
/// <param name="probes">Runs programs on hosts.</param>
/// <param name="time">The clock.</param>
public sealed class ProbeRound(HostReader reader, HostProbes probes, TimeProvider time)
{
    // The second read comes this long after the first.
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(2);

    // A trace that has not begun by now must not hold up what it should see.
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(2);

    /// <summary>Diagnoses a snapshot, and once more with probes where they are called for.</summary>
    /// <param name="host">Which host.</param>
    /// <param name="snapshot">What was read.</param>
    /// <param name="focus">What the question is about.</param>
    /// <param name="wish">What may be done.</param>
    /// <param name="history">What is known to have changed on the host.</param>
    /// <param name="progress">Told about each probe that has ended.</param>
    /// <param name="cancellationToken">Ends the probes, on the host too.</param>
    public async Task<(HostSnapshot Snapshot, Diagnosis Diagnosis)> DiagnoseAsync(
        HostEntry host, HostSnapshot snapshot, DiagnosisFocus focus, ProbeWish wish, ImmutableArray<RecentChange> history, IProgress<ReadProgress>? progress, CancellationToken cancellationToken)
    {
        var diagnosis = Diagnostician.Diagnose(snapshot, host, focus, wish.Because, history);
        var plan = ProbePlan.For(new HostView(snapshot, host) { Focus = focus }, diagnosis, wish);
        if (plan.IsEmpty)
        {
            return (snapshot, diagnosis);
        }

        var start = time.GetTimestamp();
        var sections = await RunAsync(host, plan, progress, cancellationToken);
        var probed = ProbeSections.With(snapshot, sections) with { Duration = snapshot.Duration + time.GetElapsedTime(start) };
        return (probed, Diagnostician.Diagnose(probed, host, focus, wish.Because, history));
    }

    private async Task<ImmutableArray<SectionOutput>> RunAsync(HostEntry host, ProbePlan plan, IProgress<ReadProgress>? progress, CancellationToken cancellationToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var watch = plan.Watch.IsEmpty
            ? null
            : probes.RunAsync(host, "watch", ProbeProgram.Watch, plan.Watch, ProbePlan.TraceFor, () => listening.TrySetResult(), cancellationToken);
        var again = plan.ReadsAgain ? ReadAgainAsync(host, cancellationToken) : null;
        if (watch is not null && !(plan.Dhcp.IsEmpty && plan.Who.IsEmpty))
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(listening.Task, watch, Task.Delay(ReadyWithin, time, over.Token));
            await over.CancelAsync();
        }

        var dhcp = plan.Dhcp.Select(ask => probes.RunAsync(host, ask.Bridge, ProbeProgram.Dhcp, ask.Arguments, DhcpAsk.Duration, null, cancellationToken)).ToArray();
        var who = plan.Who.Select(ask => probes.RunAsync(host, ask.Bridge, ProbeProgram.Who, ask.Arguments, WhoAsk.Duration, null, cancellationToken)).ToArray();
        var pings = plan.DontFragment.Select(ask => probes.PingAsync(host, ask, cancellationToken)).ToArray();
        var sections = new Dictionary<string, SectionOutput>(StringComparer.Ordinal);
        Keep(ProbeSections.Arp, await Task.WhenAll(who));
        Keep(ProbeSections.DontFragment, await Task.WhenAll(pings));
        foreach (var section in again is null ? [] : await again)
        {
            sections[section.Id] = section;
        }

        Keep(ProbeSections.Dhcp, await Task.WhenAll(dhcp));
        if (watch is not null)
        {
            var heard = await watch;
            Keep(ProbeSections.Trace, [heard with { Stdout = Only(heard.Stdout, ofSwitches: false) }]);
            Keep(ProbeSections.Lldp, [heard with { Stdout = Only(heard.Stdout, ofSwitches: true) }]);
        }

        foreach (var (id, why) in plan.Withheld)
        {
            Keep(id, [ProbeSections.NotRun("withheld", why)]);
        }

        return [.. sections.Values];

        void Keep(string id, PartOutput[] parts)
        {
            if (parts.Length > 0)
            {
                sections[id] = new(id, [.. sections.GetValueOrDefault(id)?.Parts ?? [], .. parts]);
                progress?.Report(new(id, sections.Count, sections.Count));
            }
        }
    }

    private async Task<ImmutableArray<SectionOutput>> ReadAgainAsync(HostEntry host, CancellationToken cancellationToken)
    {
        await Task.Delay(Apart, time, cancellationToken);
        return await reader.ReadAgainAsync(host, cancellationToken);
    }

    // One program listens for both; each section keeps the lines that are its own.
    private static ReadOnlyMemory<byte> Only(ReadOnlyMemory<byte> output, bool ofSwitches)
    {
        var lines = Encoding.UTF8.GetString(output.Span).Split('\n');
        return Encoding.UTF8.GetBytes(string.Join('\n', lines.Where(line => line.Split(' ', 2)[0] switch
        {
            "lldp" or "bpdu" => ofSwitches,
            "dhcp" or "arp" or "heard" or "unicast" => !ofSwitches,
            _ => true,
        })));
    }
}
