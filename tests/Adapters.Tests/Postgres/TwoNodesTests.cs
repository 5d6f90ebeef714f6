using System.Collections.Concurrent;
using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Tests.Chat;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Domain.Transcripts;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Adapters.Tests.Postgres;

/// <summary>Two services on one database are handed the same at the same moment, as happens behind a load balancer and when a platform repeats itself.</summary>
[Trait("Needs", "database")]
public sealed class TwoNodesTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly PostgresStores _stores;
    private readonly FakeSurface _slack = new();
    private readonly Node _a;
    private readonly Node _b;

    public TwoNodesTests(PrivatePostgres server)
    {
        _stores = new(server);
        _a = new(_stores.Options, _slack);
        _b = new(_stores.Options, _slack);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Intake_SameItemHandedToBoth_IsWorkedOnOnce()
    {
        var worked = new ConcurrentQueue<string>();
        using var handedIn = new SemaphoreSlim(0);
        using var a = _a.Intake(new Counting("slack", worked, handedIn), new Counting("teams", worked, handedIn));
        using var b = _b.Intake(new Counting("slack", worked, handedIn), new Counting("teams", worked, handedIn));
        await a.StartAsync(Token);
        await b.StartAsync(Token);
        var items = Enumerable.Range(0, 12).Select(number => (Surface: number % 2 == 0 ? "slack" : "teams", Key: $"Ev{number}")).ToArray();

        var news = await Task.WhenAll(items.SelectMany(item => new[] { a, b }, (item, intake) => Task.Run(() => intake.AcceptAsync(item.Surface, item.Key, "x"u8.ToArray(), null, Token), Token)));
        Assert.Equal(items.Length, news.Count(isNew => isNew));

        // And a third time, at the one that did not get it first perhaps, while it is being worked on.
        foreach (var (surface, key) in items)
        {
            Assert.False(await b.AcceptAsync(surface, key, "x"u8.ToArray(), null, Token));
        }

        handedIn.Release(items.Length * 3);
        await UntilAsync(async () => (await _a.Inbox.PendingAsync(100, Token)).IsEmpty && a.Waiting + b.Waiting == 0, "items stay undone");
        Assert.Equal(items.Select(item => $"{item.Surface} {item.Key}").Order(), worked.Order());
        await a.StopAsync(Token);
        await b.StopAsync(Token);
    }

    [Fact]
    public async Task Command_SameKeyAtBoth_IsOneIncidentAndOneAnswer()
    {
        foreach (var host in (string[])["host42", "host43"])
        {
            var request = new CommandRequest { Person = Ann, Text = $"check {host}", Conversation = Channel, IdempotencyKey = $"slack:{host}" };
            var answers = await Task.WhenAll(new[] { _a, _b, _a, _b }.Select(node => Task.Run(() => node.Dispatcher.DispatchAsync(request, Token), Token)));
            var repeated = await _b.Dispatcher.DispatchAsync(request, Token);

            Assert.All(answers.Append(repeated), answer => Assert.Equal(Told(answers[0]), Told(answer)));
            var id = Assert.IsType<CommandAnswer.Done>(repeated).Incident ?? throw new InvalidOperationException("the answer names no incident");
            Assert.Equal(["opened.v1"], (await _a.Store.LoadAsync(id, 0, Token)).Select(stored => stored.Type)); // nobody joined: it was one request
        }

        Assert.Equal(2, (await _a.Store.ListAsync(new(), Token)).Length);

        static (string, IncidentId?) Told(CommandAnswer answer) => answer is CommandAnswer.Done done ? (done.Text, done.Incident) : (answer.ToString(), null);
    }

    [Theory]
    [InlineData(Decision.Approve, Decision.Approve)]
    [InlineData(Decision.Approve, Decision.Deny)]
    public async Task Decision_AtBothAtOnce_IsOne(Decision first, Decision second)
    {
        for (var round = 0; round < 10; round++)
        {
            var id = await WaitingAsync($"host{round}");

            // Each has seen the incident as it was before the other's press.
            var token = _a.Tokens.Make(ButtonAction.Decide, (await _a.Incidents.GetAsync(id, Token))?.Incident ?? throw new InvalidOperationException("it is gone"));
            Assert.NotNull(await _b.Incidents.GetAsync(id, Token));
            using var together = new Barrier(2);
            var outcomes = await Task.WhenAll(DecideAsync(_a, Ann, first), DecideAsync(_b, Bo, second));

            Assert.Single(outcomes.OfType<DecisionOutcome.Decided>());
            Assert.Single(outcomes.OfType<DecisionOutcome.AlreadyDecided>());
            var events = await _a.Store.LoadAsync(id, 0, Token);
            Assert.Empty(EventChain.Problems(id, events));
            var decided = Assert.Single(events.Select(stored => stored.Read()), happened => happened is IncidentEvent.Approved or IncidentEvent.Denied);
            Assert.Equal(decided is IncidentEvent.Approved ? 1L : 0L, _stores.Ask($"SELECT count(*) FROM outbox WHERE incident = {id.Number} AND name = 'begin-repair.v1'"));

            Task<DecisionOutcome> DecideAsync(Node node, PersonId who, Decision decision) => Task.Run(
                () =>
                {
                    together.SignalAndWait(Token);
                    return node.Decisions.DecideAsync(new(new DecisionSubject.OfToken(token), who, decision), Token);
                },
                Token);
        }
    }

    [Fact]
    public async Task Card_KeptUpToDateByBoth_IsOneMessageWithTheNewestState()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var id = Assert.IsType<ApplyOutcome.Applied>(await _a.Incidents.OpenOrJoinAsync(Opened.Request, Ann, Channel, new(), TimeProvider.System.GetUtcNow(), null, Token)).View.Incident.Id;
        var working = new[] { _a, _b }.Select(node => Task.Run(() => node.Worker.RunAsync(stop.Token), Token)).ToArray();
        for (var number = 0; number < 20; number++)
        {
            Assert.IsType<ApplyOutcome.Applied>(await (number % 2 == 0 ? _a : _b).Incidents.ApplyAsync(id, [new IncidentEvent.NoteAdded(TimeProvider.System.GetUtcNow(), Ann, $"note {number}")], null, null, Token));
            await Task.Yield();
        }

        await UntilAsync(async () => (await _a.Index.FindAsync(id, Channel, Token))?.RenderedSeq == 21, "the card stays old");
        await stop.CancelAsync();
        await Task.WhenAll(working);

        Assert.Equal(1, _slack.Calls.Count(call => call == "show"));
        var (message, card) = Assert.Single(_slack.Cards);
        Assert.Equal(21, card.Seq);
        Assert.Equal(new CardPlace(id, Channel, message, 21), Assert.Single(await _b.Index.ListAsync(id, Token)));
    }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
        _stores.Dispose();
    }

    /// <summary>An incident whose plan waits for one approval, which also the requester may give.</summary>
    private async Task<IncidentId> WaitingAsync(string host)
    {
        var now = TimeProvider.System.GetUtcNow();
        var id = Assert.IsType<ApplyOutcome.Applied>(await _a.Incidents.OpenOrJoinAsync(new() { Host = host }, Ann, Channel, new(), now, null, Token)).View.Incident.Id;
        var plan = Plan($"{id}-1", host) with { Expires = now.AddHours(1) };
        var proposed = new IncidentEvent.PlanProposed(now, 1, plan, PlanHash.Of(plan), Requirement(1, requesterMay: true));
        Assert.IsType<ApplyOutcome.Applied>(await _a.Incidents.ApplyAsync(id, [Fault() with { At = now }, proposed], null, null, Token));
        return id;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string otherwise)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begin) < s_patience, otherwise);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token);
        }
    }

    /// <summary>Writes down what it works on, and takes its time until all was handed in.</summary>
    private sealed class Counting(string surface, ConcurrentQueue<string> worked, SemaphoreSlim handedIn) : IIntakeHandler
    {
        public string Surface => surface;

        public async Task<IntakeOutcome> HandleAsync(IntakeItem item, CancellationToken cancellationToken)
        {
            worked.Enqueue($"{item.Surface} {item.Key}");
            await handedIn.WaitAsync(cancellationToken);
            return new IntakeOutcome.Done();
        }
    }
}
