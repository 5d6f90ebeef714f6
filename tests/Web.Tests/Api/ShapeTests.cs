using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;
using ChatOpsBot.Web.Tests.Support;
using Xunit;

namespace ChatOpsBot.Web.Tests.Api;

public sealed class ShapeTests : IAsyncLifetime
{
    private ConsoleService _service = null!; // set before each test

    public async ValueTask InitializeAsync() => _service = await ConsoleService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Commands_Done_AnswersIncidentAndText()
    {
        _service.Dispatcher.Answer = _ => new CommandAnswer.Done("I-42 opened", new IncidentId(42));

        var answer = await PostAsync(FakeConfiguration.Ann, "/api/v1/commands", """{"text":"check host42"}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("""{"incident":"I-42","text":"I-42 opened"}""", answer.Body);
        var request = Assert.Single(_service.Dispatcher.Requests);
        Assert.Equal(("ann", "check host42"), (request.Person?.Value, request.Text));
    }

    [Fact]
    public async Task Commands_Refused_NamesTheRule()
    {
        _service.Dispatcher.Answer = _ => new CommandAnswer.Refused("you may not", "rules[0]");

        var answer = await PostAsync(FakeConfiguration.Eve, "/api/v1/commands", """{"text":"check host42"}""");

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Equal("""{"refused":"you may not","rule":"rules[0]"}""", answer.Body);
    }

    [Fact]
    public async Task Commands_NotUnderstood_SaysHowItIsWritten()
    {
        _service.Dispatcher.Answer = _ => new CommandAnswer.NotUnderstood("there is no command chek", "check HOST");

        var answer = await PostAsync(FakeConfiguration.Ann, "/api/v1/commands", """{"text":"chek host42"}""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("""{"error":"there is no command chek","usage":"check HOST"}""", answer.Body);
    }

    [Fact]
    public async Task Commands_IdempotencyKey_NamesPersonKeyAndLine()
    {
        async Task<string?> KeyOfAsync(string token, string? key, string text)
        {
            var client = _service.As(token);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/commands") { Content = Json($$"""{"text":"{{text}}"}""") };
            if (key is not null)
            {
                request.Headers.Add("Idempotency-Key", key);
            }

            Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
            return _service.Dispatcher.Requests[^1].IdempotencyKey;
        }

        var first = await KeyOfAsync(FakeConfiguration.Ann, "k1", "check host42");

        Assert.NotNull(first);
        Assert.Equal(first, await KeyOfAsync(FakeConfiguration.Ann, "k1", "check host42"));
        Assert.NotEqual(first, await KeyOfAsync(FakeConfiguration.Bo, "k1", "check host42"));
        Assert.NotEqual(first, await KeyOfAsync(FakeConfiguration.Ann, "k2", "check host42"));
        Assert.NotEqual(first, await KeyOfAsync(FakeConfiguration.Ann, "k1", "check host43"));
        Assert.Null(await KeyOfAsync(FakeConfiguration.Ann, null, "check host42"));
    }

    [Fact]
    public async Task Incident_WaitingForApproval_HasEveryPromisedMember()
    {
        var id = await _service.WaitingAsync();

        using var incident = await GetAsync(FakeConfiguration.Bo, $"/api/v1/incidents/{id}");

        var root = incident.RootElement;
        Assert.Equal(
            ["schema", "id", "host", "state", "openedBy", "openedAt", "endedAt", "events", "head", "diagnosis", "plan", "approvals", "decide", "why"],
            root.EnumerateObject().Select(member => member.Name));
        Assert.Equal((1, "I-1", "host42", "awaiting-approval", "ann", "2026-11-22T12:00:00Z", 3), (
            root.GetProperty("schema").GetInt32(), Text(root, "id"), Text(root, "host"), Text(root, "state"), Text(root, "openedBy"), Text(root, "openedAt"), root.GetProperty("events").GetInt32()));
        Assert.Equal(JsonValueKind.Null, root.GetProperty("endedAt").ValueKind);
        Assert.Equal(64, Text(root, "head")?.Length);
        Assert.Equal(
            ["schema", "host", "observedAt", "durationMs", "verdict", "primary", "findings", "rejected", "notRead", "guests"],
            root.GetProperty("diagnosis").EnumerateObject().Select(member => member.Name));
        var plan = root.GetProperty("plan");
        Assert.Equal(["id", "hash", "risk", "expires", "steps"], plan.EnumerateObject().Select(member => member.Name).Take(5));
        var step = plan.GetProperty("steps")[0];
        Assert.Equal(["ip", "link", "set", "dev", "eno2", "master", "br0"], step.GetProperty("argv").EnumerateArray().Select(word => word.GetString()));
        Assert.Equal("nomaster", step.GetProperty("undo").EnumerateArray().Last().GetString());
        Assert.Equal(("none", "5"), (Text(step, "before"), Text(step, "after")));
        Assert.Equal(JsonValueKind.String, root.GetProperty("decide").ValueKind);
    }

    [Fact]
    public async Task Incident_ForWhoAskedForIt_OffersNoDecision()
    {
        var id = await _service.WaitingAsync();

        using var incident = await GetAsync(FakeConfiguration.Ann, $"/api/v1/incidents/{id}");

        Assert.Equal(JsonValueKind.Null, incident.RootElement.GetProperty("decide").ValueKind);
    }

    [Fact]
    public async Task Incidents_List_HoldsTheSameWithoutDiagnosisAndPlanAndOnlyWhatMayBeSeen()
    {
        await _service.WaitingAsync();
        await _service.GivenAsync(Stories.Opened("hidden1"));

        using var list = await GetAsync(FakeConfiguration.Bo, "/api/v1/incidents");

        Assert.Equal(["schema", "incidents"], list.RootElement.EnumerateObject().Select(member => member.Name));
        var only = Assert.Single(list.RootElement.GetProperty("incidents").EnumerateArray());
        Assert.Equal(
            ["schema", "id", "host", "state", "openedBy", "openedAt", "endedAt", "events", "head", "approvals", "decide", "why"],
            only.EnumerateObject().Select(member => member.Name));
    }

    [Theory]
    [InlineData("open=true", 1)]
    [InlineData("open=false", 0)]
    [InlineData("host=host42", 1)]
    [InlineData("host=host43", 0)]
    [InlineData("before=I-1", 0)]
    [InlineData("limit=1", 1)]
    public async Task Incidents_Filter_IsHeeded(string query, int expected)
    {
        await _service.WaitingAsync();

        using var list = await GetAsync(FakeConfiguration.Bo, $"/api/v1/incidents?{query}");

        Assert.Equal(expected, list.RootElement.GetProperty("incidents").GetArrayLength());
    }

    [Theory]
    [InlineData("open=maybe", "the value of open is not valid")]
    [InlineData("before=42", "the value of before is not valid")]
    [InlineData("limit=0", "the value of limit is not valid")]
    [InlineData("limit=201", "the value of limit is not valid")]
    [InlineData("opne=true", "there is no parameter opne")]
    public async Task Incidents_BadFilter_IsRefusedByName(string query, string error)
    {
        var answer = await _service.As(FakeConfiguration.Bo).GetAsync($"/api/v1/incidents?{query}", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(error, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("I-99")]
    [InlineData("42")]
    [InlineData("I-0")]
    [InlineData("I-99999999999999999999")]
    [InlineData("%2e%2e%2fetc")]
    public async Task Incident_Unknown_Is404(string id)
    {
        var answer = await _service.As(FakeConfiguration.Bo).GetAsync($"/api/v1/incidents/{id}", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("\"error\":", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transcript_Json_VerifiesWithTheServicesKey()
    {
        var id = await _service.WaitingAsync();

        var bytes = await _service.As(FakeConfiguration.Bo).GetByteArrayAsync($"/api/v1/incidents/{id}/transcript", TestContext.Current.CancellationToken);

        var verification = TranscriptVerification.Verify(bytes, _service.Get<Application.Ports.ITranscriptSigner>().PublicKeyPem);
        Assert.Empty(verification.Problems);
        Assert.Empty(verification.NotChecked);
        Assert.Equal(3, verification.Count);
    }

    [Theory]
    [InlineData("md", "text/markdown", "# Transcript of I-1")]
    [InlineData("html", "text/html", "<h1>Transcript of I-1</h1>")]
    public async Task Transcript_ForPeople_HasItsType(string format, string type, string beginning)
    {
        var id = await _service.WaitingAsync();

        var answer = await _service.As(FakeConfiguration.Bo).GetAsync($"/api/v1/incidents/{id}/transcript?format={format}", TestContext.Current.CancellationToken);

        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains(beginning, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transcript_OtherFormat_Is400()
    {
        var id = await _service.WaitingAsync();

        var answer = await _service.As(FakeConfiguration.Bo).GetAsync($"/api/v1/incidents/{id}/transcript?format=pdf", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private async Task<JsonDocument> GetAsync(string token, string path)
        => await _service.As(token).GetFromJsonAsync<JsonDocument>(path, TestContext.Current.CancellationToken) ?? throw new InvalidOperationException("no body");

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(string token, string path, string body)
    {
        var answer = await _service.As(token).PostAsync(path, Json(body), TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
