using ChatOpsBot.Application.Chat.Delivery;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Application.Tests.Chat;

public sealed class LiveCardsTests : IDisposable
{
    private readonly ChatBench _bench = new();
    private readonly FakeSurface _slack = new() { Capabilities = new() { Threads = true, Files = true, FindsOwnMessages = true, LiveProgress = true } };
    private readonly ProgressHub _hub = new();
    private readonly CardDelivery _delivery;
    private readonly LiveCards _live;

    public LiveCardsTests()
    {
        _delivery = new(_bench.Incidents, _bench.Cards, _bench.Store, NullLogger<CardDelivery>.Instance);
        _live = new(_hub, _bench.Store, new([_slack]), _delivery, _bench.Time, NullLogger<LiveCards>.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Look_SectionIsRead_IsOnTheCard()
    {
        var id = await ReadingAsync();
        _hub.Report(new(id, "read", "e.link", 3, 40));

        await _live.LookAsync(Token);

        Assert.Contains(Tasks(), task => task is { State: TaskState.Running } && task.Text.ToString() == "Read host42: e.link, 3 of 40");
    }

    [Fact]
    public async Task Look_FiftySectionsInAMinute_ChangesStayFarBelowWhatSlackAllows()
    {
        var id = await ReadingAsync();
        _slack.Calls.Clear();
        for (var second = 0; second < 60; second++)
        {
            _hub.Report(new(id, "read", $"section {second}", second, 60));
            await _live.LookAsync(Token);
            _bench.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(_slack.Calls.Count, 10, 15);
    }

    [Fact]
    public async Task Look_ManyIncidentsAtOnce_StayBelowTogetherAndEachGetsItsTurn()
    {
        var ids = new List<IncidentId>();
        foreach (var number in Enumerable.Range(40, 6))
        {
            ids.Add(await ReadingAsync($"host{number}"));
        }

        _slack.Calls.Clear();
        for (var second = 0; second < 60; second++)
        {
            foreach (var id in ids)
            {
                _hub.Report(new(id, "read", $"section {second}", second, 60));
            }

            await _live.LookAsync(Token);
            _bench.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(_slack.Calls.Count, 15, 25);
        Assert.All(_slack.Cards.Values, card => Assert.Contains(Tasks(card), task => task.Text.ToString().Contains(": section ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Look_NothingNewOrNothingUnderWay_ChangesNothing()
    {
        var id = await ReadingAsync();
        _slack.Calls.Clear();
        _hub.Report(new(id, "read", "e.link", 3, 40));
        await _live.LookAsync(Token);
        _bench.Time.Advance(TimeSpan.FromSeconds(30));
        await _live.LookAsync(Token);
        _hub.Clear(id);
        _bench.Time.Advance(TimeSpan.FromSeconds(30));
        await _live.LookAsync(Token);

        Assert.Equal(["update"], _slack.Calls);
    }

    [Fact]
    public async Task Look_CardIsJustBroughtUpToDate_IsLeftOut()
    {
        var id = await ReadingAsync();
        await _bench.SayAsync(Bo, "note I-1 x");
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        _slack.Calls.Clear();
        _slack.Before = async (_, _) =>
        {
            entered.TrySetResult();
            await release.Task;
            return null;
        };
        var bringing = _delivery.BringAsync(_slack, id, Channel, 0, Token);
        await entered.Task;
        _hub.Report(new(id, "read", "e.link", 3, 40));

        await _live.LookAsync(Token);

        release.SetResult();
        await bringing;
        Assert.Equal(["update"], _slack.Calls);
        Assert.DoesNotContain(Tasks(), task => task.Text.ToString().Contains("e.link", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Look_IncidentHasEnded_ItsLastCardStays()
    {
        var id = await ReadingAsync();
        await _bench.SayAsync(Ann, "cancel I-1");
        Assert.False((await _bench.IncidentAsync(id)).IsOpen);
        await _delivery.BringAsync(_slack, id, Channel, 0, Token);
        _slack.Calls.Clear();
        _hub.Report(new(id, "read", "e.link", 3, 40));

        await _live.LookAsync(Token);

        Assert.Empty(_slack.Calls);
    }

    [Fact]
    public async Task Look_PlatformDoesNotShowIt_IsNotAsked()
    {
        var id = await ReadingAsync();
        _slack.Capabilities = new();
        _slack.Calls.Clear();
        _hub.Report(new(id, "read", "e.link", 3, 40));

        await _live.LookAsync(Token);

        Assert.Empty(_slack.Calls);
    }

    public void Dispose() => _live.Dispose();

    private async Task<IncidentId> ReadingAsync(string host = "host42")
    {
        var opened = Assert.IsType<ApplyOutcome.Applied>(await _bench.Incidents.OpenOrJoinAsync(new() { Host = host }, Ann, Channel, new(), _bench.Now, null, Token));
        await _delivery.BringAsync(_slack, opened.View.Incident.Id, Channel, 0, Token);
        return opened.View.Incident.Id;
    }

    private IEnumerable<CardTask> Tasks() => Tasks(Assert.Single(_slack.Cards).Value);

    private static IEnumerable<CardTask> Tasks(Card card) => card.Body.OfType<CardElement.Tasks>().SelectMany(tasks => tasks.Items);
}
