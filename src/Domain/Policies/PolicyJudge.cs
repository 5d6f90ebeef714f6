using System.Collections.Immutable;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Domain.Policies;

/// <summary>The one function that says who may do what. Every path asks it: chat, HTTP, buttons, and the engine before a plan is proposed and again before it begins.</summary>
public static class PolicyJudge
{
    private const string Everybody = "answers everybody";
    private const string NudgeProbe = "p.nudge";

    /// <summary>
    /// Judges one question. With a risk, a command that asks for a repair (check, recheck, run) is answered by <see cref="PolicyAnswer.NeedsApprovals"/> and never by a plain yes.
    /// </summary>
    public static PolicyAnswer Judge(Policy policy, PolicyQuestion question)
    {
        if (question.Command is PolicyCommand.Help or PolicyCommand.WhoAmI or PolicyCommand.WhyNot)
        {
            return new PolicyAnswer.Allowed(Everybody);
        }

        if (policy.Find(question.Person) is not { } person)
        {
            return new PolicyAnswer.Refused(
                PolicyAnswer.NoRule, question.Person is { } id ? $"the policy does not know {id}" : "nobody under people: in the policy owns this account",
                "send the ids that whoami shows to an administrator, who adds them to the policy file");
        }

        return question.Command switch
        {
            PolicyCommand.Approve or PolicyCommand.Deny => JudgeDecision(policy, person, question),
            PolicyCommand.Cancel => JudgeCancel(policy, person, question),
            PolicyCommand.BreakGlass => JudgeBreakGlass(policy, person),
            PolicyCommand.Review => JudgeReview(policy, person),
            _ => JudgeByRules(policy, person, question),
        };
    }

    /// <summary>Judges the approvals of a plan under the policy in force: approvers who have left the group, or whom a changed rule no longer names, do not count.</summary>
    /// <param name="policy">The policy in force.</param>
    /// <param name="risk">Risk of the plan.</param>
    /// <param name="requester">Who asked for the repair.</param>
    /// <param name="approvals">Who said yes; a person counts once.</param>
    public static ApprovalJudgement JudgeApprovals(Policy policy, Risk risk, PersonId requester, IReadOnlyCollection<PersonId> approvals)
    {
        if (policy.ApprovalFor(risk) is not { } rule)
        {
            return new ApprovalJudgement.NotAllowed(PolicyAnswer.NoRule, $"no rule under approvals: names the risk {risk}, so nobody may approve this plan");
        }

        var lost = approvals.Distinct().Where(approver => WhyNotCounted(policy, rule, risk, requester, approver) is not null).ToArray();
        var counted = approvals.Distinct().Count() - lost.Length;
        if (counted >= rule.Quorum)
        {
            return new ApprovalJudgement.Enough(rule.Name);
        }

        var reasons = lost.Select(approver => WhyNotCounted(policy, rule, risk, requester, approver));
        var why = $"{rule.Name} asks for {rule.Quorum} from {List(rule.From)}, {counted} count";
        return new ApprovalJudgement.NotEnough(RequirementOf(policy, rule, risk), string.Join("; ", [why, .. reasons]));
    }

    /// <summary>
    /// The judgement right before a plan begins: whether the requester may still ask for it on that host, and whether the approvals still suffice.
    /// </summary>
    /// <param name="policy">The policy in force.</param>
    /// <param name="question">The requester's question: check or run, host and risk of the plan.</param>
    /// <param name="approvals">Who said yes.</param>
    /// <param name="aloneBy">Who acted alone; the approvals are then not asked for, but that person still has to be allowed to.</param>
    public static ApprovalJudgement JudgeBegin(Policy policy, PolicyQuestion question, IReadOnlyCollection<PersonId> approvals, PersonId? aloneBy = null)
        => (Judge(policy, question), question) switch
        {
            (PolicyAnswer.Refused refused, _) => new ApprovalJudgement.NotAllowed(refused.Rule, refused.Sentence),
            _ when aloneBy is { } alone => Judge(policy, new() { Person = alone, Command = PolicyCommand.BreakGlass, Host = question.Host }) switch
            {
                PolicyAnswer.Refused refused => new ApprovalJudgement.NotAllowed(refused.Rule, refused.Sentence),
                _ => new ApprovalJudgement.Enough("breakGlass"),
            },
            (PolicyAnswer.NeedsApprovals, { Person: { } requester, Risk: { } risk }) => JudgeApprovals(policy, risk, requester, approvals),
            _ => new ApprovalJudgement.NotAllowed(PolicyAnswer.NoRule, "a repair needs a requester and a risk to be judged"),
        };

