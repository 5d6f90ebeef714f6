using System.Text;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Support;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Application.Tests.Chat;

public class CommandDispatcherTests
{
    private static readonly PersonId Tim = PolicySamples.Tim;
    private readonly ChatBench _bench = new();

    [Fact]
    public async Task Check_OpensThenJoins()
    {
        var first = await DoneAsync(Ann, "/bridge check host42 guest vm1 bridge br0 because \u201Cno DHCP\u201D");
        var second = await DoneAsync(Bo, "check host42");

        Assert.Equal(("I-1: reading host42", new IncidentId(1)), (first.Text, first.Incident));
        Assert.Equal(first.Incident, second.Incident);
        Assert.Contains("you have joined it", second.Text, StringComparison.Ordinal);
        Assert.Equal("observing", first.Card?.Status);
        var request = (await _bench.IncidentAsync(new(1))).Request;
        Assert.Equal(("vm1", "br0", "no DHCP"), (request.Focus.Guest, request.Focus.Bridge, request.Because));
    }

    // Malformed lines: what the answer has to name.
    [Theory]
    [InlineData("chek host42", "did you mean check?")]
    [InlineData("check", "the host is missing")]
    [InlineData("check host24", "did you mean host42?")]
    [InlineData("check HOST42", "did you mean host42?")]
    [InlineData("check -oProxyCommand=x", "no host \"-oProxyCommand=x\"")]
    [InlineData("check $(reboot)", "no host \"$(reboot)\"")]
    [InlineData("check host42;reboot", "no host")]
    [InlineData("check host42 guest", "the name of the guest is missing")]
    [InlineData("check host42 guest \"\"", "the name of the guest is missing")]
    [InlineData("check host42 guest -x", "no name of a guest")]
    [InlineData("check host42 guest a guest b", "twice")]
    [InlineData("check host42 becuase x", "did you mean because?")]
    [InlineData("check host42 because", "the text after because is missing")]
    [InlineData("check host42 because \"x", "a quote is not closed")]
    [InlineData("check host42 probe aktive", "did you mean active?")]
    [InlineData("check host42 probe none probe none", "twice")]
    [InlineData("check host42 probe", "none, passive or active")]
    [InlineData("check host42 and more", "makes no sense")]
    [InlineData("status I-9", "there is no incident I-9")]
    [InlineData("status 9", "they are written I-42")]
    [InlineData("status I-09", "they are written I-42")]
    [InlineData("status I-99999999999999999999", "they are written I-42")]
    [InlineData("status I-1 now", "there is no incident")]
    [InlineData("incidents closed", "neither \"open\" nor a host")]
    [InlineData("approve", "the incident is missing")]
    [InlineData("deny", "the incident is missing")]
    [InlineData("cancel", "the incident is missing")]
    [InlineData("note", "the incident is missing")]
    [InlineData("run", "the runbook is missing")]
    [InlineData("run bridge/atach-uplink host42", "did you mean bridge/attach-uplink?")]
    [InlineData("run ../../etc/passwd host42", "there is no runbook")]
    [InlineData("run bridge/attach-uplink", "the host is missing")]
    [InlineData("run guest/nudge-link host42 vm1", "not of the form key=value")]
    [InlineData("run guest/nudge-link host42 gest=vm1", "did you mean guest?")]
    [InlineData("run guest/nudge-link host42 guest=a guest=b", "twice")]
    [InlineData("run guest/nudge-link host42 guest=", "empty or longer")]
    [InlineData("run bridge/attach-uplink host42 a=b", "it takes nothing")]
    [InlineData("hosts rack9", "no group \"rack9\"")]
    [InlineData("hosts rack3 rack4", "nothing may follow here")]
    [InlineData("runbooks all", "nothing may follow here")]
    [InlineData("help chek", "did you mean check?")]
    [InlineData("why-not", "the command is missing")]
    [InlineData("why-not dance", "there is no command")]
    [InlineData("trace host42", "the name of the guest is missing")]
    [InlineData("trace nohost vm1", "the inventory has no host")]
    [InlineData("trace host42 vm1 now", "nothing may follow here")]
    [InlineData("explain", "the fault or the error text is missing")]
    [InlineData("break-glass I-1 now", "there is no incident")]
    [InlineData("review I-1 fine", "there is no incident")]
    [InlineData("check host42\u202E", "U+202E")]
    [InlineData("\0", "U+0000")]
    public async Task Malformed_GetsAClearAnswer(string text, string named)
    {
        var wrong = Assert.IsType<CommandAnswer.NotUnderstood>(await _bench.SayAsync(Ann, text));

        Assert.Contains(named, wrong.Text, StringComparison.Ordinal);
        Assert.NotEqual("", wrong.Usage);
        Assert.Empty(await _bench.Store.ListAsync(new(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Explain_FaultMessageAndRefusedRepair_AreAnswered()
    {
        Assert.Contains("Decided by: The bridge lacks the flag UP", (await DoneAsync(Ann, "explain bridge.down")).Text, StringComparison.Ordinal);
        Assert.Contains("points to bridge.missing", (await DoneAsync(Ann, "explain \"Cannot get interface MTU on 'br0': No such device\"")).Text, StringComparison.Ordinal);
        Assert.Contains("Never proposed", (await DoneAsync(Ann, "explain modprobe br_netfilter")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Random_NeverThrows(int seed)
    {
        var random = new Random(seed);
        string[] pieces = [.. ChatCommands.All.Select(command => command.Command.Word()), "host42", "I-1", "\"", "\u201C", "=", "guest", "because", "\0", "\uD83D", "-", "/", "open", "rack3", "bridge/attach-uplink", "\u00A0", "x"];
        for (var round = 0; round < 1500; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(0, 12)).Select(_ => pieces[random.Next(pieces.Length)] + (random.Next(3) > 0 ? " " : "")));

            Assert.NotEqual("", (await _bench.SayAsync(random.Next(4) > 0 ? Ann : null, text)).Text);
        }
    }

    public static TheoryData<string> Lines =>
    [
        "check host42", "check nohost", "status", "status I-1", "incidents", "transcript I-1", "recheck I-1", "approve I-1", "deny I-1", "cancel I-1", "note I-1 x",
        "run bridge/attach-uplink host42", "run nothing nohost", "hosts", "runbooks", "trace host42 vm1", "explain x", "break-glass I-1 x",
    ];

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Stranger_IsRefusedBeforeAnythingIsLookedUp(string text)
    {
        await _bench.WaitingAsync();
        var before = (await _bench.EventsAsync(new(1))).Length;

        foreach (var stranger in (PersonId?[])[null, new("mallory")])
        {
            var refused = Assert.IsType<CommandAnswer.Refused>(await _bench.SayAsync(stranger, text));
            Assert.Equal(PolicyAnswer.NoRule, refused.Rule);
            Assert.DoesNotContain("host42", refused.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("nohost", refused.Text, StringComparison.Ordinal);
        }

        Assert.Equal(before, (await _bench.EventsAsync(new(1))).Length);
    }

    [Fact]
    public async Task Stranger_GetsHelpAndTheIdsForAnAdministrator()
    {
        Assert.Contains("slack team T1 user U7", (await DoneAsync(null, "whoami")).Text, StringComparison.Ordinal);
        var help = (await DoneAsync(null, "")).Text;
        Assert.Contains("whoami", help, StringComparison.Ordinal);
        Assert.DoesNotContain("check HOST", help, StringComparison.Ordinal);
        var why = (await DoneAsync(null, "why-not check host42")).Text;
        Assert.Contains(PolicyAnswer.NoRule, why, StringComparison.Ordinal);
        Assert.DoesNotContain("host42", why, StringComparison.Ordinal);
        Assert.Equal(why, (await DoneAsync(null, "why-not check nohost")).Text);
    }

    [Fact]
    public async Task KnownWithoutRule_MayNothingAndSeesNothing()
    {
        await _bench.WaitingAsync();
        foreach (var text in (string[])["check host42", "status", "status I-1", "approve I-1", "cancel I-1", "note I-1 x", "hosts"])
        {
            Assert.IsType<CommandAnswer.Refused>(await _bench.SayAsync(Tim, text));
        }

        Assert.DoesNotContain("did you mean", (await _bench.SayAsync(Tim, "check host4")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RuleForSomeHosts_FiltersLists()
    {
        _bench.Policy = _bench.Policy with { Rules = [_bench.Policy.Rules[0] with { Hosts = [new HostSelector.Grouped("rack3")] }] };
        await _bench.WaitingAsync();

        Assert.Equal("host42 (rack3, prod)", (await DoneAsync(Bo, "hosts")).Text);
        Assert.Equal("host42 (rack3, prod)", (await DoneAsync(Bo, "hosts rack3")).Text);
        Assert.IsType<CommandAnswer.Refused>(await _bench.SayAsync(Bo, "check host43"));
        Assert.Contains("I-1 host42 awaiting-approval", (await DoneAsync(Bo, "incidents open")).Text, StringComparison.Ordinal);
        _bench.Policy = _bench.Policy with { Rules = [_bench.Policy.Rules[0] with { Hosts = [new HostSelector.Exactly("host43")] }] };
        Assert.Equal("no incident is open", (await DoneAsync(Bo, "incidents open")).Text);
        Assert.Equal("no incident is open", (await DoneAsync(Bo, "status")).Text);
        Assert.IsType<CommandAnswer.Refused>(await _bench.SayAsync(Bo, "status I-1"));
    }

    [Fact]
    public async Task Help_ShowsEachCommandTheAskerMay()
    {
        var ann = (await DoneAsync(Ann, "help")).Text.Split('\n');

        Assert.Equal(ChatCommands.All.Where(command => command.Command is not (PolicyCommand.BreakGlass or PolicyCommand.Review)).Select(command => $"{command.Usage} - {command.Summary}"), ann);
        Assert.DoesNotContain("approve", (await DoneAsync(Tim, "help")).Text, StringComparison.Ordinal);
        Assert.Contains("for example: check host42", (await DoneAsync(Ann, "help check")).Text, StringComparison.Ordinal);
        Assert.Contains("you may not: only group:leads may break the glass", (await DoneAsync(Ann, "help break-glass")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_EachOfTheInterface_IsThereWithUsageAndExample()
    {
        Assert.Equal(Enum.GetValues<PolicyCommand>().Order(), ChatCommands.All.Select(command => command.Command).Order());
        Assert.All(ChatCommands.All, command =>
        {
            Assert.StartsWith(command.Command.Word(), command.Usage, StringComparison.Ordinal);
            Assert.StartsWith(command.Command.Word(), command.Example, StringComparison.Ordinal);
            Assert.NotEqual("", command.Summary);
        });
    }

    [Fact]
    public async Task WhyNot_NamesTheRule()
    {
        await _bench.WaitingAsync();

        Assert.Equal("you may check: rules[0]", (await DoneAsync(Ann, "why-not check host42")).Text);
        Assert.Contains("you may not approve: approvals[1]: a plan of risk D2 needs a second person", (await DoneAsync(Ann, "why-not approve I-1")).Text, StringComparison.Ordinal);
        Assert.Equal("you may approve: approvals[1]", (await DoneAsync(Bo, "why-not approve I-1")).Text);
        Assert.IsType<IncidentState.AwaitingApproval>((await _bench.IncidentAsync(new(1))).State);
        Assert.Single(await _bench.Store.ListAsync(new(), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("recheck I-1 probe active", "active")]
    [InlineData("recheck I-1", "passive")]
    public async Task Recheck_NamesTheProbesFromNowOn(string line, string probes)
    {
        await _bench.WaitingAsync();

        await DoneAsync(Bo, line);

        Assert.Equal(probes, (await _bench.IncidentAsync(new(1))).Request.Probes);
    }

    [Theory]
    [InlineData("recheck I-1 probe", "the word after probe is missing")]
    [InlineData("recheck I-1 probe actve", "did you mean active")]
    [InlineData("recheck I-1 probe active now", "nothing may follow here")]
    public async Task Recheck_ProbesNobodyKnows_SaysWhichThereAre(string line, string said)
    {
        await _bench.WaitingAsync();

        Assert.Contains(said, Assert.IsType<CommandAnswer.NotUnderstood>(await _bench.SayAsync(Bo, line)).Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Life_TypedLineByLine()
    {
        var id = await _bench.WaitingAsync();

        Assert.Contains("risk D2: 0 of 1 approvals", (await DoneAsync(Bo, "status I-1")).Text, StringComparison.Ordinal);
        Assert.Equal("noted in I-1", (await DoneAsync(Bo, "note I-1 \"seen on vm1 too\"")).Text);
        Assert.IsType<CommandAnswer.Refused>(await _bench.SayAsync(Ann, "approve I-1"));
        Assert.Contains("the repair of host42 begins", (await DoneAsync(Bo, "approve I-1")).Text, StringComparison.Ordinal);
        Assert.Contains("was approved by bo", Assert.IsType<CommandAnswer.NotDone>(await _bench.SayAsync(Bo, "approve i-1")).Text, StringComparison.Ordinal);
        Assert.IsType<CommandAnswer.NotDone>(await _bench.SayAsync(Bo, "recheck I-1"));
        Assert.Contains("is taken back", (await DoneAsync(Ann, "cancel I-1 wrong host")).Text, StringComparison.Ordinal);
        await _bench.ApplyAsync(id, new IncidentEvent.GuardReported(_bench.Now, "i-1-1", new() { Status = GuardStatus.NotBegun }));
        Assert.Contains("has ended: cancelled", Assert.IsType<CommandAnswer.NotDone>(await _bench.SayAsync(Bo, "note I-1 late")).Text, StringComparison.Ordinal);
        var transcript = (await DoneAsync(Bo, "transcript I-1")).Text.Split('\n');
        Assert.Equal(11, transcript.Length);
        Assert.EndsWith("/api/v1/incidents/I-1/transcript?format=html", transcript[^1], StringComparison.Ordinal);
        Assert.Contains("I-1 host42 cancelled", (await DoneAsync(Bo, "incidents host42")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deny_WithReason_Ends()
    {
        var id = await _bench.WaitingAsync();

        await DoneAsync(Bo, "deny I-1 the switch\tis being changed");

        Assert.Equal("bo declined: the switch is being changed", Assert.IsType<IncidentState.Ended>((await _bench.IncidentAsync(id)).State).Why);
    }

    [Fact]
    public async Task Run_OpensWithTheRunbook()
    {
        Assert.Equal("I-1: planning guest/nudge-link for host42", (await DoneAsync(Ann, "run guest/nudge-link host42 guest=\"vm 1\"")).Text);
        Assert.Equal("vm 1", (await _bench.IncidentAsync(new(1))).Runbook?.Arguments["guest"]);
        Assert.Contains("has to end first", Assert.IsType<CommandAnswer.NotDone>(await _bench.SayAsync(Bo, "run bridge/attach-uplink host42")).Text, StringComparison.Ordinal);
        Assert.Contains("guest/nudge-link (D1)", (await DoneAsync(Ann, "runbooks")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repeat_WithTheSameKey_IsAnsweredAndNotPerformed()
    {
        await _bench.WaitingAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _bench.SayAsync(Bo, "note I-1 once", "slack:E1")));

        Assert.All(answers, answer => Assert.Equal("noted in I-1", answer.Text));
        Assert.Single((await _bench.EventsAsync(new(1))).OfType<IncidentEvent.NoteAdded>());
        await _bench.SayAsync(Bo, "note I-1 once", "slack:E2");
        Assert.Equal(2, (await _bench.EventsAsync(new(1))).OfType<IncidentEvent.NoteAdded>().Count());
        var refused = await _bench.SayAsync(Tim, "check host42", "slack:E3");
        Assert.Equal(refused, await _bench.SayAsync(Tim, "check host42", "slack:E3"));
        var wrong = await _bench.SayAsync(Ann, "chek", "slack:E4");
        Assert.Equal(wrong, await _bench.SayAsync(Ann, "chek", "slack:E4"));
    }

    [Fact]
    public async Task Crash_BetweenEventAndAnswer_RepeatDoesNotHappenTwice()
    {
        await _bench.WaitingAsync();
        await _bench.SayAsync(Bo, "note I-1 once", "slack:E1");

        // The event and the end of the inbox item are one transaction, so another dispatcher on the same store knows.
        var after = new CommandDispatcher(_bench.Services, _bench.Tokens, _bench.Store, _bench.Limits);
        var answer = await after.DispatchAsync(new() { Person = Bo, Text = "note I-1 once", IdempotencyKey = "slack:E1" }, TestContext.Current.CancellationToken);

        Assert.Equal("noted in I-1", answer.Text);
        Assert.Single((await _bench.EventsAsync(new(1))).OfType<IncidentEvent.NoteAdded>());
    }

    [Fact]
    public async Task Resume_PerformsWhatChatsWereToldIsAccepted()
    {
        var token = TestContext.Current.CancellationToken;
        var mine = new CommandRequest { Person = Ann, Text = "check host42", Conversation = Channel };
        await _bench.Store.PutAsync("command slack:E1", _bench.Now, CommandCodec.Encode(mine), token);
        await _bench.Store.PutAsync("command http:E2", _bench.Now, CommandCodec.Encode(mine with { Conversation = null, Text = "check host43" }), token);
        await _bench.Store.PutAsync("command slack:E3", _bench.Now.AddHours(-1), CommandCodec.Encode(mine with { Text = "check host43" }), token);
        await _bench.Store.PutAsync("command slack:E4", _bench.Now, Encoding.UTF8.GetBytes("{}"), token);
        await _bench.Store.PutAsync("other", _bench.Now, Encoding.UTF8.GetBytes("x"), token);

        Assert.Equal(1, await _bench.Dispatcher.ResumeAsync(token));

        Assert.Equal("host42", Assert.Single(await _bench.Store.ListAsync(new(), token)).Host);
        Assert.Equal(0, await _bench.Dispatcher.ResumeAsync(token));
    }

    [Fact]
    public async Task Press_EachButton_TakesTheWayOfItsCommand()
    {
        var id = await _bench.WaitingAsync();
        var incident = await _bench.IncidentAsync(id);
        Task<CommandAnswer> PressAsync(PersonId? who, ButtonAction action, string? reason = null) => _bench.Dispatcher.PressAsync(
            new() { Person = who, Token = _bench.Tokens.Make(action, incident), Reason = reason, Conversation = Channel }, TestContext.Current.CancellationToken);

        Assert.IsType<CommandAnswer.Refused>(await PressAsync(null, ButtonAction.Details));
        Assert.IsType<CommandAnswer.Refused>(await PressAsync(Tim, ButtonAction.Approve));
        Assert.IsType<CommandAnswer.Refused>(await PressAsync(Ann, ButtonAction.Approve));
        Assert.IsType<CommandAnswer.Refused>(await PressAsync(Bo, ButtonAction.Decide));
        Assert.NotNull(Assert.IsType<CommandAnswer.Done>(await PressAsync(Bo, ButtonAction.Details)).Card);
        Assert.IsType<CommandAnswer.NotDone>(await PressAsync(Bo, ButtonAction.Nudge));
        Assert.IsType<CommandAnswer.Done>(await PressAsync(Bo, ButtonAction.Approve));
        Assert.IsType<CommandAnswer.Done>(await PressAsync(Bo, ButtonAction.Cancel, "\"x\ny\""));
        Assert.Equal("cancelled by bo: x y", Assert.IsType<IncidentState.Reverting>((await _bench.IncidentAsync(id)).State).Why);
        var forged = await _bench.Dispatcher.PressAsync(new() { Person = Bo, Token = "AAAA" }, TestContext.Current.CancellationToken);
        Assert.Contains("none of ours", Assert.IsType<CommandAnswer.Refused>(forged).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Press_Nudge_AsksForItsRunbookWithinTheIncident()
    {
        var id = await _bench.WaitingAsync(Risk.D0, requesterMay: true);
        await DoneAsync(Ann, "approve I-1");
        await _bench.ApplyAsync(id, GuardSaid(GuardStatus.Armed), GuardSaid(GuardStatus.Applied), Verified(VerifyOutcome.Kept), GuardSaid(GuardStatus.Committed));
        await _bench.ApplyAsync(id, new IncidentEvent.Observed(_bench.Now, 2, Diagnosis(OverallVerdict.Healthy), null), new IncidentEvent.WatchElapsed(_bench.Now, 2));
        var card = await _bench.Cards.MakeAsync(Assert.IsType<Application.Incidents.IncidentView>(await _bench.Incidents.GetAsync(id, TestContext.Current.CancellationToken)), TestContext.Current.CancellationToken);
        var nudge = Assert.Single(card.Buttons, button => button.Action == ButtonAction.Nudge);

        var answer = await _bench.Dispatcher.PressAsync(new() { Person = Ann, Token = nudge.Token, Conversation = Channel }, TestContext.Current.CancellationToken);

        Assert.IsType<CommandAnswer.Done>(answer);
        var incident = await _bench.IncidentAsync(id);
        Assert.Equal(("guest/nudge-link", "vm1"), (incident.Runbook?.Runbook, incident.Runbook?.Arguments["guest"]));
    }

    [Fact]
    public async Task Status_ShowsThatAChangedConfigurationIsNotInForce()
    {
        _bench.Problem = new(_bench.Now, [new("/etc/policy.yaml", 3, 1, "wrong", "right")]);

        Assert.Contains("/etc/policy.yaml:3:1: wrong; right", (await DoneAsync(Ann, "status")).Text, StringComparison.Ordinal);
        Assert.Contains((await DoneAsync(Ann, "check host42")).Card?.Footer ?? [], line => line.ToString().Contains("policy.yaml:3:1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task StoreBroken_IsTheCallersToKnow()
    {
        _bench.Store.Broken = true;

        await Assert.ThrowsAsync<StoreException>(() => _bench.SayAsync(Ann, "check host42", "slack:E1"));
        _bench.Store.Broken = false;
        Assert.IsType<CommandAnswer.Done>(await _bench.SayAsync(Ann, "check host42", "slack:E1"));
    }

    private async Task<CommandAnswer.Done> DoneAsync(PersonId? who, string text) => Assert.IsType<CommandAnswer.Done>(await _bench.SayAsync(who, text));
}
