using System.Globalization;
using System.Text.RegularExpressions;
using ChatOpsBot.Application.Approvals;
using ChatOpsBot.ChatContract.Benches;
using ChatOpsBot.ChatContract.Surfaces;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.ChatContract;

/// <summary>What a scenario shows, in the words of the table that is made of them.</summary>
/// <param name="text">One line.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ScenarioAttribute(string text) : Attribute
{
    /// <summary>One line.</summary>
    public string Text => text;
}

/// <summary>What every surface owes to people: the same scenarios for all, against the bot with a real store. No scenario can be overridden or left out.</summary>
public abstract partial class ChatContractTests : IAsyncLifetime
{
    private const string Host = "host42";

    /// <summary>Marks of every surface at once.</summary>
    private const string Hostile = "HOSTILE <!channel> <b>x</b> [x](https://evil.example/a) <https://evil.example/b|c> <script>window.owned=1</script> <at>Bridge</at> \u001b[2J\u202eend";

    private ChatUnderTest _chat = null!; // set before each test

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _chat = await StartAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _chat.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the surface with a bot behind it.</summary>
    protected abstract Task<ChatUnderTest> StartAsync();

    [Fact, Scenario("`check` gives one card; who asks again joins it")]
    public async Task Check_OfAHost_ShowsOneCardThatFollows()
    {
        var id = await CheckAsync();
        Assert.Contains("you have joined it", await _chat.SayAsync("bo", $"check {Host}"));
        await ProposeAsync(id);
        var card = await _chat.CardAsync(id, "ip link set dev eno2 master br0");
        Assert.Contains("awaiting-approval", card);
        Assert.Contains("br0 has no uplink port", card);
        Assert.Equal(1, await _chat.CardsAsync(id));
    }

    [Fact, Scenario("`help` says what the asker may do")]
    public async Task Help_SaysWhatTheAskerMayDo()
    {
        var help = await _chat.SayAsync("ann", "help");
        Assert.Contains("check HOST", help);
        Assert.Contains("why-not", help);
        Assert.DoesNotContain("check HOST", await _chat.SayAsync("eve", "help"));
    }

    [Fact, Scenario("Bad input gets an answer that names the remedy")]
    public async Task BadInput_IsAnsweredWithTheRemedy()
    {
        foreach (var (line, remedy) in new[]
        {
            ("chek host42", "check"), ("check", "check HOST"), ("check hosr42", "host42"), ("approve I-99", "I-99"), ("note I-1", "note INCIDENT TEXT"), ("check host42 because \"open", "quote"), ("explain bridge.uplink-mising", "bridge.uplink-missing"),
        })
        {
            var answer = await _chat.SayAsync("ann", line);
            Assert.True(answer.Contains(remedy, StringComparison.Ordinal), $"{line}: {answer}");
        }

        Assert.Empty(await _chat.Bench.Get<Application.Ports.IIncidentStore>().ListAsync(new() { Limit = 10 }, CancellationToken.None));
    }

    [Fact, Scenario("Who is not known is refused and told what to do")]
    public async Task Stranger_IsRefusedAndToldWhatToDo()
    {
        Assert.Matches("whoami|console: \\{ tokenFile|token of a person whom the policy knows", await _chat.SayAsync("zoe", $"check {Host}"));
        Assert.Empty(await _chat.Bench.Get<Application.Ports.IIncidentStore>().ListAsync(new() { Limit = 10 }, CancellationToken.None));
    }

    [Fact, Scenario("A second person approves")]
    public async Task Approve_BySecondPerson_BeginsTheRepair()
    {
        var id = await WaitingAsync();
        Assert.Contains("begins", await _chat.PressAsync("bo", await _chat.HoldAsync(id, "approve")));
        Assert.Equal("bo", Assert.Single(await ApprovalsAsync(id)).By.Value);
        await _chat.Bench.RepairAsync(id);
        Assert.Contains("resolved", await _chat.CardAsync(id, "resolved"));
    }

