using System.Collections.Immutable;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Observation;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Incidents;
using GuardStatus = ChatOpsBot.Domain.Guard.GuardStatus;

namespace ChatOpsBot.Application.Repairs;

/// <summary>
/// Judges a repair over a new connection: is the finding gone, is nothing worse, has the symptom turned? Changes nothing but the watchdog's deadline, so a repeat is another look.
/// </summary>
/// <param name="configuration">The hosts in force.</param>
/// <param name="plans">The guard with lease and journal.</param>
/// <param name="reader">Reads hosts.</param>
/// <param name="symptom">Looks for the cure.</param>
/// <param name="baselines">What was seen before; not needed any more afterwards.</param>
/// <param name="progress">Told what goes on.</param>
/// <param name="options">Times.</param>
/// <param name="time">The clock.</param>
public sealed class VerifyRepair(
    IConfigurationSource configuration, PlanGuard plans, HostReader reader, SymptomCheck symptom, RepairBaselines baselines, ProgressHub progress, RepairOptions options, TimeProvider time)
    : RepairHandler(EffectCodec.VerifyRepair, configuration, progress)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override async Task<EffectOutcome> PerformAsync(RepairWork work, CancellationToken cancellationToken)
    {
        Tell(work, "verify", "connecting anew");
        var asked = await plans.Guard.StatusAsync(work.Host, work.Plan, cancellationToken);
        if (asked is not GuardReply.Answered(var status, _))
        {
            return new EffectOutcome.Retry(Masking.Mask(GuardWording.Of(asked)), Soon);
        }

        if (status.Status != GuardStatus.Applied)
        {
            await baselines.ForgetAsync(work.Plan.Id);
            return await plans.SettleAsync(work, status, cancellationToken);
        }

        var (token, why) = await plans.TokenAsync(work, cancellationToken);
        if (token is not { } held)
        {
            return new EffectOutcome.Retry(why, Soon);
        }

        using var lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var finished = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var holding = HoldAsync(work, held, lost, finished.Token);
        EffectOutcome outcome;
        try
        {
            outcome = await JudgeAsync(work, lost.Token);
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The next try asks how the plan stands: most likely the watchdog has taken it back.
            outcome = new EffectOutcome.Retry("contact to the guard was lost while the repair was verified", Soon);
        }
        finally
        {
            await finished.CancelAsync();
            await holding;
        }

        if (outcome is EffectOutcome.Done)
        {
            await baselines.ForgetAsync(work.Plan.Id);
        }

        return outcome;
    }

    /// <summary>Pushes the deadline while we look, each time over a new connection: who cannot log in any more must not keep the repair alive.</summary>
    private async Task HoldAsync(RepairWork work, long token, CancellationTokenSource lost, CancellationToken finished)
    {
        try
        {
            var held = time.GetTimestamp();
            while (!finished.IsCancellationRequested)
            {
                var pause = plans.Deadline / 3;
                switch (await plans.Guard.ExtendAsync(work.Host, work.Plan, token, plans.Deadline, finished))
                {
                    case GuardReply.Answered({ Status: GuardStatus.Applied }, _):
                        held = time.GetTimestamp();
                        break;
                    case GuardReply.Answered:
                        await lost.CancelAsync();
                        return;
                    case var _ when time.GetElapsedTime(held) > plans.Deadline:
                        await lost.CancelAsync();
                        return;
                    default:
                        // One lost connection is no lost host; the watchdog still waits.
                        pause = pause < Soon ? pause : Soon;
                        break;
                }

                await Task.Delay(pause, time, finished);
            }
        }
        catch (OperationCanceledException)
        {
            // The judgement is there.
        }
    }

    private async Task<EffectOutcome> JudgeAsync(RepairWork work, CancellationToken cancellationToken)
    {
        if (work.Plan.ActivatesNothing)
        {
            return Written(work);
        }

        var (looked, why) = await LookAsync(work, cancellationToken);
        if (looked is not var (view, diagnosis))
        {
            return new EffectOutcome.Retry(why, Soon);
        }

        var proofs = ImmutableArray.CreateBuilder<Proof>();
        proofs.Add(new("the host answers over a new connection", true, $"read in {diagnosis.Duration.TotalSeconds:0.0} s"));
        proofs.Add(PredicateProof(work, diagnosis));
        if (await symptom.CompareGatewayAsync(work, cancellationToken) is { } gateway)
        {
            proofs.Add(gateway);
        }

        proofs.AddRange(OwnDrifts(work, diagnosis).Select(drift => new Proof("the configuration does not have the repair yet", true, drift.Summary)));
        var others = OtherRoots(work, diagnosis);
        if (proofs.Any(proof => !proof.Passed))
        {
            return Judged(work, VerifyOutcome.Worse, proofs, others);
        }

        Tell(work, "verify", "waiting for the guest's DHCPACK");
        var cure = await symptom.LookAsync(work, view, behindOther: !others.IsEmpty, news => Tell(work, "verify", $"waiting for the guest's DHCPACK: {news}"), cancellationToken);
        proofs.Add(cure);
        return Judged(work, cure.Passed ? VerifyOutcome.Done : VerifyOutcome.Kept, proofs, others);
    }

    private EffectOutcome.Done Judged(RepairWork work, VerifyOutcome outcome, ImmutableArray<Proof>.Builder proofs, ImmutableArray<string> others)
        => new(new IncidentEvent.Verified(time.GetUtcNow(), work.Plan.Id, outcome, proofs.ToImmutable(), others));

    /// <summary>Files that nobody has read yet cure nothing and harm nothing. That each is as planned the guard has seen, by its hash, and has just said over a new connection.</summary>
    private EffectOutcome.Done Written(RepairWork work)
    {
        var proofs = ImmutableArray.CreateBuilder<Proof>();
        proofs.Add(new("the host answers over a new connection", true, "the guard said that every step was applied"));
        proofs.Add(new("the files are as planned", true, string.Join(", ", work.Plan.Steps.Select(step => step.Name))));
        return Judged(work, VerifyOutcome.Done, proofs, work.Incident.Diagnosis is { } diagnosis ? [.. Roots(diagnosis).Select(root => $"{root.Id} {root.Subject}")] : []);
    }

    /// <summary>Reads the host anew until the finding is gone or has had its time: a carrier or a bridge port needs seconds.</summary>
    private async Task<((HostView View, Diagnosis Diagnosis)? Looked, string Why)> LookAsync(RepairWork work, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        while (true)
        {
            Tell(work, "verify", "reading the host over a new connection");
            if (await reader.ReadAsync(work.Host, null, fresh: true, cancellationToken) is not ReadOutcome.Read(var snapshot))
            {
                return (null, "the host could not be read over a new connection");
            }

            var diagnosis = Diagnostician.Diagnose(snapshot, work.Host, work.Incident.Request.Focus);
            if (PredicateProof(work, diagnosis).Passed || time.GetElapsedTime(begin) >= options.SettleWithin)
            {
                return ((new HostView(snapshot, work.Host), diagnosis), "");
            }

            await Task.Delay(options.SettleEvery, time, cancellationToken);
        }
    }

    /// <summary>The finding is gone, or the fault was not found at all when a person asked for the runbook. A rule that could not look again is no pass.</summary>
    private static Proof PredicateProof(RepairWork work, Diagnosis diagnosis)
    {
        if (work.Proposal.Target is not { } target)
        {
            var before = work.Incident.Diagnosis?.Findings.Select(finding => (finding.Id, finding.Subject)).ToHashSet() ?? [];
            var added = Roots(diagnosis).Except(OwnDrifts(work, diagnosis)).FirstOrDefault(root => !before.Contains((root.Id, root.Subject)));
            return new("no fault was added", added is null, added is null ? "the same findings as before, or fewer" : $"{added.Id} {added.Subject}: {added.Summary}");
        }

        var what = $"{target.Fault} {target.Subject} is gone";
        if (ProofSubjects.FindingOf(diagnosis, target) is { } still)
        {
            return new(what, false, still.Summary);
        }

        return diagnosis.Undecided.FirstOrDefault(undecided => undecided.RuleId == target.Fault) is { } blind
            ? new(what, false, $"it could not be judged again: {blind.Section}: {blind.Why}")
            : new(what, true, "the rule looked again and found nothing");
    }

    private static ImmutableArray<string> OtherRoots(RepairWork work, Diagnosis diagnosis)
        => [.. Roots(diagnosis).Where(root => root.Id != work.Proposal.Target?.Fault || root.Subject != work.Proposal.Target.Subject)
            .Except(OwnDrifts(work, diagnosis)).Select(root => $"{root.Id} {root.Subject}")];

    private static IEnumerable<Finding> OwnDrifts(RepairWork work, Diagnosis diagnosis)
        => Roots(diagnosis).Where(root => OwnDrift.IsMadeBy(work.Incident, work.Plan, root) || OwnDrift.IsOwn(work.Incident, root));

    private static IEnumerable<Finding> Roots(Diagnosis diagnosis) => diagnosis.Findings.Where(finding => finding is { ConsequenceOf: null, Certainty: >= Certainty.Likely });
}
