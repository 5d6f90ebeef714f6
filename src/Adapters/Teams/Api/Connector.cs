using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatOpsBot.Adapters.Teams.Api;

/// <summary>Calls the service of Teams at the address of a conversation: only listed hosts, with our token only there, no redirects, failures as values.</summary>
internal sealed class Connector : IDisposable
{
    private const int Lanes = 256;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private readonly TeamsProfile _profile;
    private readonly TeamsHttp _http;
    private readonly BotToken _token;
    private readonly TimeProvider _time;
    private readonly RateGates _gates;
    private readonly SendRates _rates;
    private readonly SemaphoreSlim[] _lanes = [.. Enumerable.Range(0, Lanes).Select(_ => new SemaphoreSlim(1))];

    /// <summary>The options were checked before.</summary>
    public Connector(TeamsProfile profile, TeamsHttp http, BotToken token, TimeProvider time)
    {
        _profile = profile;
        _http = http;
        _token = token;
        _time = time;
        _gates = new(time);
        _rates = new(time);
    }

    /// <summary>Sends a message; messages of one conversation keep their order.</summary>
    public Task<ConnectorReply> SendAsync(TeamsReference to, JsonObject activity, CancellationToken cancellationToken)
        => InOrderAsync(to, HttpMethod.Post, "/activities", activity, cancellationToken);

    /// <summary>Replaces a message.</summary>
    public Task<ConnectorReply> UpdateAsync(TeamsReference to, string message, JsonObject activity, CancellationToken cancellationToken)
        => InOrderAsync(to, HttpMethod.Put, $"/activities/{Uri.EscapeDataString(message)}", activity, cancellationToken);

    /// <summary>Removes a message.</summary>
    public Task<ConnectorReply> DeleteAsync(TeamsReference to, string message, CancellationToken cancellationToken)
        => InOrderAsync(to, HttpMethod.Delete, $"/activities/{Uri.EscapeDataString(message)}", null, cancellationToken);

    /// <summary>One member of the conversation.</summary>
    public Task<ConnectorReply> MemberAsync(TeamsReference to, string user, CancellationToken cancellationToken)
        => CallAsync(to, HttpMethod.Get, $"/members/{Uri.EscapeDataString(user)}", null, cancellationToken);

    /// <summary>The first members of the conversation; tells whether the bot is there.</summary>
    public Task<ConnectorReply> MembersAsync(TeamsReference to, CancellationToken cancellationToken)
        => CallAsync(to, HttpMethod.Get, "/pagedmembers?pageSize=50", null, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var lane in _lanes)
        {
            lane.Dispose();
        }
    }

    private async Task<ConnectorReply> InOrderAsync(TeamsReference to, HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        var lane = _lanes[(to.Conversation.GetHashCode(StringComparison.Ordinal) & int.MaxValue) % Lanes];
        await lane.WaitAsync(cancellationToken);
        try
        {
            return await CallAsync(to, method, path, body, cancellationToken);
        }
        finally
        {
            lane.Release();
        }
    }

    private async Task<ConnectorReply> CallAsync(TeamsReference to, HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        if (!_profile.IsService(to.Service))
        {
            // Also an address that was verified once and is not on the list any more.
            return new ConnectorReply.Refused(0, "the service address is not in Teams:AllowedServiceHosts");
        }

        if (_gates.ClosedFor(to.Conversation) is { } closed)
        {
            return new ConnectorReply.Limited(closed);
        }

        if (_rates.Take(to.Tenant, to.Conversation, isRoster: method == HttpMethod.Get) is { } wait)
        {
            return new ConnectorReply.Limited(wait);
        }

        var address = new Uri($"{to.Service.AbsoluteUri.TrimEnd('/')}/v3/conversations/{Uri.EscapeDataString(to.Conversation)}{path}");
        string? refused = null;
        for (var attempt = 0; ; attempt++)
        {
            var token = _profile.IsAnonymous ? null : await _token.GetAsync(refused, cancellationToken);
            if (token is null && !_profile.IsAnonymous)
            {
                return new ConnectorReply.Broken("Microsoft gave out no token", MayHaveArrived: false);
            }

            var reply = await OnceAsync(to, method, address, body, token, cancellationToken);
            if (reply is not ConnectorReply.Refused { Status: 401 } || attempt > 0 || token is null)
            {
                return reply;
            }

            // Once with a new token: keys and registrations change while a token lives.
            refused = token;
        }
    }

    private async Task<ConnectorReply> OnceAsync(TeamsReference to, HttpMethod method, Uri address, JsonObject? body, string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, address);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body.Bytes());
            request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var deadline = new CancellationTokenSource(s_limit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var response = await _http.Client.SendAsync(request, HttpCompletionOption.ResponseContentRead, both.Token);
            return await ReadAsync(to, response, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ConnectorReply.Broken($"Teams took longer than {s_limit.TotalSeconds:0} s", MayHaveArrived: true);
        }
        catch (HttpRequestException failure)
        {
            var sent = failure.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError);
            return new ConnectorReply.Broken($"Teams: {failure.HttpRequestError}", sent);
        }
        catch (IOException)
        {
            return new ConnectorReply.Broken("Teams: the connection broke", MayHaveArrived: true);
        }
    }

    private async Task<ConnectorReply> ReadAsync(TeamsReference to, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var body = Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        switch (status)
        {
            case >= 200 and < 300:
                return new ConnectorReply.Good(body) { Date = response.Headers.Date };
            case 429:
                return new ConnectorReply.Limited(WaitOf(response) is { } wait ? _gates.Close(to.Conversation, wait) : null);
            case 412:
                // Two writers met; neither was carried out.
                return new ConnectorReply.Limited(WaitOf(response));
            case >= 500:
                return new ConnectorReply.Broken($"Teams: HTTP {status.ToString(CultureInfo.InvariantCulture)}", MayHaveArrived: true);
            default:
                return new ConnectorReply.Refused(status, Word(body.Member("error")?.Text("code") ?? body.Text("code")) ?? (status == 401 ? "Unauthorized" : ""));
        }
    }

    private static JsonElement Parse(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>Words of the service get into sentences for people; anything else does not.</summary>
    private static string? Word(string? code) => code is { Length: <= 60 } && code.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.') ? code : null;

    private TimeSpan? WaitOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _time.GetUtcNow(),
        _ => null,
    };
}
