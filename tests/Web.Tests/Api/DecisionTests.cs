using System.Net;
using System.Text;
using System.Text.Json;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Support;
using ChatOpsBot.Web.Tests.Support;
using Xunit;

namespace ChatOpsBot.Web.Tests.Api;

public sealed class DecisionTests : IAsyncLifetime
{
    private ConsoleService _service = null!; // set before each test

    public async ValueTask InitializeAsync() => _service = await ConsoleService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Approvals_SecondPersonApproves_Is200AndTheIncidentGoesOn()
    {
        var id = await _service.WaitingAsync();

        var answer = await DecideAsync(FakeConfiguration.Bo, await TokenAsync(id), """{"decision":"approve"}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Contains("I-1 is approved", answer.Text, StringComparison.Ordinal);
        Assert.Equal("applying", (await StateAsync(id)).State);
    }

    [Fact]
    public async Task Approvals_DeniedWithReason_KeepsTheReason()
    {
        var id = await _service.WaitingAsync();

        var answer = await DecideAsync(FakeConfiguration.Bo, await TokenAsync(id), """{"decision":"deny","reason":"not during the backup"}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var (state, approvals) = await StateAsync(id);
        Assert.Equal("declined", state);
        Assert.Contains("""{"person":"bo","decision":"deny","at":""", approvals, StringComparison.Ordinal);
        Assert.Contains("not during the backup", approvals, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approvals_DecidedBefore_Is409()
    {
        var id = await _service.WaitingAsync();
        var token = await TokenAsync(id);
        await DecideAsync(FakeConfiguration.Bo, token, """{"decision":"approve"}""");

        var again = await DecideAsync(FakeConfiguration.Bo, token, """{"decision":"approve"}""");

        Assert.Equal(HttpStatusCode.Conflict, again.Status);
        Assert.Contains("was approved by bo", again.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approvals_PlanChangedMeanwhile_Is409()
    {
        var id = await _service.WaitingAsync();
        var token = await TokenAsync(id);
        await _service.AddAsync(
            id, new IncidentEvent.RecheckRequested(IncidentSamples.At(2), IncidentSamples.Ann), IncidentSamples.Fault(2), IncidentSamples.Proposed(2, plan: IncidentSamples.Plan("i-1-2")));

        var answer = await DecideAsync(FakeConfiguration.Bo, token, """{"decision":"approve"}""");

        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Contains("has changed", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approvals_AfterTheTime_Is410()
    {
        var id = await _service.WaitingAsync();
        var token = await TokenAsync(id);
        _service.Time.Move(TimeSpan.FromHours(1));

        var answer = await DecideAsync(FakeConfiguration.Bo, token, """{"decision":"approve"}""");

        Assert.Equal(HttpStatusCode.Gone, answer.Status);
    }

    [Theory]
    [InlineData(FakeConfiguration.Ann)]
    [InlineData(FakeConfiguration.Eve)]
    public async Task Approvals_ByAPersonWhoMayNot_Is403AndNothingHappens(string person)
    {
        var id = await _service.WaitingAsync();

        var answer = await DecideAsync(person, await TokenAsync(id), """{"decision":"approve"}""");

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.NotEmpty(answer.Text);
        Assert.Equal("awaiting-approval", (await StateAsync(id)).State);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("..%2f..")]
    public async Task Approvals_ForgedToken_Is403(string token)
    {
        await _service.WaitingAsync();

        Assert.Equal(HttpStatusCode.Forbidden, (await DecideAsync(FakeConfiguration.Bo, token, """{"decision":"approve"}""")).Status);
    }

    [Fact]
    public async Task Approvals_TwoAtOnce_CountOnce()
    {
        var id = await _service.WaitingAsync();
        var token = await TokenAsync(id);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => DecideAsync(FakeConfiguration.Bo, token, """{"decision":"approve"}""")));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Conflict));
    }

    private async Task<string> TokenAsync(IncidentId id)
    {
        using var incident = JsonDocument.Parse(await _service.As(FakeConfiguration.Bo).GetByteArrayAsync($"/api/v1/incidents/{id}", TestContext.Current.CancellationToken));
        return incident.RootElement.GetProperty("decide").GetString() ?? throw new InvalidOperationException("bo may not decide");
    }

    private async Task<(string? State, string Approvals)> StateAsync(IncidentId id)
    {
        using var incident = JsonDocument.Parse(await _service.As(FakeConfiguration.Bo).GetByteArrayAsync($"/api/v1/incidents/{id}", TestContext.Current.CancellationToken));
        return (incident.RootElement.GetProperty("state").GetString(), incident.RootElement.GetProperty("approvals").GetRawText());
    }

    private async Task<(HttpStatusCode Status, string Text)> DecideAsync(string person, string token, string body)
    {
        var answer = await _service.As(person).PostAsync($"/api/v1/approvals/{token}", new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        using var read = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        return (answer.StatusCode, read.RootElement.GetProperty("text").GetString() ?? "");
    }
}
