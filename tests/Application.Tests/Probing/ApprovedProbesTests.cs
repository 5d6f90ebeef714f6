using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Observation;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Repairs;
using ChatOpsBot.Application.Tests.Chat;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static ChatOpsBot.Support.PolicySamples;

namespace ChatOpsBot.Application.Tests.Probing;

/// <summary>A probe that the policy puts under approval: asked for on the card, decided like a plan of risk D1, sent, and the diagnosis goes on. Real handlers and worker; the host is made up.</summary>
public sealed class ApprovedProbesTests : IAsyncLifetime
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly ChatBench _bench = new();
    private readonly ReadableHost _host = new(ProbedHost.Plain().Section("e.self", "self", "connection=\nuid=0\nroot=\nmachine=0123456789abcdef0123456789abcdef\nboot=11111111-2222-3333-4444-555555555555\nuptime=5000.0\n"));
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public ValueTask InitializeAsync()
    {
        var request = string.Join('\n', ProbedHost.Discover(1000));
        _host.Says[ProbeProgram.Watch] = $"cob-watch 1\non vnet0\non eno2\non br0\nready\n{request}\nend 9500 time\n";
        _host.Says[ProbeProgram.Dhcp] = "cob-dhcp 1\non br0 02:00:00:00:00:00 02:c0:b0:00:00:00\nsent 0 host\nsent 0 guest\noffer 3010 host 02:00:00:00:00:99 10.20.0.1 10.20.100.7 255.255.0.0 10.20.0.1 eno2\nend 8000\n";
        var (reader, snapshots) = (new HostReader(_host, _bench.Time), new SnapshotKeeper(_bench.Store));
        var worker = new EffectWorker(
            _bench.Store, _bench.Incidents,
            [
                new ObserveHost(_bench, reader, new(reader, new(_host), _bench.Time), new(_bench.Store), snapshots, new(), _bench.Time),
                new ProposePlan(_bench, snapshots, new Keys(), new(), _bench.Time), new Silent(), new TimerEffects(_bench.Time),
            ],
            _bench.Signal, new(), _bench.Time, NullLogger<EffectWorker>.Instance);
        _running = Task.Run(() => worker.RunAsync(_stop.Token));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_running);
        _stop.Dispose();
    }

    [Fact]
    public async Task Check_ProbeUnderApproval_WaitsAndTheCardSaysWhatIsSentAndWhoDecides()
    {
        var id = await AskedAsync();

        Assert.DoesNotContain(_host.Sent, sent => sent.Program == ProbeProgram.Dhcp);
        Assert.Contains(_host.Sent, sent => sent.Program == ProbeProgram.Watch);
        var view = await _bench.Incidents.GetAsync(id, TestContext.Current.CancellationToken);
        Assert.NotNull(view);
        var card = await _bench.Cards.MakeAsync(view, TestContext.Current.CancellationToken);
        var words = CardWordsOf(card);
        foreach (var part in new[] { "p.dhcp", "02:c0:b0:00:00:00", "may take the port down", "group:network", "vm1", "No address is taken" })
        {
            Assert.Contains(part, words, StringComparison.Ordinal);
        }

        Assert.Contains(card.Buttons, button => button.Action == ButtonAction.Approve);
        Assert.Contains("probe p.dhcp, risk D1", Assert.IsType<CommandAnswer.Done>(await _bench.SayAsync(Bo, $"status {id}")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Approve_PressedOrTyped_SendsTheProbeAndGoesOnWithWhatItSays(bool pressed)
    {
        var id = await AskedAsync();
        var said = pressed ? await PressAsync(id, Decision.Approve) : Assert.IsType<CommandAnswer.Done>(await _bench.SayAsync(Bo, $"approve {id}")).Text;

        Assert.Contains("p.dhcp is approved; it is sent from host42 now", said, StringComparison.Ordinal);
        await UntilAsync(async () => (await _bench.IncidentAsync(id)).State is IncidentState.Escalated);
        Assert.Equal("br0 02:c0:b0:00:00:00 8 eno2", Assert.Single(_host.Sent, sent => sent.Program == ProbeProgram.Dhcp).Arguments);
        var incident = await _bench.IncidentAsync(id);
        Assert.Equal("switch.port-security", incident.Diagnosis?.Primary?.Id);
        Assert.Equal(2, incident.Generation);
        Assert.Empty(incident.Committed);
    }

    [Fact]
    public async Task Deny_NothingIsSentAndTheDiagnosisStands()
    {
        var id = await AskedAsync();

        Assert.Contains("nothing is sent, and the diagnosis stands", await PressAsync(id, Decision.Deny), StringComparison.Ordinal);
        await UntilAsync(async () => (await _bench.IncidentAsync(id)).State is IncidentState.Escalated);
        Assert.DoesNotContain(_host.Sent, sent => sent.Program == ProbeProgram.Dhcp);
        Assert.Contains("dhcp.no-answer", (await _bench.IncidentAsync(id)).Diagnosis?.Findings.Select(finding => finding.Id) ?? []);
    }

    [Fact]
    public async Task NobodyDecides_TheIncidentExpiresAndNothingWasSent()
    {
        var id = await AskedAsync();
        await UntilAsync(async () => (await _bench.IncidentAsync(id)).State is IncidentState.Ended { End: IncidentEnd.Expired }, TimeSpan.FromMinutes(1));

        Assert.DoesNotContain(_host.Sent, sent => sent.Program == ProbeProgram.Dhcp);
    }

    [Fact]
    public async Task ApproverLeavesBeforeItIsSent_NothingIsSentAndNobodyIsAskedInACircle()
    {
        var id = await AskedAsync();
        var approved = (await _bench.EventsAsync(id)).OfType<IncidentEvent.PlanProposed>().Single();
        _bench.Policy = _bench.Policy with { People = [.. _bench.Policy.People.Where(person => person.Id != Bo)] };
        await _bench.ApplyAsync(id, new IncidentEvent.Approved(_bench.Now, Bo, 1, approved.PlanHash));
        await UntilAsync(async () => (await _bench.IncidentAsync(id)).State is IncidentState.Escalated);

        Assert.DoesNotContain(_host.Sent, sent => sent.Program == ProbeProgram.Dhcp);
        Assert.Contains((await _bench.IncidentAsync(id)).Diagnosis?.NotRead ?? [], gap => gap.Section == "p.dhcp" && gap.Why.Contains("approval", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PolicyDeniesOrNobodyCouldApprove_NobodyIsAsked()
    {
        _bench.Policy = _bench.Policy with { Approvals = [.. _bench.Policy.Approvals.Where(rule => !rule.Risks.Contains(Risk.D1))] };
        var id = await OpenAsync("check host42 probe active");
        await UntilAsync(async () => (await _bench.IncidentAsync(id)).State is IncidentState.Escalated);

        Assert.Empty((await _bench.EventsAsync(id)).OfType<IncidentEvent.PlanProposed>());
        Assert.DoesNotContain(_host.Sent, sent => sent.Program == ProbeProgram.Dhcp);
    }

    [Fact]
    public async Task Check_Passive_AsksForNothing()
    {
        var id = await OpenAsync("check host42");
        await UntilAsync(async () => (await _bench.IncidentAsync(id)).State is IncidentState.Escalated);

        Assert.Empty((await _bench.EventsAsync(id)).OfType<IncidentEvent.PlanProposed>());
    }

    private async Task<IncidentId> AskedAsync()
    {
        var id = await OpenAsync("check host42 probe active");
        await UntilAsync(async () => (await _bench.IncidentAsync(id)).State is IncidentState.AwaitingApproval { Proposal.Plan.Probes: not null });
        return id;
    }

    private async Task<IncidentId> OpenAsync(string line) => Assert.IsType<CommandAnswer.Done>(await _bench.SayAsync(Ann, line)).Incident ?? throw new InvalidOperationException("no incident");

    private async Task<string> PressAsync(IncidentId id, Decision decision)
    {
        var token = _bench.Tokens.Make(decision == Decision.Approve ? ButtonAction.Approve : ButtonAction.Deny, await _bench.IncidentAsync(id));
        return Assert.IsType<DecisionOutcome.Decided>(await _bench.Decisions.DecideAsync(new(new DecisionSubject.OfToken(token), Bo, decision), TestContext.Current.CancellationToken)).Text;
    }

    private static string CardWordsOf(Card card) => string.Join('\n', card.Body.SelectMany(Words).Prepend(card.Summary.ToString()));

    private static IEnumerable<string> Words(CardElement element) => element switch
    {
        CardElement.Paragraph e => [e.Text.ToString()],
        CardElement.Fields e => e.Items.Select(field => $"{field.Label}: {field.Value}"),
        CardElement.Lines e => e.Items.Select(line => line.ToString()),
        CardElement.Folded e => e.Content.SelectMany(Words),
        _ => [],
    };

    private async Task UntilAsync(Func<Task<bool>> holds, TimeSpan? step = null)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < s_limit, "the condition did not come true");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
            _bench.Time.Advance(step ?? TimeSpan.FromMilliseconds(50));
        }
    }

    private sealed class Keys : IHostKeys
    {
        public Task<HostKeyOutcome> ReadAsync(HostEntry host, CancellationToken cancellationToken) => Task.FromResult<HostKeyOutcome>(new HostKeyOutcome.Offered("ssh-ed25519", "SHA256:abc", "host42 ssh-ed25519 AAAA"));
    }

    private sealed class Silent : IEffectHandler
    {
        public IReadOnlyCollection<string> Names { get; } = ["update-card.v1", "ask-for-approval.v1", "ask-human.v1", "publish-transcript.v1"];

        public Task<EffectOutcome> PerformAsync(EffectTask task, CancellationToken cancellationToken) => Task.FromResult<EffectOutcome>(new EffectOutcome.Done());
    }
}
