using System.Net;
using System.Text;
using System.Text.Json;
using ChatOpsBot.Web.Tests.Support;
using Xunit;

namespace ChatOpsBot.Web.Tests.Api;

public sealed class MalformedRequestTests : IAsyncLifetime
{
    private ConsoleService _service = null!; // set before each test

    /// <summary>A body and the piece of the answer that tells its sender what is wrong.</summary>
    public static TheoryData<string, string> Bodies => new()
    {
        { "", "line 1, byte 1: it is empty" },
        { "   ", "line 1, byte" },
        { "{", "line 1, byte 2" },
        { "}", "line 1, byte 1" },
        { "null", "null and not an object" },
        { "true", "true or false and not an object" },
        { "42", "a number and not an object" },
        { "\"check host42\"", "a text and not an object" },
        { "[]", "a list and not an object" },
        { "[{\"text\":\"check\"}]", "a list and not an object" },
        { "{}", "\"text\" is missing or empty" },
        { "{\"text\":\"\"}", "\"text\" is missing or empty" },
        { "{\"text\":\"  \\t \"}", "\"text\" is missing or empty" },
        { "{\"text\":null}", "\"text\" is missing or empty" },
        { "{\"text\":42}", "\"text\" is a number and not a text" },
        { "{\"text\":[\"check\"]}", "\"text\" is a list and not a text" },
        { "{\"text\":{\"check\":1}}", "\"text\" is an object and not a text" },
        { "{\"texd\":\"check\"}", "\"texd\" is not known (did you mean text?)" },
        { "{\"text\":\"check\",\"host\":\"host42\"}", "\"host\" is not known" },
        { "{\"Text\":\"check\"}", "\"Text\" is not known (did you mean text?)" },
        { "{\"text\":\"check\",}", "line 1, byte 17" },
        { "{\"text\":\"check\" // please\n}", "line 1, byte" },
        { "{'text':'check'}", "line 1, byte 2" },
        { "{\"text\":\"check\",\"text\":\"cancel I-1\"}", "a member is there twice" },
        { "{\n\"text\":\n\"check\"\n", "line 4, byte" },
        { "{\"text\":\"a\nb\"}", "line 1, byte" },
        { "{\"text\":\"\\ud800\"}", "not valid Unicode" },
        { "{\"text\":\"\\x41\"}", "line 1, byte" },
        { "{\"text\":NaN}", "line 1, byte 9" },
        { "{\"text\":\"check\"}{\"text\":\"check\"}", "line 1, byte 17" },
        { "{\"text\":{\"a\":{\"b\":{\"c\":{\"d\":1}}}}}", "nested too deeply" },
        { "text=check+host42", "line 1, byte" },
        { "<xml>check</xml>", "line 1, byte 1" },
    };

    public static TheoryData<string> RawRequests => new()
    {
        "\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        "POST /api/v1/commands HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        "POST /api/v1/commands HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        "POST /api/v1/commands HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET /api/v1/incidents HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
        "GET /api/v1/incidents HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + new string('a', 70_000) + "\r\n\r\n",
        "GET /" + new string('a', 20_000) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "GET /api/v1/incidents/%ff%fe HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
        "GET /api/v1/incidents HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: chatopsbot-session=%00%01%02; chatopsbot-form=zzz; chatopsbot-said=zzz\r\nConnection: close\r\n\r\n",
        "\u0016\u0003\u0001\u0002\0\u0001\0",
    };

    public async ValueTask InitializeAsync() => _service = await ConsoleService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Commands_MalformedBody_Is400AndNamesThePlace(string body, string expected)
    {
        var (status, error, usage, raw) = await PostAsync("/api/v1/commands", Encoding.UTF8.GetBytes(body));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Contains("POST {", usage, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", raw, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", raw, StringComparison.Ordinal);
        Assert.Empty(_service.Dispatcher.Requests);
    }