    /// <summary>How long people have to decide on a plan of that risk; the plan's expiry is this much after it is made.</summary>
    public static TimeSpan TimeToDecide(Policy policy, Risk risk) => policy.ApprovalFor(risk)?.Expires ?? policy.UsualTimeToDecide;

    private static PolicyAnswer JudgeByRules(Policy policy, PolicyPerson person, PolicyQuestion question)
        => RuleFor(policy, person, question) is not { } rule ? NoRuleFor(person, question)
            : IsDeniedProbe(policy, question) ? new PolicyAnswer.Refused("probes", $"the policy denies the probe {NudgeProbe}", $"an administrator can write {NudgeProbe}: approve under probes: in the policy file")
            : question is { Risk: { } risk, Command: PolicyCommand.Check or PolicyCommand.Recheck or PolicyCommand.Run } ? Approvals(policy, person, risk)
            : new PolicyAnswer.Allowed(rule.Name);

    /// <summary>The nudge is carried out as a runbook; what the policy says about the probe holds for it, whoever asks. Approvals are needed even where it is allowed: it is a change.</summary>
    private static bool IsDeniedProbe(Policy policy, PolicyQuestion question)
        => question.Command == PolicyCommand.Run && question.Arguments.GetValueOrDefault("runbook") == Nudge.Runbook && policy.Probes.For(NudgeProbe) == ProbeUse.Deny;

    private static PolicyRule? RuleFor(Policy policy, PolicyPerson person, PolicyQuestion question) => policy.Rules.FirstOrDefault(rule =>
        rule.May.Contains(question.Command)
        && rule.Who.Any(who => who.Matches(person))
        && (question.Host is not { } host || rule.Hosts.Any(hosts => hosts.Matches(host))));

    private static PolicyAnswer.Refused NoRuleFor(PolicyPerson person, PolicyQuestion question)
    {
        var where = question.Host is { } host ? $" on {host.Name}" : "";
        var groups = person.Groups.IsEmpty ? $"for {person.Id}" : $"for {person.Id} or one of the groups {string.Join(", ", person.Groups)}";
        return new(
            PolicyAnswer.NoRule, $"no rule allows {person.Id} to {question.Command.Word()}{where}",
            $"an administrator can allow it under rules: in the policy file, with may: [{question.Command.Word()}] {groups}{(question.Host is null ? "" : $" and hosts: [{question.Host.Name}]")}");
    }

    private static PolicyAnswer Approvals(Policy policy, PolicyPerson requester, Risk risk)
    {
        if (policy.ApprovalFor(risk) is not { } rule)
        {
            return new PolicyAnswer.Refused(
                PolicyAnswer.NoRule, $"no rule under approvals: names the risk {risk}, so nobody may approve such a plan",
                $"an administrator can add an entry with risk: [{risk}] under approvals: in the policy file");
        }

        // A plan that nobody can approve would only wait for its expiry. Who is in a platform's group is not known here; everybody with such an account might be.
        var able = policy.People.Count(person => CouldApprove(policy, rule, person) && (rule.RequesterMayFor(risk) || person.Id != requester.Id));
        return able >= rule.Quorum
            ? new PolicyAnswer.NeedsApprovals(RequirementOf(policy, rule, risk), TimeToDecide(policy, risk))
            : new PolicyAnswer.Refused(
                rule.Name,
                $"a plan of risk {risk} needs {rule.Quorum} from {List(rule.From)}{(rule.RequesterMayFor(risk) ? "" : $" other than {requester.Id}")}, and the policy knows only {able}",
                "an administrator can put more people into those groups");
    }

    private static PolicyAnswer JudgeDecision(Policy policy, PolicyPerson person, PolicyQuestion question)
    {
        if (question.Risk is not { } risk)
        {
            // Nothing to decide on is known yet: enough for "may this person decide on anything at all".
            return policy.Approvals.FirstOrDefault(rule => rule.From.Any(who => who.Matches(person))) is { } any
                ? new PolicyAnswer.Allowed(any.Name)
                : new PolicyAnswer.Refused(PolicyAnswer.NoRule, $"{person.Id} is no approver of any risk", "ask one of the approvers; the card names them");
        }

        if (policy.ApprovalFor(risk) is not { } rule)
        {
            return new PolicyAnswer.Refused(
                PolicyAnswer.NoRule, $"no rule under approvals: names the risk {risk}, so nobody may decide on this plan",
                $"an administrator can add an entry with risk: [{risk}] under approvals: in the policy file");
        }

        if (!rule.From.Any(who => who.Matches(person)))
        {
            return new PolicyAnswer.Refused(rule.Name, $"plans of risk {risk} are decided by {List(rule.From)}, and {person.Id} is none of them", "ask one of the approvers; the card names them");
        }

        // Who asked may always take it back, so only the yes is refused.
        return question.Command == PolicyCommand.Approve && question.Requester == person.Id && !rule.RequesterMayFor(risk)
            ? new PolicyAnswer.Refused(rule.Name, $"a plan of risk {risk} needs a second person: you asked for this repair yourself", $"ask another of {List(rule.From)}")
            : new PolicyAnswer.Allowed(rule.Name);
    }