    [Fact, Scenario("A probe that the policy puts under approval is asked for and sent")]
    public async Task Approve_OfAProbe_SaysWhatIsSentAndGoesOn()
    {
        const string Sends = "Send DHCPDISCOVERs from br0 with the guest-style 02:c0:b0:00:00:01";
        var id = await CheckAsync();
        var plan = ChatBench.Plan(id, Host) with
        {
            Runbook = "p.dhcp",
            Probes = "p.dhcp",
            Risk = Domain.Diagnosis.Risk.D1,
            Steps = [new() { Name = Sends, Read = [], Before = "", Run = ["p.dhcp", "br0", "02:c0:b0:00:00:01", "8", "eno2"], After = "", Undo = [], Risk = Domain.Diagnosis.Risk.D1 }],
        };
        await _chat.Bench.AddAsync(id, ChatBench.Observed(Host, IncidentSamples.Finding(certainty: Domain.Diagnosis.Certainty.Possible)) with { AsksForProbes = true }, ChatBench.Proposed(plan));
        var card = await _chat.CardAsync(id, Sends);
        Assert.Contains("awaiting-approval", card);
        Assert.DoesNotContain("Arm the guard", card);
        Assert.Contains("p.dhcp is approved", await _chat.PressAsync("bo", await _chat.HoldAsync(id, "approve")));
        var incident = await _chat.Bench.IncidentAsync(id);
        Assert.Equal((2, true, "bo"), (incident.Generation, incident.ProbesNow is not null, Assert.Single(await ApprovalsAsync(id)).By.Value));
    }

    [Fact, Scenario("Who asked may not approve alone (four eyes)")]
    public async Task Approve_ByTheAsker_NeedsASecondPerson()
    {
        var id = await WaitingAsync();
        Assert.Contains("second person", await _chat.PressAsync("ann", await _chat.HoldAsync(id, "approve")));
        Assert.Empty(await ApprovalsAsync(id));
        Assert.IsType<IncidentState.AwaitingApproval>((await _chat.Bench.IncidentAsync(id)).State);
    }

    [Fact, Scenario("Others may not approve at all")]
    public async Task Approve_ByOutsiders_IsRefused()
    {
        var id = await WaitingAsync();
        var button = await _chat.HoldAsync(id, "approve");
        Assert.Contains("none of them", await _chat.PressAsync("eve", button));
        Assert.Matches("nobody under people|does not know this token|token of a person", await _chat.PressAsync("zoe", button));
        Assert.Empty(await ApprovalsAsync(id));
        Assert.IsType<IncidentState.AwaitingApproval>((await _chat.Bench.IncidentAsync(id)).State);
    }

    [Fact, Scenario("Others may press no button there is, even with its right token")]
    public async Task Press_OfAnyButton_ByOutsiders_IsRefused()
    {
        var id = await WaitingAsync();
        var like = await _chat.HoldAsync(id, "approve");
        var before = (await _chat.Bench.EventsAsync<IncidentEvent>(id)).Count;
        foreach (var action in Enum.GetValues<ButtonAction>())
        {
            var token = _chat.Bench.Get<ButtonTokens>().Make(action, await _chat.Bench.IncidentAsync(id));
            foreach (var person in (string[])["eve", "zoe"])
            {
                var answer = await _chat.ForgeAsync(person, like, action, token);
                Assert.True(Refusal().IsMatch(answer), $"{action} by {person}: {answer}");
                Assert.DoesNotContain("br0 has no uplink port", answer);
            }
        }

        Assert.Equal(before, (await _chat.Bench.EventsAsync<IncidentEvent>(id)).Count);
        Assert.Single(await _chat.Bench.Get<Application.Ports.IIncidentStore>().ListAsync(new() { Limit = 10 }, CancellationToken.None));
    }

