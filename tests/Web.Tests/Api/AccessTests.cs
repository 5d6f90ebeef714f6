using System.Net;
using System.Text;
using ChatOpsBot.Adapters.Web.Security;
using ChatOpsBot.Web.Tests.Support;
using Xunit;

namespace ChatOpsBot.Web.Tests.Api;

public sealed class AccessTests : IAsyncLifetime
{
    private ConsoleService _service = null!; // set before each test

    public static TheoryData<string, string> Routes => new()
    {
        { "POST", "/api/v1/commands" },
        { "GET", "/api/v1/incidents" },
        { "GET", "/api/v1/incidents/I-1" },
        { "GET", "/api/v1/incidents/I-1/events" },
        { "GET", "/api/v1/incidents/I-1/transcript" },
        { "POST", "/api/v1/approvals/abc" },
    };

    public async ValueTask InitializeAsync() => _service = await ConsoleService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Api_NobodyKnown_Is401AndNothingIsDone(string method, string path)
    {
        await _service.WaitingAsync();
        string?[] headers =
        [
            null, "Bearer", "Bearer ", $"Bearer {FakeConfiguration.Mallory}", $"Bearer {FakeConfiguration.Ann}x", $"Bearer {FakeConfiguration.Ann[..^1]}", $"Basic {FakeConfiguration.Ann}",
            FakeConfiguration.Ann, $"Bearer {new string('a', 5000)}",
        ];
        foreach (var header in headers)
        {
            using var request = new HttpRequestMessage(new(method), path);
            if (header is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", header);
            }

            if (method == "POST")
            {
                request.Content = new StringContent("""{"text":"check host42","decision":"approve"}""", Encoding.UTF8, "application/json");
            }

            var answer = await _service.As(null).SendAsync(request, TestContext.Current.CancellationToken);

            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Contains("\"error\":", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        Assert.Empty(_service.Dispatcher.Requests);
    }

    [Theory]
    [InlineData("/api/v1/incidents/I-1")]
    [InlineData("/api/v1/incidents/I-1/events")]
    [InlineData("/api/v1/incidents/I-1/transcript")]
    public async Task Api_PersonWithoutARule_Is403AndNamesTheRule(string path)
    {
        await _service.WaitingAsync();

        var answer = await _service.As(FakeConfiguration.Eve).GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("\"rule\":\"no rule\"", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Api_TokenChanged_CountsFromThenOn()
    {
        const string newer = "ann-new-0123456789abcdef0123456789";
        _service.Configuration.ChangeToken("ann", newer);

        Assert.Equal(HttpStatusCode.Unauthorized, (await _service.As(FakeConfiguration.Ann).GetAsync("/api/v1/incidents", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _service.As(newer).GetAsync("/api/v1/incidents", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("")]
    public async Task Host_NotListed_Is400(string host)
    {
        var answer = await RawHttp.AskAsync(_service.Console, $"GET /api/v1/incidents HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {FakeConfiguration.Ann}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("incidents\":[", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/signin")]
    [InlineData("/hosts")]
    [InlineData("/incidents/I-1")]
    [InlineData("/api/v1/incidents")]
    [InlineData("/nothing")]
    public async Task Ingress_RoutesOfTheConsole_Are404WithoutAWord(string path)
    {
        var client = _service.As(FakeConfiguration.Ann);

        var answer = await client.GetAsync(new Uri(_service.Ingress, path), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Answers_All_CarryTheSecurityHeaders()
    {
        foreach (var path in new[] { "/signin", "/api/v1/incidents", "/nothing", "/api/v1/incidents/I-7" })
        {
            var answer = await _service.As(FakeConfiguration.Ann).GetAsync(path, TestContext.Current.CancellationToken);

            string Header(string name) => string.Join(",", answer.Headers.TryGetValues(name, out var values) ? values : []);
            Assert.Contains("script-src 'self'", Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Equal("nosniff", Header("X-Content-Type-Options"));
            Assert.Equal(path == "/signin" ? "same-origin" : "no-referrer", Header("Referrer-Policy"));
            Assert.Contains("no-store", Header("Cache-Control"), StringComparison.Ordinal);
            Assert.Empty(Header("Server"));
        }
    }

    [Fact]
    public async Task Rate_TooManyRequestsOfAStranger_Are429AndOthersAreServed()
    {
        await using var service = await ConsoleService.StartAsync(new RateLimits { Stranger = (5, 1), Person = (1000, 1000) });
        var stranger = service.As(null);
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 20; i++)
        {
            statuses.Add((await stranger.GetAsync("/api/v1/incidents", TestContext.Current.CancellationToken)).StatusCode);
        }

        var limited = await stranger.GetAsync("/api/v1/incidents", TestContext.Current.CancellationToken);

        Assert.Contains(HttpStatusCode.Unauthorized, statuses);
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
        Assert.True(limited.StatusCode == HttpStatusCode.Unauthorized || limited.Headers.RetryAfter is not null);
        Assert.Equal(HttpStatusCode.OK, (await service.As(FakeConfiguration.Ann).GetAsync("/api/v1/incidents", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Methods_Unknown_Are405AndSayWhich()
    {
        var answer = await _service.As(FakeConfiguration.Ann).DeleteAsync("/api/v1/incidents/I-1", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Contains("GET", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
