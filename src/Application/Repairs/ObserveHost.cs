using System.Collections.Immutable;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Observation;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Probing;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Domain.Probes;

namespace ChatOpsBot.Application.Repairs;

/// <summary>Reads the incident's host and diagnoses it. Changes nothing, so a repeat is another read.</summary>
/// <param name="configuration">The hosts in force.</param>
/// <param name="reader">Reads hosts.</param>
/// <param name="probes">Goes on where the read does not suffice.</param>
/// <param name="history">What the store knows of the host.</param>
/// <param name="snapshots">Where the read is kept.</param>
/// <param name="progress">Told about each section.</param>
/// <param name="time">The clock.</param>
public sealed class ObserveHost(IConfigurationSource configuration, HostReader reader, ProbeRound probes, HostHistory history, SnapshotKeeper snapshots, ProgressHub progress, TimeProvider time) : IEffectHandler
{
    // A host that answered before gets more patience than one that never did: a single lost connection must not end an incident that was on its way.
    private const int FirstTries = 2;
    private const int LaterTries = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names { get; } = [EffectCodec.Observe];

    /// <inheritdoc/>
    public async Task<EffectOutcome> PerformAsync(EffectTask task, CancellationToken cancellationToken)
    {
        var incident = task.Incident.Incident;
        var generation = incident.Generation;
        if (configuration.Current.Inventory.Find(incident.Request.Host) is not { } host)
        {
            return new EffectOutcome.GiveUp($"the inventory has no host {incident.Request.Host} any more");
        }

        try
        {
            var (began, start) = (time.GetUtcNow(), time.GetTimestamp());
            var sections = new Sections(incident.Id, progress);
            switch (await reader.ReadAsync(host, sections, fresh: false, cancellationToken))
            {
                case ReadOutcome.Read(var snapshot):
                    var wish = Wish(incident);
                    var (probed, diagnosis) = await probes.DiagnoseAsync(
                        host, snapshot, incident.Request.Focus, wish, await history.ChangesAsync(host, snapshot, cancellationToken), sections, cancellationToken);
                    var kept = await snapshots.KeepAsync(probed, cancellationToken);
                    return new EffectOutcome.Done(new IncidentEvent.Observed(time.GetUtcNow(), generation, diagnosis, kept) { AsksForProbes = Asks(incident, host, probed, diagnosis, wish) });
                case ReadOutcome.Failed failed when MayPass(failed.Kind) && task.Failures + 1 < (generation == 1 ? FirstTries : LaterTries):
                    return new EffectOutcome.Retry(failed.Message, Pause);
                case ReadOutcome.Failed(_, var message):
                    return new EffectOutcome.Done(new IncidentEvent.Observed(time.GetUtcNow(), generation, Unreachable(host, message, began, time.GetElapsedTime(start)), null));
                case var other:
                    throw new InvalidOperationException($"unknown outcome {other.GetType().Name}");
            }
        }
        finally
        {
            progress.Clear(incident.Id);
        }
    }

    /// <summary>After a repair the wait for the guest's DHCPACK is the probe; and who names a runbook asks for no diagnosis.</summary>
    private ProbeWish Wish(Incident incident) => WishOf(incident, configuration.Current.Policy) with { Approved = Approved(incident) };

    /// <summary>What the incident's request and the policy allow, before any approval. Where the policy wants one for P.dhcp, it is also the leave to use a guest-style address: what is approved names it.</summary>
    internal static ProbeWish WishOf(Incident incident, Policy policy)
        => new(
            incident is { Committed.IsEmpty: true, Request.Runbook: null } && Enum.TryParse<ProbeMode>(incident.Request.Probes, ignoreCase: true, out var mode) ? mode : ProbeMode.None,
            policy.Probes)
        {
            Because = incident.Request.Because,
            MayTakePortDown = policy.Probes.For(ProbeSections.Dhcp) == ProbeUse.Approve,
        };

    /// <summary>Approvals are judged again right before anything is sent, as those of a repair are, and do not outlive the time there was to give them.</summary>
    private ImmutableArray<string> Approved(Incident incident)
        => incident.ProbesNow is { Plan: var plan } proposal && time.GetUtcNow() < plan.Expires
            && PolicyJudge.JudgeBegin(configuration.Current.Policy, ProposePlan.QuestionOf(incident, byName: false, configuration.Current.HostOf(plan.Host), plan.Risk), [.. proposal.Approvals.Select(approval => approval.By)]) is ApprovalJudgement.Enough
            ? ProbeRequests.Lines(plan)
            : [];

    /// <summary>Nobody is asked when nobody could approve it, and never twice in a row.</summary>
    private bool Asks(Incident incident, HostEntry host, HostSnapshot probed, Diagnosis diagnosis, ProbeWish wish)
        => incident.ProbesNow is null && !ProbePlan.For(new HostView(probed, host) { Focus = incident.Request.Focus }, diagnosis, wish).ToApprove.IsEmpty
            && PolicyJudge.Judge(configuration.Current.Policy, ProposePlan.QuestionOf(incident, byName: false, configuration.Current.HostOf(host.Name), Risk.D1)) is PolicyAnswer.NeedsApprovals;

    private static bool MayPass(ShellFailureKind kind)
        => kind is ShellFailureKind.Unreachable or ShellFailureKind.TimedOut or ShellFailureKind.Killed or ShellFailureKind.HostRefused;

    private static Diagnosis Unreachable(HostEntry host, string why, DateTimeOffset began, TimeSpan took)
        => new(host.Name, began, took, OverallVerdict.Unreachable, [], [], [], [new("ssh", Masking.Mask(why))], []);

    // Not Progress<T>: that would post to another thread and may arrive after the end.
    private sealed class Sections(IncidentId incident, ProgressHub progress) : IProgress<ReadProgress>
    {
        public void Report(ReadProgress value) => progress.Report(new(incident, "read", value.Section, value.Done, value.Total));
    }
}