    [Fact, Scenario("`deny` with a reason")]
    public async Task Deny_WithAReason_EndsTheIncidentAndKeepsTheReason()
    {
        var id = await WaitingAsync();
        Assert.Contains("declined", await _chat.PressAsync("bo", await _chat.HoldAsync(id, "deny"), "not during the backup"));
        Assert.Equal("not during the backup", Assert.Single(await _chat.Bench.EventsAsync<IncidentEvent.Denied>(id)).Reason);
        Assert.Contains("not during the backup", await _chat.CardAsync(id, "declined"));
    }

    [Fact, Scenario("A button of a plan that was replaced decides nothing")]
    public async Task Press_OfAReplacedPlan_DecidesNothing()
    {
        var id = await WaitingAsync();
        var old = await _chat.HoldAsync(id, "approve");
        await _chat.Bench.AddAsync(id, new IncidentEvent.RecheckRequested(IncidentSamples.At(3), IncidentSamples.Ann));
        await _chat.Bench.AddAsync(id, ChatBench.Observed(Host) with { Generation = 2 }, ChatBench.Proposed(ChatBench.Plan(id, Host, 2), 2));
        Assert.Matches("has changed since|no longer on offer", await _chat.PressAsync("bo", old));
        Assert.Empty(await ApprovalsAsync(id));
    }

    [Fact, Scenario("A double click decides once; both are answered truly")]
    public async Task Press_Twice_DecidesOnce()
    {
        var id = await WaitingAsync();
        var (one, two) = (await _chat.HoldAsync(id, "approve"), await _chat.HoldAsync(id, "approve"));
        var answers = await Task.WhenAll(_chat.PressAsync("bo", one), _chat.PressAsync("bo", two));
        Assert.Single(await ApprovalsAsync(id));
        Assert.All(answers, answer => Assert.Matches("begins|was approved|already|is applying", answer));
        Assert.Single(answers, answer => answer.Contains("begins", StringComparison.Ordinal));
        Assert.Matches("was approved|already|applying", await _chat.PressAsync("bo", one));
        Assert.Single(await ApprovalsAsync(id));
    }

    [Fact, Scenario("Buttons outlive a restart of the bot")]
    public async Task Press_AfterARestart_StillWorks()
    {
        var id = await WaitingAsync();
        var button = await _chat.HoldAsync(id, "approve");
        await _chat.RestartAsync();
        Assert.Contains("begins", await _chat.PressAsync("bo", button));
        Assert.Single(await ApprovalsAsync(id));
        Assert.Equal(1, await _chat.CardsAsync(id));
    }

    [Fact, Scenario("`cancel` ends an incident")]
    public async Task Cancel_EndsTheIncident()
    {
        var id = await WaitingAsync();
        Assert.Contains("cancelled", await _chat.SayAsync("ann", $"cancel {id} wrong host"));
        Assert.Contains("cancelled", await _chat.CardAsync(id, "cancelled"));
        Assert.False((await _chat.Bench.IncidentAsync(id)).IsOpen);
    }

    [Fact, Scenario("`note` is kept")]
    public async Task Note_IsInTheTranscript()
    {
        var id = await CheckAsync();
        Assert.Contains($"noted in {id}", await _chat.SayAsync("bo", $"note {id} the cable was replaced"));
        var note = Assert.Single(await _chat.Bench.EventsAsync<IncidentEvent.NoteAdded>(id));
        Assert.Equal(("bo", "the cable was replaced"), (note.By.Value, note.Text));
    }

    [Fact, Scenario("The transcript, with the head of its chain")]
    public async Task Transcript_IsThereWithItsHead()
    {
        var id = await WaitingAsync();
        await _chat.PressAsync("bo", await _chat.HoldAsync(id, "approve"));
        await _chat.Bench.RepairAsync(id);
        await _chat.CardAsync(id, "resolved");
        var transcript = await _chat.SayAsync("ann", $"transcript {id}");
        var head = (await _chat.Bench.Get<Application.Incidents.IncidentService>().GetAsync(id, CancellationToken.None))?.Head ?? "?";
        Assert.Contains(head[..12], transcript);
        Assert.Contains("resolved", transcript);
        Assert.Contains("bo", transcript);
    }

