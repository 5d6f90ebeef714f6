using System.Net;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Support;
using ChatOpsBot.Web.Tests.Support;
using Xunit;

namespace ChatOpsBot.Web.Tests.Api;

public sealed class EventStreamTests : IAsyncLifetime
{
    private ConsoleService _service = null!; // set before each test

    public async ValueTask InitializeAsync() => _service = await ConsoleService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Events_OpenIncident_SendsThePastAndThenWhatHappens()
    {
        var id = await _service.WaitingAsync();
        await using var stream = await EventReader.OpenAsync(_service.As(FakeConfiguration.Bo), id);

        Assert.Equal(["1", "2", "3"], [(await stream.NextAsync()).Id, (await stream.NextAsync()).Id, (await stream.NextAsync()).Id]);
        await _service.AddAsync(id, new IncidentEvent.NoteAdded(IncidentSamples.At(2), IncidentSamples.Bo, "line one\nline two\u202e"));
        var noted = await stream.NextAsync();

        Assert.Equal(("incident", "4"), (noted.Name, noted.Id));
        Assert.StartsWith("""{"seq":4,"at":"2026-11-22T12:02:00Z","type":"note-added.v1","state":"awaiting-approval","text":"bo noted","blocks":["line one\nline two""", noted.Data, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", noted.Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_LastEventId_ResumesBehindIt()
    {
        var id = await _service.WaitingAsync();
        await using var stream = await EventReader.OpenAsync(_service.As(FakeConfiguration.Bo), id, lastEventId: "2");

        var first = await stream.NextAsync();

        Assert.Equal("3", first.Id);
        Assert.Contains("\"state\":\"awaiting-approval\"", first.Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_LastEventIdOfAnotherHistory_SendsEverything()
    {
        var id = await _service.WaitingAsync();
        await using var stream = await EventReader.OpenAsync(_service.As(FakeConfiguration.Bo), id, lastEventId: "700");

        Assert.Equal("1", (await stream.NextAsync()).Id);
    }

    [Fact]
    public async Task Events_IncidentEnds_SaysSoAndCloses()
    {
        var id = await _service.WaitingAsync();
        await using var stream = await EventReader.OpenAsync(_service.As(FakeConfiguration.Bo), id, lastEventId: "3");
        await _service.AddAsync(id, Stories.Repaired());

        var names = new List<string>();
        while (await stream.TryNextAsync() is { } next)
        {
            names.Add(next.Name);
        }

        Assert.Equal("end", names[^1]);
        Assert.Equal(6, names.Count(name => name == "incident"));
    }

    [Fact]
    public async Task Events_EndedAndAllSeen_Is204SoThatNobodyComesBack()
    {
        var id = await _service.GivenAsync(Stories.Opened("host42"), Stories.Observed("host42", Domain.Diagnosis.OverallVerdict.Healthy));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/incidents/{id}/events");
        request.Headers.Add("Last-Event-ID", "2");

        Assert.Equal(HttpStatusCode.NoContent, (await _service.As(FakeConfiguration.Bo).SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("abc")]
    [InlineData("1.5")]
    [InlineData("99999999999999999999")]
    public async Task Events_BadLastEventId_Is400(string lastEventId)
    {
        var id = await _service.WaitingAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/incidents/{id}/events");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);

        Assert.Equal(HttpStatusCode.BadRequest, (await _service.As(FakeConfiguration.Bo).SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Events_Progress_ComesWithoutAnId()
    {
        var id = await _service.WaitingAsync();
        await using var stream = await EventReader.OpenAsync(_service.As(FakeConfiguration.Bo), id, lastEventId: "3");
        _service.Get<ProgressHub>().Report(new(id, "read", "e.nft", 12, 31));

        var news = await stream.NextAsync();

        Assert.Equal(("progress", ""), (news.Name, news.Id));
        Assert.Equal("""{"activity":"read","detail":"e.nft","done":12,"total":31}""", news.Data);
    }

    [Fact]
    public async Task Events_TokenChanged_EndsTheStream()
    {
        var id = await _service.WaitingAsync();
        await using var stream = await EventReader.OpenAsync(_service.As(FakeConfiguration.Bo), id, lastEventId: "3");
        _service.Configuration.ChangeToken("bo", "another-0123456789abcdef0123456789");

        Assert.Null(await stream.TryNextAsync());
    }
}
