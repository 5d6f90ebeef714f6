using System.Collections.Immutable;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Support;

/// <summary>One incident of each state and every kind of event, all about the same host, for tables and round trips.</summary>
public static class IncidentSamples
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static readonly PersonId Ann = new("ann");

    public static readonly PersonId Bo = new("bo");

    public static readonly PersonId Cy = new("cy");

    public static readonly ConversationId Channel = new("slack:T1/C1");

    public static readonly ConversationId Leads = new("slack:T1/C2");

    /// <summary>Later moments of the story, in minutes.</summary>
    public static DateTimeOffset At(double minutes) => Noon.AddMinutes(minutes);

    public static Plan Plan(string id = "i-1-1", string host = "host42") => new()
    {
        Id = id,
        Host = host,
        HostKeyFingerprint = "SHA256:abc",
        MachineId = "0123456789abcdef0123456789abcdef",
        BootId = "11111111-2222-3333-4444-555555555555",
        Runbook = "bridge/attach-uplink",
        RunbookHash = "aa",
        Fault = "bridge.uplink-missing",
        FindingHash = "bb",
        Risk = Risk.D0,
        Steps =
        [
            new()
            {
                Name = "Attach eno2 to br0",
                Subject = new("eno2", 3, "52:54:00:aa:bb:01"),
                Read = ["cat", "/sys/class/net/eno2/brport/bridge/ifindex"],
                Before = "none",
                Run = ["ip", "link", "set", "dev", "eno2", "master", "br0"],
                After = "5",
                Undo = ["ip", "link", "set", "dev", "eno2", "nomaster"],
                Risk = Risk.D0,
            },
        ],
        BlastRadius = ["vm1"],
        Expires = At(31),
    };

    public static Finding Finding(string id = "bridge.uplink-missing", string subject = "br0", Certainty certainty = Certainty.Certain, string? repair = "bridge/attach-uplink") => new()
    {
        Id = id,
        Subject = subject,
        Scope = Scope.Bridge,
        Certainty = certainty,
        Summary = $"{subject} has no uplink port",
        Because = [new("e.link", "eno2: master none")],
        Bridge = "br0",
        Repair = repair,
        Question = repair is null ? "Is the cable of eno2 in switch port 7?" : null,
        Risk = Risk.D0,
    };

    public static Diagnosis Diagnosis(OverallVerdict verdict, params ImmutableArray<Finding> findings) => new(
        "host42", At(0.5), TimeSpan.FromMilliseconds(412), verdict, findings, [new("nic.uplink-no-carrier", "eno2 has LOWER_UP")],
        verdict == OverallVerdict.Inconclusive ? [new("nf.bridge-family-drop", "e.nft", "needs root, sudo -n refused")] : [],
        [new("e.nft", "needs root, sudo -n refused")], [new("vm1", "vnet0", "br0", "52:54:00:aa:bb:02", null)]);

    public static ApprovalRequirement Requirement(int quorum = 1, bool requesterMay = false)
        => new() { From = ["group:network"], Quorum = quorum, RequesterMay = requesterMay, Rule = "approvals[0]", Notify = [Leads] };

    public static IncidentEvent.Opened Opened { get; } = new(Noon, Ann, new() { Host = "host42", Because = "no DHCP" }, Channel, new());

    public static IncidentEvent.Observed Fault(int generation = 1, params ImmutableArray<Finding> findings)
        => new(At(1), generation, Diagnosis(OverallVerdict.Fault, findings.IsEmpty ? [Finding()] : findings), new("cc", 100_000));

    public static IncidentEvent.PlanProposed Proposed(int generation = 1, ApprovalRequirement? requirement = null, Plan? plan = null)
        => new(At(1), generation, plan ?? Plan(), PlanHash.Of(plan ?? Plan()), requirement ?? Requirement());

    public static IncidentEvent.Approved Approved(PersonId by, int generation = 1, double minutes = 2) => new(At(minutes), by, generation, PlanHash.Of(Plan()));

    public static IncidentEvent.GuardReported GuardSaid(GuardStatus status, string planId = "i-1-1")
        => new(At(3), planId, new() { Status = status, Values = status is GuardStatus.RevertConflict or GuardStatus.RevertFailed ? [new("eno2", "none", "5", "9")] : [] });

    public static IncidentEvent.Verified Verified(VerifyOutcome outcome, params ImmutableArray<string> otherRoots)
        => new(At(4), "i-1-1", outcome, [new("DHCPACK for vm1 on vnet0", outcome == VerifyOutcome.Done, "ack 10.0.0.7")], otherRoots);

    /// <summary>An incident after those events; each must be accepted.</summary>
    public static Incident After(params ReadOnlySpan<IncidentEvent> events)
    {
        var incident = Incident.Blank(new(1));
        foreach (var happened in events)
        {
            incident = IncidentTransitions.Decide(incident, happened) switch
            {
                Transition.Accepted accepted => accepted.Next,
                Transition.Refused refused => throw new InvalidOperationException($"{happened.GetType().Name}: {refused.Reason}"),
                var other => throw new InvalidOperationException(other.GetType().Name),
            };
        }

        return incident;
    }

    /// <summary>One incident for each row of the table, with the name of the row.</summary>
    public static IEnumerable<(string Row, Incident Incident)> States()
    {
        yield return ("new", Incident.Blank(new(1)));
        yield return ("observing", After(Opened));
        yield return ("observing, a plan is being made", After(Opened, Fault()));
        yield return ("observing, was escalated", After(Opened, new IncidentEvent.Observed(At(1), 1, Diagnosis(OverallVerdict.Inconclusive), null), new IncidentEvent.RecheckRequested(At(2), Ann)));
        yield return ("observing, a repair was kept", Kept());
        yield return ("awaiting-approval", After(Opened, Fault(), Proposed()));
        yield return ("awaiting-approval, one of two given", After(Opened, Fault(), Proposed(1, Requirement(2)), Approved(Bo)));
        yield return ("applying, not begun", Approving());
        yield return ("applying, begun", Applying());
        yield return ("applying, by one person alone", After(Opened, Fault(), Proposed(), Events().First(sample => sample.Line == "GlassBroken").Event));
        yield return ("resolved, what was done alone is not reviewed", Alone());
        yield return ("verifying", Verifying());
        yield return ("verifying, a likely finding", After(Opened, Fault(1, Finding(certainty: Certainty.Likely)), Proposed(), Approved(Bo), GuardSaid(GuardStatus.Armed), GuardSaid(GuardStatus.Applied)));
        yield return ("verifying, committing the proven", Verified(Verifying(), VerifyOutcome.Done));
        yield return ("verifying, committing the proven, others left", Verified(Verifying(), VerifyOutcome.Done, "nf.bridge-family-drop br0"));
        yield return ("verifying, committing the kept", Verified(Verifying(), VerifyOutcome.Kept));
        yield return ("reverting", Verified(Verifying(), VerifyOutcome.Worse));
        yield return ("reverting, cancelled", Then(Approving(), new IncidentEvent.CancelRequested(At(3), Ann, "wrong host")));
        yield return ("watching", Watching());
        yield return ("escalated", After(Opened, new IncidentEvent.Observed(At(1), 1, Diagnosis(OverallVerdict.Inconclusive), null)));
        yield return ("healthy", After(Opened, new IncidentEvent.Observed(At(1), 1, Diagnosis(OverallVerdict.Healthy), null)));
        yield return ("resolved", Then(Watching(), new IncidentEvent.AckSeen(At(9), "DHCPACK for vm1 on vnet0")));
        yield return ("declined", After(Opened, Fault(), Proposed(), new IncidentEvent.Denied(At(2), Bo, 1, PlanHash.Of(Plan()), "not today")));
        yield return ("expired", After(Opened, Fault(), Proposed(), new IncidentEvent.ApprovalExpired(At(31), 1)));
        yield return ("cancelled", After(Opened, new IncidentEvent.CancelRequested(At(1), Ann, null)));
        yield return ("reverted", Then(Verified(Verifying(), VerifyOutcome.Worse), GuardSaid(GuardStatus.Reverted)));
        yield return ("revert-failed", Then(Verified(Verifying(), VerifyOutcome.Worse), GuardSaid(GuardStatus.RevertConflict)));
        yield return ("unreachable", After(Opened, new IncidentEvent.Observed(At(1), 1, Diagnosis(OverallVerdict.Unreachable), null)));
    }

    private static Incident Alone()
    {
        var applying = After(Opened, Fault(), Proposed(), Events().First(sample => sample.Line == "GlassBroken").Event);
        return Then(Verified(Then(Then(applying, GuardSaid(GuardStatus.Armed)), GuardSaid(GuardStatus.Applied)), VerifyOutcome.Done), GuardSaid(GuardStatus.Committed));
    }

    /// <summary>Every kind of event, with the name of the line; those that belong to an observation say which.</summary>
    public static IEnumerable<(string Line, IncidentEvent Event)> Events(int generation = 1)
    {
        var hash = PlanHash.Of(Plan());
        yield return ("Opened", Opened);
        yield return ("Joined", new IncidentEvent.Joined(At(5), Bo, new() { Host = "host42" }, new("console:bo")));
        yield return ("Joined with a runbook", new IncidentEvent.Joined(At(5), Bo, new() { Host = "host42", Runbook = new("guest/nudge", ImmutableSortedDictionary<string, string>.Empty) }, null));
        yield return ("Joined, other host", new IncidentEvent.Joined(At(5), Bo, new() { Host = "host43" }, null));
        yield return ("RecheckRequested", new IncidentEvent.RecheckRequested(At(5), Bo));
        yield return ("RunRequested", new IncidentEvent.RunRequested(At(5), Bo, new("guest/nudge", ImmutableSortedDictionary<string, string>.Empty.Add("guest", "vm1"))));
        yield return ("NoteAdded", new IncidentEvent.NoteAdded(At(5), Bo, "seen on vm1 too"));
        yield return ("CancelRequested", new IncidentEvent.CancelRequested(At(5), Bo, "stop"));
        yield return ("Observed healthy", new IncidentEvent.Observed(At(5), generation, Diagnosis(OverallVerdict.Healthy), null));
        yield return ("Observed inconclusive", new IncidentEvent.Observed(At(5), generation, Diagnosis(OverallVerdict.Inconclusive), null));
        yield return ("Observed unreachable", new IncidentEvent.Observed(At(5), generation, Diagnosis(OverallVerdict.Unreachable), null));
        yield return ("Observed repairable fault", Fault(generation));
        yield return ("Observed another repairable fault", Fault(generation, Finding("nf.bridge-family-drop", "br0", Certainty.Likely, "nf/remove-drop")));
        yield return ("Observed fault without repair", Fault(generation, Finding("nic.uplink-no-carrier", "eno2", repair: null)));
        yield return ("Observed, older", Fault(generation - 1));
        yield return ("PlanProposed", Proposed(generation));
        yield return ("PlanProposed, other host", Proposed(generation, plan: Plan(host: "host43")));
        yield return ("PlanProposed, nobody asked", Proposed(generation, Requirement(0)));
        yield return ("PlanImpossible", new IncidentEvent.PlanImpossible(At(5), generation, "needs root: here are the commands"));
        yield return ("Approved by the requester", new IncidentEvent.Approved(At(5), Ann, generation, hash));
        yield return ("Approved by a second", new IncidentEvent.Approved(At(5), Bo, generation, hash));
        yield return ("Approved by a third", new IncidentEvent.Approved(At(5), Cy, generation, hash));
        yield return ("Approved, other plan", new IncidentEvent.Approved(At(5), Bo, generation, "ff"));
        yield return ("Approved, older observation", new IncidentEvent.Approved(At(5), Bo, generation - 1, hash));
        yield return ("Approved, too late", new IncidentEvent.Approved(At(31), Bo, generation, hash));
        yield return ("Denied", new IncidentEvent.Denied(At(5), Bo, generation, hash, "not today"));
        yield return ("Denied, too late", new IncidentEvent.Denied(At(31), Bo, generation, hash, null));
        yield return ("GlassBroken", new IncidentEvent.GlassBroken(At(5), Cy, generation, hash, "nobody answers", new(["group:leads"], TimeSpan.FromHours(24), [new("slack:T1/C9")])));
        yield return ("GlassBroken, other plan", new IncidentEvent.GlassBroken(At(5), Cy, generation, "ff", "nobody answers", new(["group:leads"], TimeSpan.FromHours(24), [])));
        yield return ("GlassBroken, no reason", new IncidentEvent.GlassBroken(At(5), Cy, generation, hash, "", new(["group:leads"], TimeSpan.FromHours(24), [])));
        yield return ("ReviewDue", new IncidentEvent.ReviewDue(At(6), 1));
        yield return ("GlassReviewed", new IncidentEvent.GlassReviewed(At(7), Bo, "rightly so"));
        yield return ("GlassReviewed by who broke it", new IncidentEvent.GlassReviewed(At(7), Cy, "rightly so"));
        yield return ("ApprovalsVoided", new IncidentEvent.ApprovalsVoided(At(5), generation, 1, Requirement(2), "bo left the group"));
        yield return ("BeginTooLate", new IncidentEvent.BeginTooLate(At(32), generation));
        yield return ("ReminderDue", new IncidentEvent.ReminderDue(At(16), generation));
        yield return ("ApprovalExpired", new IncidentEvent.ApprovalExpired(At(31), generation));
        yield return ("ApprovalExpired, too early", new IncidentEvent.ApprovalExpired(At(30), generation));
        foreach (var status in Enum.GetValues<GuardStatus>())
        {
            yield return ($"Guard {status}", GuardSaid(status));
        }

        yield return ("Guard Reverted, other plan", GuardSaid(GuardStatus.Reverted, "i-9-9"));
        yield return ("StepReported", new IncidentEvent.StepReported(At(5), "i-1-1", 1, StepPart.Run, ["ip", "link", "set", "dev", "eno2", "master", "br0"], 0, StoredOutput.None));
        yield return ("Verified done", Verified(VerifyOutcome.Done));
        yield return ("Verified done, others left", Verified(VerifyOutcome.Done, "nf.bridge-family-drop br0"));
        yield return ("Verified kept", Verified(VerifyOutcome.Kept));
        yield return ("Verified worse", Verified(VerifyOutcome.Worse));
        yield return ("AckSeen", new IncidentEvent.AckSeen(At(9), "DHCPACK for 52:54:00:aa:bb:02 on vnet0"));
        yield return ("WatchElapsed", new IncidentEvent.WatchElapsed(At(19), generation));
        yield return ("RepairOverdue", new IncidentEvent.RepairOverdue(At(20), generation, 1, false));
        yield return ("RepairOverdue, revert", new IncidentEvent.RepairOverdue(At(20), generation, 1, true));
        foreach (var effect in new[] { "observe.v1", "propose-plan.v1", "begin-repair.v1", "apply-repair.v1", "verify-repair.v1", "commit-repair.v1", "revert-repair.v1", "update-card.v1" })
        {
            yield return ($"EffectGivenUp {effect}", new IncidentEvent.EffectGivenUp(At(20), generation, effect, "host", "ssh: connection refused"));
        }

        yield return ("EffectGivenUp, older", new IncidentEvent.EffectGivenUp(At(20), generation - 1, "observe.v1", "host", "ssh: connection refused"));
        yield return ("Unknown", new IncidentEvent.Unknown(default, "teleported.v7", "{}"u8.ToArray(), "it holds an event 'teleported.v7' of a newer version; upgrade this program"));
    }

    private static Incident Approving() => After(Opened, Fault(), Proposed(), Approved(Bo));

    private static Incident Applying() => Then(Approving(), GuardSaid(GuardStatus.Armed));

    private static Incident Verifying() => Then(Applying(), GuardSaid(GuardStatus.Applied));

    private static Incident Kept() => Then(Verified(Verifying(), VerifyOutcome.Kept), GuardSaid(GuardStatus.Committed));

    private static Incident Watching() => Then(Kept(), new IncidentEvent.Observed(At(5), 2, Diagnosis(OverallVerdict.Healthy), null));

    private static Incident Verified(Incident incident, VerifyOutcome outcome, params ImmutableArray<string> otherRoots) => Then(incident, Verified(outcome, otherRoots));

    private static Incident Then(Incident incident, IncidentEvent happened) => IncidentTransitions.Decide(incident, happened) is Transition.Accepted accepted
        ? accepted.Next
        : throw new InvalidOperationException($"{happened.GetType().Name} was refused while {incident.State.Name}");
}
