using System.Collections.Immutable;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Support;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Domain.Tests.Cards;

public class IncidentCardTests
{
    // What a surface could take for markup, a mention, a link, or an order to a terminal.
    private const string Hostile = "<!channel> *x* `y` [a](http://evil) <at>all</at> @here ${7*7} \u001b[31m\u202Egnp";

    public static TheoryData<string> Rows => [.. States().Select(state => state.Row)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Of_EveryState_SaysWhatItIs(string row)
    {
        var incident = Of(row);

        var card = Card(incident);

        Assert.Equal(incident.State.Name, card.Status);
        Assert.Equal($"{incident.Id} {incident.Request.Host}", card.Title);
        Assert.NotEqual("", card.Summary.ToString());
        Assert.DoesNotContain('\n', card.Summary.ToString());
        Assert.Equal(card.Buttons.Length, card.Buttons.Select(button => button.Token).Distinct().Count());
        Assert.All(Texts(card).SelectMany(text => text.Runs).OfType<TextRun.Plain>(), run => Assert.DoesNotContain("vm1", run.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("observing", "Cancel,Details")]
    [InlineData("awaiting-approval", "Approve,Deny,Cancel,Details")]
    [InlineData("applying, begun", "Cancel,Details")]
    [InlineData("verifying", "Cancel,Details")]
    [InlineData("verifying, committing the proven", "Details")]
    [InlineData("reverting", "Details")]
    [InlineData("watching", "Recheck,Details")]
    [InlineData("escalated", "Recheck,Cancel,Details")]
    [InlineData("resolved", "Details")]
    [InlineData("declined", "Details")]
    [InlineData("revert-failed", "Details")]
    public void Of_State_OffersWhatTheTableAccepts(string row, string buttons)
        => Assert.Equal(buttons, string.Join(',', Card(Of(row)).Buttons.Select(button => button.Action)));

    [Fact]
    public void Of_EndWithoutCertainty_SaysHowTheNetworkIsAsked()
    {
        var healthy = IncidentSamples.Diagnosis(OverallVerdict.Healthy);
        var possible = new Finding { Id = "dhcp.no-answer", Subject = "br0", Scope = Scope.Bridge, Certainty = Certainty.Likely, Summary = "nobody answers", Because = [], Risk = Risk.D0, Question = "Is it on?" };

        Assert.Equal("check host42 guest vm1 probe active because \"no DHCP\"", LookFurther.Command(After(Opened, new IncidentEvent.Observed(At(1), 1, healthy, null))));
        Assert.Equal("recheck I-1 probe active", LookFurther.Command(After(Opened, Fault(1, possible))));
        Assert.Contains("recheck I-1 probe active", string.Join('\n', Texts(Card(After(Opened, Fault(1, possible))))), StringComparison.Ordinal);
        Assert.Null(LookFurther.Command(After(Opened, Fault(1, possible with { Certainty = Certainty.Certain }))));
        Assert.Null(LookFurther.Command(After(Opened with { Request = Opened.Request with { Probes = "active" } }, new IncidentEvent.Observed(At(1), 1, healthy, null))));
        Assert.Equal("check host42 guest vm1 probe active", LookFurther.Command(After(Opened with { Request = Opened.Request with { Because = "a\"b" } }, new IncidentEvent.Observed(At(1), 1, healthy, null))));
        Assert.Null(LookFurther.Command(Of("resolved")));
        Assert.Null(LookFurther.Command(Of("awaiting-approval")));
    }

    [Fact]
    public void Of_WaitingPlan_ShowsAllThatAnApproverDecidesOn()
    {
        var incident = Of("awaiting-approval, one of two given");

        var text = string.Join('\n', Texts(Card(incident)));

        foreach (var piece in (string[])
            [
                "br0 has no uplink port", "bridge.uplink-missing", "certain", "e.link eno2: master none", "nic.uplink-no-carrier: eno2 has LOWER_UP", "e.nft: needs root",
                "bridge/attach-uplink", "D0: interrupts nothing", "vm1", "2026-11-22 12:31:00Z", "1 of 2 from group:network, not from who asked", "bo", "2026-11-22 12:02:00Z",
                "run  ip link set dev eno2 master br0", "now  none", "then 5", "undo ip link set dev eno2 nomaster", PlanHash.Of(Plan())[..16], "52:54:00:aa:bb:02", "unknown",
            ])
        {
            Assert.Contains(piece, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Of_Risk_DecidesWhetherAPressIsAskedBack()
    {
        Assert.Null(Approve(Risk.D1).Confirm);
        Assert.Contains("vm1", Approve(Risk.D2).Confirm?.Text.ToString(), StringComparison.Ordinal);

        static CardButton Approve(Risk risk)
            => Card(After(Opened, Fault(), Proposed(plan: Plan() with { Risk = risk }))).Buttons.Single(button => button.Action == ButtonAction.Approve);
    }

    [Fact]
    public void Of_Steps_AreTickedOff()
    {
        ImmutableArray<IncidentEvent> history =
        [
            Opened, Fault(), Proposed(), Approved(Bo), GuardSaid(GuardStatus.Armed),
            new IncidentEvent.GuardReported(At(3), "i-1-1", new() { Status = GuardStatus.Applying, Step = 1 }),
        ];
        Assert.Equal("Done,Done,Done,Running,Pending,Pending", Tasks(history));
        Assert.Equal("Done,Done,Done,Done,Running,Pending", Tasks([.. history, GuardSaid(GuardStatus.Applied)]));
        Assert.Equal("Done,Done,Done,Done,Done,Done", Tasks([.. history, GuardSaid(GuardStatus.Applied), Verified(VerifyOutcome.Done), GuardSaid(GuardStatus.Committed)]));
        Assert.Equal("Done,Done,Done,Undone,Failed,Skipped,Done", Tasks([.. history, GuardSaid(GuardStatus.Applied), Verified(VerifyOutcome.Worse), GuardSaid(GuardStatus.Reverted)]));
        Assert.Equal("Done,Failed,Skipped,Skipped,Skipped,Skipped", Tasks([Opened, Fault(), Proposed(), new IncidentEvent.Denied(At(2), Bo, 1, PlanHash.Of(Plan()), null)]));

        static string Tasks(ImmutableArray<IncidentEvent> history)
            => string.Join(',', Card(After([.. history]), history).Body.OfType<CardElement.Tasks>().Single().Items.Select(task => task.State));
    }

    [Fact]
    public void Of_Ended_ClosesWithEventsAndHead()
    {
        var card = Card(Of("resolved"));

        Assert.Contains("7 events, head 0123456789abcdef", card.Footer[^2].ToString(), StringComparison.Ordinal);
        Assert.Equal("a changed configuration is not in force: policy.yaml:3:1: wrong", card.Footer[^1].ToString());
        Assert.DoesNotContain("head", string.Join(' ', Card(Of("watching")).Footer), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_WatchThatSawNothing_OffersTheNudgeForTheOneGuest()
    {
        var watching = Of("watching");
        var escalated = watching.After(new IncidentEvent.WatchElapsed(At(30), watching.Generation));

        Assert.IsType<IncidentState.Escalated>(escalated.State);
        Assert.Contains(Card(escalated).Buttons, button => button.Action == ButtonAction.Nudge);
        Assert.Equal("vm1", Nudge.GuestOf(escalated));
        Assert.DoesNotContain(IncidentCard.Of(escalated, Context([]) with { CanNudge = false }).Buttons, button => button.Action == ButtonAction.Nudge);
        Assert.DoesNotContain(Card(Of("escalated")).Buttons, button => button.Action == ButtonAction.Nudge);
    }

    /// <summary>Everything that a host or a person can write is hostile here; none of it may be in a run that a surface takes for ours.</summary>
    [Fact]
    public void Of_HostileEverywhere_OnlyInHostOutput()
    {
        var finding = Finding() with { Summary = Hostile, Subject = Hostile, Because = [new("e.link", Hostile)], ConsequenceOf = null };
        var diagnosis = IncidentSamples.Diagnosis(OverallVerdict.Fault, finding, finding with { ConsequenceOf = Hostile, Repair = null }) with
        {
            Rejected = [new("nic.uplink-no-carrier", Hostile)],
            NotRead = [new("e.nft", Hostile)],
            Guests = [new(Hostile, Hostile, Hostile, Hostile, Hostile)],
        };
        var plan = Plan() with
        {
            BlastRadius = [Hostile],
            Steps = [Plan().Steps[0] with { Name = Hostile, Before = Hostile, After = Hostile, Run = ["ip", Hostile], Undo = ["ip", Hostile] }],
            Risk = Risk.D2,
        };
        IncidentEvent.Opened opened = Opened with { Request = new() { Host = "host42", Because = Hostile, Focus = new(Hostile, Hostile) } };
        ImmutableArray<IncidentEvent> awaiting = [opened, new IncidentEvent.Observed(At(1), 1, diagnosis, null), Proposed(plan: plan)];
        var hash = PlanHash.Of(plan);
        ImmutableArray<ImmutableArray<IncidentEvent>> stories =
        [
            awaiting,
            [.. awaiting, new IncidentEvent.Denied(At(2), Bo, 1, hash, Hostile)],
            [.. awaiting, new IncidentEvent.CancelRequested(At(2), Ann, Hostile)],
            [.. awaiting, new IncidentEvent.Approved(At(2), Bo, 1, hash), new IncidentEvent.GuardReported(At(3), "i-1-1", new() { Status = GuardStatus.NotBegun, Detail = Hostile })],
            [.. awaiting, new IncidentEvent.Approved(At(2), Bo, 1, hash), new IncidentEvent.GuardReported(At(3), "i-1-1", new() { Status = GuardStatus.Unknown, Detail = Hostile })],
        ];

        foreach (var story in stories)
        {
            var card = Card(After([.. story]), story);
            var runs = Texts(card).SelectMany(text => text.Runs).ToArray();

            Assert.Contains(runs.OfType<TextRun.HostOutput>(), run => run.Text.Contains("<!channel>", StringComparison.Ordinal));
            Assert.All(runs.Where(run => run is not TextRun.HostOutput), run => Assert.DoesNotContain("channel", run.ToString(), StringComparison.Ordinal));
            Assert.All(runs, run => Assert.DoesNotContain('\u001b', run.ToString()));
            Assert.All(runs, run => Assert.DoesNotContain('\u202E', run.ToString()));
            Assert.All(OurOwn(card), text => Assert.DoesNotContain("channel", text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Of_HugeDiagnosis_StaysBounded()
    {
        var finding = Finding() with { Because = [.. Enumerable.Range(0, 500).Select(i => new EvidenceLine("e.link", new string('x', 5000) + i))] };
        var diagnosis = IncidentSamples.Diagnosis(OverallVerdict.Fault, [.. Enumerable.Range(0, 200).Select(i => finding with { Subject = $"br{i}" })]) with
        {
            Guests = [.. Enumerable.Range(0, 3000).Select(i => new GuestLine($"vm{i}", null, null, null, null))],
        };

        var card = Card(After(Opened, new IncidentEvent.Observed(At(1), 1, diagnosis, null)));

        Assert.True(Texts(card).Sum(text => text.ToString().Length) < 300_000);
        Assert.Contains("192 more findings", string.Join('\n', Texts(card)), StringComparison.Ordinal);
    }

    [Fact]
    public void Link_OtherSchemes_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new TextRun.Link("x", new Uri("javascript:alert(1)")));
        Assert.Throws<ArgumentException>(() => new TextRun.Link("x", new Uri("incidents/1", UriKind.Relative)));
    }

    [Theory]
    [InlineData(HopVerdict.Stops, 1)]
    [InlineData(HopVerdict.CannotTell, null)]
    public void Of_DiagnosisWithAPath_ShowsTheHopsWithTheBreakMarked(HopVerdict last, int? marked)
    {
        var path = new GuestTrace(
            Hostile, "vnet0", null, "br0", "eno2",
            new("DHCP DISCOVER", [new("vnet0", "tap", "up", HopVerdict.Passes, null), new("br0", "ip forward", Hostile, last, new("e.nft", "ip filter FORWARD policy DROP"))]), null);
        var incident = Of("escalated");

        var element = Assert.Single(Card(incident with { Diagnosis = incident.Diagnosis! with { Path = path } }).Body.OfType<CardElement.Path>()); // an escalated incident was diagnosed

        Assert.Equal(marked, element.Marked);
        Assert.Equal("vnet0 tap: up", element.Hops[0].ToString());
        Assert.DoesNotContain(element.Hops.SelectMany(hop => hop.Runs).OfType<TextRun.Plain>(), run => run.Text.Contains("channel", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_PathThatPasses_IsNotShown()
    {
        var path = new GuestTrace("vm1", "vnet0", null, "br0", "eno2", new("DHCP DISCOVER", [new("vnet0", "tap", "up", HopVerdict.Passes, null)]), null);
        var incident = Of("escalated");

        Assert.Empty(Card(incident with { Diagnosis = incident.Diagnosis! with { Path = path } }).Body.OfType<CardElement.Path>()); // as above
    }

    [Fact]
    public void HostOutput_LongText_IsCutBetweenCharacters()
    {
        var run = new TextRun.HostOutput(string.Concat(Enumerable.Repeat("x\U0001F600", 2000)));

        Assert.True(run.Text.Length < TextRun.HostOutput.Longest + 50);
        Assert.EndsWith("more characters)", run.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', run.Text);
    }

    private static Incident Of(string row) => States().Single(state => state.Row == row).Incident;

    private static Card Card(Incident incident, ImmutableArray<IncidentEvent> history = default) => IncidentCard.Of(incident, Context(history.IsDefault ? [] : history));

    private static CardContext Context(ImmutableArray<IncidentEvent> history) => new()
    {
        History = history,
        Seq = 7,
        Head = "0123456789abcdef" + new string('0', 48),
        Page = new("http://127.0.0.1:8080/incidents/I-1"),
        ConfigurationProblem = "a changed configuration is not in force: policy.yaml:3:1: wrong",
        CanNudge = true,
        Token = action => $"token-{action}",
    };

    private static IEnumerable<CardText> Texts(Card card) =>
    [
        card.Summary, .. card.Body.SelectMany(Texts), .. card.Footer, .. card.Buttons.Select(button => button.Confirm?.Text).OfType<CardText>(),
    ];

    private static IEnumerable<CardText> Texts(CardElement element) => element switch
    {
        CardElement.Paragraph e => [e.Text],
        CardElement.Fields e => e.Items.Select(item => item.Value),
        CardElement.Tasks e => e.Items.Select(item => item.Text),
        CardElement.Table e => e.Rows.SelectMany(row => row),
        CardElement.Path e => e.Hops,
        CardElement.Lines e => e.Items,
        CardElement.Folded e => e.Content.SelectMany(Texts),
        _ => throw new InvalidOperationException(element.GetType().Name),
    };

    /// <summary>The strings of a card that are no runs: titles and labels.</summary>
    private static IEnumerable<string> OurOwn(Card card) =>
    [
        card.Title, card.Status, .. card.Buttons.Select(button => button.Label), .. card.Body.SelectMany(Titles),
    ];

    private static IEnumerable<string> Titles(CardElement element) => element switch
    {
        CardElement.Fields e => e.Items.Select(item => item.Label),
        CardElement.Table e => [e.Title, .. e.Columns],
        CardElement.Folded e => [e.Title, .. e.Content.SelectMany(Titles)],
        _ => [],
    };
}