    [Fact, Scenario("Words of hosts and people are read, and never take effect")]
    public async Task HostileWords_AreReadAndNeverTakeEffect()
    {
        var id = await CheckAsync();
        var finding = IncidentSamples.Finding() with { Summary = Hostile, Because = [new("e.link", Hostile)] };
        var plan = ChatBench.Plan(id, Host);
        await _chat.Bench.AddAsync(id, ChatBench.Observed(Host, finding), ChatBench.Proposed(plan with { Steps = [plan.Steps[0] with { Name = Hostile, Before = Hostile }] }));
        Assert.Contains("HOSTILE", await _chat.CardAsync(id, "HOSTILE"));
        await _chat.SayAsync("bo", $"note {id} {Hostile.Replace("\u001b", "", StringComparison.Ordinal)}");
        await _chat.SayAsync("bo", $"check {Hostile[8..40]}");
        await _chat.DetailsAsync("bo", id, said => said.Contains("HOSTILE", StringComparison.Ordinal));
        Assert.Empty(await _chat.LiveAsync(id));
    }

    [Fact, Scenario("Long output is never cut silently")]
    public async Task LongOutput_IsNeverCutSilently()
    {
        string[] Lines(string name, int count) => [.. Enumerable.Range(0, count).Select(number => string.Create(CultureInfo.InvariantCulture, $"{name}-{number:D4}-{new string('x', 300)}-end"))];
        var (evidence, steps) = (Lines("evidence", 400), Lines("step", 120));
        var id = await CheckAsync();
        var plan = ChatBench.Plan(id, Host);
        await _chat.Bench.AddAsync(
            id,
            ChatBench.Observed(Host, IncidentSamples.Finding() with { Because = [.. evidence.Select(line => new Domain.Diagnosis.EvidenceLine("e.link", line))] }),
            ChatBench.Proposed(plan with { Steps = [.. steps.Select(step => plan.Steps[0] with { Run = ["ip", "link", "set", "dev", "eno2", "alias", step] })] }));

        // All of it, or a sentence that says how much is not there.
        bool IsTold(string all, string[] lines) => lines.Count(line => !all.Contains(line, StringComparison.Ordinal)) is var missing
            && (missing == 0 || LeftOut().Matches(all).Any(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) >= missing));
        var all = await _chat.DetailsAsync("bo", id, said => IsTold(said, evidence) && IsTold(said, steps));
        Assert.True(IsTold(all, evidence) && IsTold(all, steps), all);
    }

    [GeneratedRegex("none of them|no rule allows|nobody under people|does not know this token|token of a person|is for the HTTP API|may not")]
    private static partial Regex Refusal();

    private async Task<IncidentId> CheckAsync()
    {
        var answer = await _chat.SayAsync("ann", $"check {Host}");
        Assert.Matches("I-[0-9]+", answer);
        return new(long.Parse(Number().Match(answer).Groups[1].Value, CultureInfo.InvariantCulture));
    }

    private Task ProposeAsync(IncidentId id) => _chat.Bench.AddAsync(id, ChatBench.Observed(Host), ChatBench.Proposed(ChatBench.Plan(id, Host)));

    private async Task<IncidentId> WaitingAsync()
    {
        var id = await CheckAsync();
        await ProposeAsync(id);
        await _chat.CardAsync(id, "awaiting-approval");
        return id;
    }

    private async Task<IReadOnlyList<IncidentEvent.Approved>> ApprovalsAsync(IncidentId id) => await _chat.Bench.EventsAsync<IncidentEvent.Approved>(id);

    [GeneratedRegex("and ([0-9]+) more")]
    private static partial Regex LeftOut();

    [GeneratedRegex("I-([0-9]+)")]
    private static partial Regex Number();
}