    [Fact]
    public async Task Commands_NotUtf8_Is400()
    {
        var (status, error, _, _) = await PostAsync("/api/v1/commands", [.. "{\"text\":\""u8, 0xff, 0xfe, .. "\"}"u8]);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("the body is not UTF-8", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_TooLarge_Is413()
    {
        var (status, error, _, _) = await PostAsync("/api/v1/commands", Encoding.UTF8.GetBytes($$"""{"text":"{{new string('a', 17_000)}}"}"""));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Contains("larger than 16384 bytes", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_ManyChunks_EndAt413()
    {
        var request = new StringBuilder($"POST /api/v1/commands HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {FakeConfiguration.Ann}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
        for (var i = 0; i < 18; i++)
        {
            request.Append("400\r\n").Append('a', 1024).Append("\r\n");
        }

        request.Append("0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 413", await RawHttp.AskAsync(_service.Console, request.ToString()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"decision\":null}")]
    [InlineData("{\"decision\":\"Approve\"}")]
    [InlineData("{\"decision\":\"yes\"}")]
    [InlineData("{\"decision\":\"approve\",\"by\":\"ann\"}")]
    [InlineData("{\"decision\":\"deny\",\"reason\":7}")]
    [InlineData("{\"decision\":true}")]
    public async Task Approvals_MalformedBody_Is400AndDecidesNothing(string body)
    {
        var (status, error, usage, _) = await PostAsync("/api/v1/approvals/abc", Encoding.UTF8.GetBytes(body));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.NotEmpty(error);
        Assert.Contains("decision", usage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\tb")]
    [InlineData("ä")]
    public async Task Commands_BadIdempotencyKey_Is400(string key)
    {
        var answer = await RawHttp.AskAsync(
            _service.Console,
            Encoding.UTF8.GetBytes($"POST /api/v1/commands HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {FakeConfiguration.Ann}\r\nIdempotency-Key: {key}\r\nContent-Length: 16\r\nConnection: close\r\n\r\n{{\"text\":\"check\"}}"));

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_LongIdempotencyKey_Is400()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/commands") { Content = new StringContent("{\"text\":\"check\"}") };
        request.Headers.Add("Idempotency-Key", new string('k', 201));

        Assert.Equal(HttpStatusCode.BadRequest, (await _service.As(FakeConfiguration.Ann).SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory]
    [MemberData(nameof(RawRequests))]
    public async Task Requests_NotHttp_AreRefusedAndTheServiceStaysUp(string request)
    {
        var answer = await RawHttp.AskAsync(_service.Console, request);

        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) || answer.StartsWith("HTTP/1.1 505", StringComparison.Ordinal), answer);
        Assert.DoesNotContain("   at ", answer, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await _service.As(FakeConfiguration.Ann).GetAsync("/api/v1/incidents", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Failure_OfTheService_TellsNothingOfItsInsides()
    {
        _service.Dispatcher.Answer = _ => throw new InvalidOperationException("secret inside");

        var (status, error, _, raw) = await PostAsync("/api/v1/commands", "{\"text\":\"check\"}"u8.ToArray());

        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.Contains("bug of the service", error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret inside", raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_OfTheStore_Is503AndSaysThatNothingIsKnown()
    {
        _service.Dispatcher.Answer = _ => throw new Application.Ports.StoreException("disk full at /var/lib/secret");

        var (status, error, _, raw) = await PostAsync("/api/v1/commands", "{\"text\":\"check\"}"u8.ToArray());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("nothing is known to have happened", error, StringComparison.Ordinal);
        Assert.DoesNotContain("/var/lib", raw, StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, string Error, string Usage, string Raw)> PostAsync(string path, byte[] body)
    {
        var answer = await _service.As(FakeConfiguration.Ann).PostAsync(path, new ByteArrayContent(body), TestContext.Current.CancellationToken);
        var raw = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using var read = JsonDocument.Parse(raw);
        return (answer.StatusCode, read.RootElement.GetProperty("error").GetString() ?? "", read.RootElement.GetProperty("usage").GetString() ?? "", raw);
    }
}