    /// <summary>A rule may allow it; besides, who asked for the repair, who could approve it and who may break the glass can stop it.</summary>
    private static PolicyAnswer JudgeCancel(Policy policy, PolicyPerson person, PolicyQuestion question)
        => RuleFor(policy, person, question) is { } rule ? new PolicyAnswer.Allowed(rule.Name)
            : question.Requester == person.Id ? new PolicyAnswer.Allowed("who asked may cancel")
            : question.Risk is { } risk && policy.ApprovalFor(risk) is { } approvals && approvals.From.Any(who => who.Matches(person)) ? new PolicyAnswer.Allowed(approvals.Name)
            : policy.BreakGlass is { } glass && glass.Who.Any(who => who.Matches(person)) ? new PolicyAnswer.Allowed("breakGlass")
            : NoRuleFor(person, question);

    private static PolicyAnswer JudgeBreakGlass(Policy policy, PolicyPerson person) => policy.BreakGlass switch
    {
        null => new PolicyAnswer.Refused(PolicyAnswer.NoRule, "the policy has no breakGlass", "ask the approvers; the card names them"),
        { } rule when rule.Who.Any(who => who.Matches(person)) => new PolicyAnswer.Allowed("breakGlass"),
        { } rule => new PolicyAnswer.Refused("breakGlass", $"only {List(rule.Who)} may break the glass, and {person.Id} is none of them", "ask one of them"),
    };

    private static PolicyAnswer JudgeReview(Policy policy, PolicyPerson person) => policy.BreakGlass switch
    {
        null => new PolicyAnswer.Refused(PolicyAnswer.NoRule, "the policy has no breakGlass", "an administrator can add it with its reviewers to the policy file"),
        { } rule when rule.ReviewedBy.Any(who => who.Matches(person)) => new PolicyAnswer.Allowed("breakGlass"),
        { } rule => new PolicyAnswer.Refused("breakGlass", $"{List(rule.ReviewedBy)} review what was done alone, and {person.Id} is none of them", "ask one of them"),
    };

    private static string? WhyNotCounted(Policy policy, ApprovalRule rule, Risk risk, PersonId requester, PersonId approver) => policy.Find(approver) switch
    {
        null => $"the policy does not know {approver} any more",
        { } person when !rule.From.Any(who => who.Matches(person)) => $"{approver} is none of {List(rule.From)} any more",
        _ when approver == requester && !rule.RequesterMayFor(risk) => $"{approver} asked for the repair",
        _ => null,
    };

    private static bool CouldApprove(Policy policy, ApprovalRule rule, PolicyPerson person) => rule.From.Any(who => who.Matches(person)
        || (who is WhoSelector.Group named && policy.Groups.TryGetValue(named.Name, out var group) && !group.SlackUserGroups.IsEmpty && person.Accounts.Any(account => account is Account.Slack)));

    /// <summary>The review that the policy asks for after somebody has acted alone.</summary>
    public static ReviewDuty ReviewAfter(Policy policy)
    {
        var rule = policy.BreakGlass ?? throw new InvalidOperationException("the policy has no breakGlass");
        return new([.. rule.ReviewedBy.Select(who => who.ToString() ?? "")], rule.ReviewWithin, NotifyOf(policy, rule.ReviewedBy));
    }

    private static ImmutableArray<ConversationId> NotifyOf(Policy policy, ImmutableArray<WhoSelector> who)
        => [.. who.OfType<WhoSelector.Group>().SelectMany(named => policy.Groups.TryGetValue(named.Name, out var group) ? group.Notify : []).Distinct()];

    private static ApprovalRequirement RequirementOf(Policy policy, ApprovalRule rule, Risk risk) => new()
    {
        From = [.. rule.From.Select(who => who.ToString() ?? "")],
        Quorum = rule.Quorum,
        RequesterMay = rule.RequesterMayFor(risk),
        Rule = rule.Name,
        Notify = NotifyOf(policy, rule.From),
    };

    private static string List(ImmutableArray<WhoSelector> who) => string.Join(", ", who);
}
