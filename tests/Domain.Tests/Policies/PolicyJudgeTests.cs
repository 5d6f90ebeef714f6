using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Policies;
using Xunit;
using static ChatOpsBot.Support.PolicySamples;

namespace ChatOpsBot.Domain.Tests.Policies;

public class PolicyJudgeTests
{
    private static readonly PolicyCommand[] s_forEverybody = [PolicyCommand.Help, PolicyCommand.WhoAmI, PolicyCommand.WhyNot];

    public static TheoryData<PolicyCommand> Commands => [.. Enum.GetValues<PolicyCommand>()];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Judge_EmptyPolicy_AllowsOnlyWhatAnswersEverybody(PolicyCommand command)
    {
        foreach (var risk in (Risk?[])[null, Risk.D0, Risk.D3])
        {
            var answer = PolicyJudge.Judge(Policy.Empty, new() { Person = Ann, Command = command, Host = Host(), Risk = risk, Requester = Ann });

            Assert.Equal(s_forEverybody.Contains(command), answer is PolicyAnswer.Allowed);
            Assert.Equal(!s_forEverybody.Contains(command), answer is PolicyAnswer.Refused { Rule: PolicyAnswer.NoRule });
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Judge_Stranger_GetsOnlyWhatAnswersEverybody(PolicyCommand command)
    {
        foreach (var stranger in (PersonId?[])[null, new("mallory"), new("ANN"), new("")])
        {
            // Also as the one who is named as requester: an id alone is nobody.
            var answer = PolicyJudge.Judge(Example, new() { Person = stranger, Command = command, Host = Host(), Requester = stranger });

            Assert.Equal(s_forEverybody.Contains(command), answer is PolicyAnswer.Allowed);
        }
    }

    [Fact]
    public void Judge_KnownWithoutRule_IsRefusedWithRemedy()
    {
        var refused = Assert.IsType<PolicyAnswer.Refused>(PolicyJudge.Judge(Example, new() { Person = Tim, Command = PolicyCommand.Check, Host = Host() }));

        Assert.Equal("no rule allows tim to check on host42", refused.Sentence);
        Assert.Equal(PolicyAnswer.NoRule, refused.Rule);
        Assert.Contains("may: [check] for tim and hosts: [host42]", refused.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*", "host42", true)]
    [InlineData("host42", "host42", true)]
    [InlineData("host42", "host43", false)]
    [InlineData("host4", "host42", false)]
    [InlineData("HOST42", "host42", false)]
    [InlineData("tag:prod", "host42", true)]
    [InlineData("tag:prod", "host43", false)]
    [InlineData("group:rack3", "host42", true)]
    [InlineData("group:rack3", "host43", false)]
    [InlineData("tag:rack3", "gone", false)]
    [InlineData("group:rack3", "gone", false)]
    [InlineData("gone", "gone", true)]
    public void Judge_HostSelectors_MatchExactly(string selector, string host, bool allowed)
    {
        HostSelector hosts = selector switch
        {
            "*" => new HostSelector.Any(),
            ['t', 'a', 'g', ':', .. var tag] => new HostSelector.Tagged(tag),
            ['g', 'r', 'o', 'u', 'p', ':', .. var name] => new HostSelector.Grouped(name),
            _ => new HostSelector.Exactly(selector),
        };
        var policy = Example with { Rules = [Example.Rules[0] with { Hosts = [hosts] }] };

        var answer = PolicyJudge.Judge(policy, new() { Person = Ann, Command = PolicyCommand.Check, Host = Host(host) });

        Assert.Equal(allowed, answer is PolicyAnswer.Allowed { Rule: "rules[0]" });
        Assert.Equal(selector, hosts.ToString());
    }

    [Fact]
    public void Judge_CommandThatTheRuleDoesNotName_IsRefused()
    {
        var policy = Example with { Rules = [Example.Rules[0] with { May = [PolicyCommand.Check] }] };

        Assert.IsType<PolicyAnswer.Allowed>(PolicyJudge.Judge(policy, new() { Person = Ann, Command = PolicyCommand.Check, Host = Host() }));
        Assert.IsType<PolicyAnswer.Refused>(PolicyJudge.Judge(policy, new() { Person = Ann, Command = PolicyCommand.Run, Host = Host() }));
        Assert.IsType<PolicyAnswer.Refused>(PolicyJudge.Judge(policy, new() { Person = Ann, Command = PolicyCommand.Cancel, Host = Host(), Requester = Bo }));
    }

    [Theory]
    [InlineData(Risk.D0, true, "approvals[0]", 30)]
    [InlineData(Risk.D1, true, "approvals[0]", 30)]
    [InlineData(Risk.D2, false, "approvals[1]", 20)]
    [InlineData(Risk.D3, false, "approvals[1]", 20)]
    public void Judge_RepairWithRisk_AlwaysNeedsApprovals(Risk risk, bool requesterMay, string rule, int minutes)
    {
        foreach (var command in (PolicyCommand[])[PolicyCommand.Check, PolicyCommand.Recheck, PolicyCommand.Run])
        {
            var needs = Assert.IsType<PolicyAnswer.NeedsApprovals>(PolicyJudge.Judge(Example, new() { Person = Ann, Command = command, Host = Host(), Risk = risk }));

            Assert.Equal((1, requesterMay, rule), (needs.Requirement.Quorum, needs.Requirement.RequesterMay, needs.Requirement.Rule));
            Assert.Equal(["group:network"], needs.Requirement.From);
            Assert.Equal(["slack:T1/C1", "teams:72f9/19:x"], needs.Requirement.Notify.Select(place => place.Value));
            Assert.Equal(TimeSpan.FromMinutes(minutes), needs.Expires);
        }
    }

    [Theory]
    [InlineData(Risk.D0, true)]
    [InlineData(Risk.D1, true)]
    [InlineData(Risk.D2, false)]
    [InlineData(Risk.D3, false)]
    public void Judge_RuleThatSaysNothingOfTheRequester_LeavesItToTheRisk(Risk risk, bool may)
    {
        var policy = Example with { Approvals = [new() { Name = "approvals[0]", Risks = [Risk.D0, Risk.D1, Risk.D2, Risk.D3], From = [new WhoSelector.Group("network")] }] };

        Assert.Equal(may, PolicyJudge.Judge(policy, Decision(Ann, risk, requester: Ann)) is PolicyAnswer.Allowed);
        Assert.IsType<PolicyAnswer.Allowed>(PolicyJudge.Judge(policy, Decision(Bo, risk, requester: Ann)));
    }

    [Fact]
    public void Judge_RiskThatNobodyApproves_IsRefused()
    {
        var policy = Example with { Approvals = [Example.Approvals[0]] };

        Assert.Contains("D2", Assert.IsType<PolicyAnswer.Refused>(PolicyJudge.Judge(policy, new() { Person = Ann, Command = PolicyCommand.Check, Host = Host(), Risk = Risk.D2 })).Sentence, StringComparison.Ordinal);
        Assert.IsType<PolicyAnswer.Refused>(PolicyJudge.Judge(policy, Decision(Bo, Risk.D2, requester: Ann)));
        Assert.IsType<ApprovalJudgement.NotAllowed>(PolicyJudge.JudgeApprovals(policy, Risk.D2, Ann, [Bo]));
    }

    [Fact]
    public void Judge_PlanThatOnlyTheRequesterCouldApprove_IsRefusedAtOnce()
    {
        var alone = Example with
        {
            People = [Example.People[0], Example.People[2]],
            Groups = Example.Groups.SetItem("network", new()),
        };

        Assert.Contains("other than ann", Assert.IsType<PolicyAnswer.Refused>(PolicyJudge.Judge(alone, new() { Person = Ann, Command = PolicyCommand.Check, Host = Host(), Risk = Risk.D2 })).Sentence, StringComparison.Ordinal);
        Assert.IsType<PolicyAnswer.NeedsApprovals>(PolicyJudge.Judge(alone, new() { Person = Ann, Command = PolicyCommand.Check, Host = Host(), Risk = Risk.D1 }));

        // Somebody with a Slack account may be in the group's user group: only Slack knows.
        var slack = alone with { People = alone.People.Add(Example.People[3]), Groups = Example.Groups };
        Assert.IsType<PolicyAnswer.NeedsApprovals>(PolicyJudge.Judge(slack, new() { Person = Ann, Command = PolicyCommand.Check, Host = Host(), Risk = Risk.D2 }));
    }

    [Fact]
    public void Judge_Decision_IsForApproversOfThatRisk()
    {
        Assert.IsType<PolicyAnswer.Allowed>(PolicyJudge.Judge(Example, Decision(Bo, Risk.D3, requester: Ann)));
        Assert.Equal("approvals[1]", Assert.IsType<PolicyAnswer.Refused>(PolicyJudge.Judge(Example, Decision(Ann, Risk.D3, requester: Ann))).Rule);
        Assert.Equal("approvals[1]", Assert.IsType<PolicyAnswer.Refused>(PolicyJudge.Judge(Example, Decision(Lea, Risk.D3, requester: Ann))).Rule);
        Assert.IsType<PolicyAnswer.Refused>(PolicyJudge.Judge(Example, Decision(Tim, Risk.D0, requester: Ann)));

        // Who asked may always say no.
        Assert.IsType<PolicyAnswer.Allowed>(PolicyJudge.Judge(Example, Decision(Ann, Risk.D3, requester: Ann) with { Command = PolicyCommand.Deny }));
    }

    [Fact]
    public void Judge_Cancel_IsForRuleRequesterApproversAndBreakGlass()
    {
        var policy = Example with { Rules = [], People = Example.People.Add(new() { Id = new("una"), Name = "Una" }) };
        PolicyAnswer Ask(PersonId who, Risk? risk = Risk.D2) => PolicyJudge.Judge(policy, new() { Person = who, Command = PolicyCommand.Cancel, Host = Host(), Risk = risk, Requester = Tim });

        Assert.IsType<PolicyAnswer.Allowed>(Ask(Tim));
        Assert.Equal("approvals[1]", Assert.IsType<PolicyAnswer.Allowed>(Ask(Bo)).Rule);
        Assert.Equal("breakGlass", Assert.IsType<PolicyAnswer.Allowed>(Ask(Lea)).Rule);
        Assert.IsType<PolicyAnswer.Refused>(Ask(new("una")));
        Assert.IsType<PolicyAnswer.Refused>(Ask(Bo, risk: null));
        Assert.Equal("rules[0]", Assert.IsType<PolicyAnswer.Allowed>(PolicyJudge.Judge(Example, new() { Person = Ann, Command = PolicyCommand.Cancel, Host = Host(), Requester = Tim })).Rule);
    }

    [Fact]
    public void Judge_BreakGlass_IsForThoseItNames()
    {
        Assert.IsType<PolicyAnswer.Allowed>(PolicyJudge.Judge(Example, new() { Person = Lea, Command = PolicyCommand.BreakGlass, Host = Host() }));
        Assert.IsType<PolicyAnswer.Refused>(PolicyJudge.Judge(Example, new() { Person = Ann, Command = PolicyCommand.BreakGlass, Host = Host() }));
        Assert.IsType<PolicyAnswer.Refused>(PolicyJudge.Judge(Example with { BreakGlass = null }, new() { Person = Lea, Command = PolicyCommand.BreakGlass, Host = Host() }));
    }

    [Fact]
    public void Judge_DeniedNudge_CannotBeRunByItsRunbookEither()
    {
        var question = new PolicyQuestion { Person = Ann, Command = PolicyCommand.Run, Host = Host(), Risk = Risk.D1 };
        var nudge = question with { Arguments = question.Arguments.Add("runbook", Nudge.Runbook) };
        var denied = Example with { Probes = new(ProbeRules.Default.Uses.Add("p.nudge", ProbeUse.Deny)) };

        Assert.Equal("probes", Assert.IsType<PolicyAnswer.Refused>(PolicyJudge.Judge(denied, nudge)).Rule);
        Assert.IsType<PolicyAnswer.NeedsApprovals>(PolicyJudge.Judge(denied, question));
        Assert.IsType<PolicyAnswer.NeedsApprovals>(PolicyJudge.Judge(Example, nudge));
    }

    [Fact]
    public void JudgeApprovals_CountsPersonsWhoStillMay()
    {
        Assert.IsType<ApprovalJudgement.Enough>(PolicyJudge.JudgeApprovals(Example, Risk.D2, Ann, [Bo]));
        Assert.IsType<ApprovalJudgement.Enough>(PolicyJudge.JudgeApprovals(Example, Risk.D0, Ann, [Ann]));
        Assert.Contains("ann asked for the repair", NotEnough(Example, Risk.D2, [Ann]), StringComparison.Ordinal);
        Assert.Contains("lea is none of group:network any more", NotEnough(Example, Risk.D2, [Lea]), StringComparison.Ordinal);
        Assert.Contains("does not know mallory any more", NotEnough(Example, Risk.D2, [new("mallory")]), StringComparison.Ordinal);
        Assert.Contains("0 count", NotEnough(Example, Risk.D0, []), StringComparison.Ordinal);

        var two = Example with { Approvals = [Example.Approvals[0], Example.Approvals[1] with { Quorum = 2 }] };
        Assert.Contains("asks for 2", NotEnough(two, Risk.D2, [Bo, Bo]), StringComparison.Ordinal);

        var gone = Example with { People = [.. Example.People.Where(person => person.Id != Bo)] };
        Assert.Contains("does not know bo any more", NotEnough(gone, Risk.D2, [Bo]), StringComparison.Ordinal);

        static string NotEnough(Policy policy, Risk risk, PersonId[] approvals)
        {
            var judgement = Assert.IsType<ApprovalJudgement.NotEnough>(PolicyJudge.JudgeApprovals(policy, risk, Ann, approvals));
            Assert.Equal(policy.ApprovalFor(risk)?.Quorum, judgement.Requirement.Quorum);
            return judgement.Why;
        }
    }

    [Fact]
    public void JudgeBegin_JudgesTheRequesterToo()
    {
        var question = new PolicyQuestion { Person = Ann, Command = PolicyCommand.Check, Host = Host(), Risk = Risk.D2 };

        Assert.IsType<ApprovalJudgement.Enough>(PolicyJudge.JudgeBegin(Example, question, [Bo]));
        Assert.IsType<ApprovalJudgement.NotEnough>(PolicyJudge.JudgeBegin(Example, question, [Lea]));
        Assert.IsType<ApprovalJudgement.NotAllowed>(PolicyJudge.JudgeBegin(Example with { Rules = [] }, question, [Bo]));
        Assert.IsType<ApprovalJudgement.NotAllowed>(PolicyJudge.JudgeBegin(Example, question with { Risk = null }, [Bo]));
        Assert.IsType<ApprovalJudgement.NotAllowed>(PolicyJudge.JudgeBegin(Example, question with { Person = null }, [Bo]));
        Assert.IsType<ApprovalJudgement.NotAllowed>(PolicyJudge.JudgeBegin(Policy.Empty, question, [Ann, Bo, Lea]));
    }

    [Fact]
    public void WithMembers_CountsOnlyOwnersOfAnAccount()
    {
        var told = Example.WithMembers("network", [new Account.Slack("T1", "U9"), new Account.Slack("T1", "U-stranger"), new Account.Slack("T2", "U1")]);

        Assert.Equal(["network"], told.Find(Tim)?.Groups.AsEnumerable());
        Assert.Equal(Example.People.Length, told.People.Length);
        Assert.IsType<PolicyAnswer.Allowed>(PolicyJudge.Judge(told, new() { Person = Tim, Command = PolicyCommand.Check, Host = Host() }));
        Assert.IsType<PolicyAnswer.Refused>(PolicyJudge.Judge(Example, new() { Person = Tim, Command = PolicyCommand.Check, Host = Host() }));
    }

    [Fact]
    public void Find_AccountsAndTokens_ByIdOnly()
    {
        Assert.Equal(Ann, Example.FindOwner(new Account.Slack("T1", "U1"))?.Id);
        Assert.Equal(Ann, Example.FindOwner(new Account.Teams("72f9", "0f3a"))?.Id);
        Assert.Null(Example.FindOwner(new Account.Slack("T2", "U1")));
        Assert.Equal(Bo, Example.FindByToken(ConsoleTokenHash.Of(" bo-bo-bo-bo-bo-bo-bo\n"))?.Id);
        Assert.Null(Example.FindByToken(ConsoleTokenHash.Of("bo-bo-bo-bo-bo-bo-bO")));
        Assert.Null(ConsoleTokenHash.FromHex("zz"));
        Assert.True(ConsoleTokenHash.FromHex(ConsoleTokenHash.Of("x").Hex)?.Matches(ConsoleTokenHash.Of("x")));
        Assert.Equal("***", $"{ConsoleTokenHash.Of("x")}");
    }

    private static PolicyQuestion Decision(PersonId who, Risk risk, PersonId requester)
        => new() { Person = who, Command = PolicyCommand.Approve, Host = Host(), Risk = risk, Requester = requester };
}
