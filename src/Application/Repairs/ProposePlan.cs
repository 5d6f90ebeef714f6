using System.Globalization;
using System.Security.Cryptography;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Runbooks;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Application.Repairs;

/// <summary>Makes a plan from the incident's last read and asks the policy what it needs. Touches nothing but the host's key, so a repeat makes another plan of the same content.</summary>
/// <param name="configuration">Hosts, policy and runbooks in force.</param>
/// <param name="snapshots">The read.</param>
/// <param name="keys">Asks for the key that the plan is bound to.</param>
/// <param name="progress">Told what goes on.</param>
/// <param name="time">The clock.</param>
public sealed class ProposePlan(
    IConfigurationSource configuration, SnapshotKeeper snapshots, IHostKeys keys, ProgressHub progress, TimeProvider time)
    : IEffectHandler
{
    // The policy's time follows from the plan's risk, so the plan comes first.
    private static readonly TimeSpan Provisional = TimeSpan.FromMinutes(30);

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names { get; } = [EffectCodec.ProposePlan];

    /// <inheritdoc/>
    public async Task<EffectOutcome> PerformAsync(EffectTask task, CancellationToken cancellationToken)
    {
        var incident = task.Incident.Incident;
        var current = configuration.Current;
        if (current.Inventory.Find(incident.Request.Host) is not { } host)
        {
            return Impossible(incident, $"the inventory has no host {incident.Request.Host} any more");
        }

        if (incident.State is not IncidentState.Observing { Planning: true } state || await snapshots.FindAsync(incident.Id, incident.Generation, cancellationToken) is not { } snapshot)
        {
            return Impossible(incident, "what was read of the host is not there any more; recheck the incident");
        }

        progress.Report(new(incident.Id, "plan", "making a plan", 0, 0));
        try
        {
            if (incident.AsksForProbes)
            {
                return await keys.ReadAsync(host, cancellationToken) is HostKeyOutcome.Offered shown
                    ? ProposeProbes(current, incident, new(snapshot, host) { Focus = incident.Request.Focus }, shown.Fingerprint)
                    : new EffectOutcome.Retry($"{host.Name} did not show its SSH key");
            }

            var finding = ProofSubjects.FindingOf(incident.Diagnosis, state.Target);
            var id = incident.Runbook?.Runbook ?? finding?.Repair;
            if (current.Runbooks.Find(id) is not { } runbook)
            {
                return Impossible(incident, $"there is no runbook {id ?? "for it"}; put it into the runbooks folder, or repair the host by hand");
            }

            if (await keys.ReadAsync(host, cancellationToken) is not HostKeyOutcome.Offered key)
            {
                return new EffectOutcome.Retry($"{host.Name} did not show its SSH key");
            }

            return Propose(current, incident, new()
            {
                Runbook = runbook,
                Snapshot = snapshot,
                Host = host,
                Finding = incident.Runbook is null ? finding : null,
                Arguments = incident.Runbook?.Arguments ?? System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty,
                HostKeyFingerprint = key.Fingerprint,
                PlanId = NewId(incident),
                Expires = time.GetUtcNow() + Provisional,
            });
        }
        finally
        {
            progress.Clear(incident.Id);
        }
    }

    /// <summary>What the policy is asked about a plan, when it is proposed and again right before it begins.</summary>
    internal static PolicyQuestion QuestionOf(Incident incident, bool byName, PolicyHost host, Risk risk)
        => new() { Person = incident.Requester, Command = byName ? PolicyCommand.Run : PolicyCommand.Check, Host = host, Risk = risk };

    private EffectOutcome.Done Propose(ServiceConfiguration current, Incident incident, PlanRequest request)
    {
        switch (Planner.Plan(request))
        {
            case PlanOutcome.Impossible impossible:
                return Impossible(incident, impossible.Message + Commands(impossible));
            case PlanOutcome.Planned(var plan, var preview):
                switch (PolicyJudge.Judge(current.Policy, QuestionOf(incident, incident.Runbook is not null, current.HostOf(request.Host.Name), plan.Risk)))
                {
                    case PolicyAnswer.NeedsApprovals(var requirement, var expires):
                        var now = time.GetUtcNow();
                        var dated = plan with { Expires = now + expires, Diff = preview.IsOfFiles ? string.Join('\n', PlanDiff.Shown(preview)) : null };
                        return new(new IncidentEvent.PlanProposed(now, incident.Generation, dated, PlanHash.Of(dated), requirement));
                    case PolicyAnswer.Refused refused:
                        return Impossible(incident, $"the policy allows this repair to nobody ({refused.Rule}): {refused.Sentence}; {refused.Remedy}{Commands(plan)}");
                    case var other:
                        throw new InvalidOperationException($"a plan was answered by {other.GetType().Name}");
                }

            case var other:
                throw new InvalidOperationException($"unexpected outcome {other.GetType().Name}");
        }
    }

    /// <summary>What was read and the policy say what is to be sent; people decide on exactly that.</summary>
    private EffectOutcome.Done ProposeProbes(ServiceConfiguration current, Incident incident, HostView view, string hostKey)
    {
        var requests = incident.Diagnosis is { } diagnosis ? ProbePlan.For(view, diagnosis, ObserveHost.WishOf(incident, current.Policy)).ToApprove : [];
        var answer = PolicyJudge.Judge(current.Policy, QuestionOf(incident, byName: false, current.HostOf(view.Host.Name), Risk.D1));
        var now = time.GetUtcNow();
        return (answer, requests.IsEmpty) switch
        {
            (PolicyAnswer.NeedsApprovals(var requirement, var expires), false) when ProbeRequests.PlanOf(view, requests, NewId(incident), hostKey, now + expires) is { } plan
                => new(new IncidentEvent.PlanProposed(now, incident.Generation, plan, PlanHash.Of(plan), requirement)),
            (PolicyAnswer.Refused refused, _) => Impossible(incident, $"a probe could say more, and the policy allows it to nobody ({refused.Rule}): {refused.Sentence}; {refused.Remedy}"),
            _ => Impossible(incident, "a probe could say more, but what it would send is not known any more; recheck the incident"),
        };
    }

    private EffectOutcome.Done Impossible(Incident incident, string why) => new(new IncidentEvent.PlanImpossible(time.GetUtcNow(), incident.Generation, Masking.Mask(why)));

    private static string Commands(PlanOutcome.Impossible impossible)
        => impossible.Commands.IsEmpty ? "" : $": {string.Join("; ", impossible.Commands.Select(argv => string.Join(' ', argv)))}";

    private static string Commands(Plan plan) => $". The commands would be: {string.Join("; ", plan.Steps.Select(step => string.Join(' ', step.Run)))}";

    /// <summary>Numbers of incidents begin anew with another store, but hosts remember plans, so the id holds something that no store has had.</summary>
    private static string NewId(Incident incident)
        => string.Create(CultureInfo.InvariantCulture, $"i{incident.Id.Number}-{incident.Generation}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(5))}");
}
