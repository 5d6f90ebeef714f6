using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Slack.Api;

/// <summary>Calls Slack's Web API: forms with a bearer token, no redirects, failures as values.</summary>
internal sealed class SlackApi : IDisposable
{
    private const int LargestReply = 4 * 1024 * 1024;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_uploadLimit = TimeSpan.FromSeconds(45);

    private readonly SlackOptions _options;
    private readonly SlackHosts _hosts;
    private readonly TimeProvider _time;
    private readonly ILogger<SlackApi> _log;
    private readonly HttpClient _client;
    private readonly RateGates _gates;
    private readonly Uri _api;

    /// <summary>The options were checked before.</summary>
    public SlackApi(IOptions<SlackOptions> options, SlackHosts hosts, TimeProvider time, ILogger<SlackApi> log)
    {
        _options = options.Value;
        _hosts = hosts;
        _time = time;
        _log = log;
        _gates = new(time);
        _api = _options.Api() ?? new(SlackOptions.SlackApi);
        _client = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            MaxConnectionsPerServer = 32,
            ConnectCallback = hosts.ConnectAsync,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestReply,
        };
    }

    /// <summary>Calls a method with the bot token.</summary>
    /// <param name="method">For example <c>chat.postMessage</c>.</param>
    /// <param name="arguments">By name; <see langword="null"/> ones are left out. Structures as JSON.</param>
    /// <param name="cancellationToken">Ends the wait; whether it arrived is unknown then.</param>
    public Task<SlackReply> CallAsync(string method, IEnumerable<(string Name, string? Value)> arguments, CancellationToken cancellationToken)
        => CallAsync(method, arguments, _options.BotToken, cancellationToken);

    /// <summary>Calls a method with the app-level token.</summary>
    public Task<SlackReply> CallAsAppAsync(string method, CancellationToken cancellationToken) => CallAsync(method, [], _options.AppToken, cancellationToken);

    /// <summary>Sends an answer to the address that came with an interaction. It is a secret: it is written nowhere.</summary>
    public async Task<SlackReply> RespondAsync(Uri address, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        if (!_hosts.IsResponse(address))
        {
            return new SlackReply.Refused("foreign_response_url", "the address for answers is not Slack's");
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(json) };
        request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
        return await SendAsync("response_url", gate: null, request, s_limit, needsJson: false, cancellationToken);
    }

    /// <summary>Sends the bytes of a file to the address that Slack named for it, without any token.</summary>
    public async Task<SlackReply> UploadAsync(Uri address, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (!_hosts.IsUpload(address))
        {
            return new SlackReply.Refused("foreign_upload_url", "the address for the file is not Slack's");
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(bytes) };
        request.Content.Headers.ContentType = new("application/octet-stream");
        return await SendAsync("upload", gate: null, request, s_uploadLimit, needsJson: false, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<SlackReply> CallAsync(string method, IEnumerable<(string Name, string? Value)> arguments, string token, CancellationToken cancellationToken)
    {
        var given = arguments.Where(argument => argument.Value is not null).Select(argument => KeyValuePair.Create(argument.Name, argument.Value)).ToArray();
        var channel = method.StartsWith("chat.", StringComparison.Ordinal) ? given.FirstOrDefault(argument => argument.Key == "channel").Value : null;
        var gate = $"{method} {channel}";
        if (_gates.ClosedFor(gate) is { } closed)
        {
            return new SlackReply.Limited(closed);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_api, method)) { Content = new StringContent(FormOf(given), Encoding.UTF8, "application/x-www-form-urlencoded") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await SendAsync(method, gate, request, s_limit, needsJson: true, cancellationToken);
    }

    /// <summary>The framework's own form content refuses long values.</summary>
    private static string FormOf(KeyValuePair<string, string?>[] arguments)
        => string.Join('&', arguments.Select(argument => $"{WebUtility.UrlEncode(argument.Key)}={WebUtility.UrlEncode(argument.Value)}"));

    private async Task<SlackReply> SendAsync(string method, string? gate, HttpRequestMessage request, TimeSpan limit, bool needsJson, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseContentRead, both.Token);
            return await ReadAsync(method, gate, response, needsJson, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SlackReply.Broken($"{method} took longer than {limit.TotalSeconds:0} s", MayHaveArrived: true);
        }
        catch (HttpRequestException failure)
        {
            // The message can hold the address, and that of an answer is a secret.
            var sent = failure.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError);
            return new SlackReply.Broken($"{method}: {failure.HttpRequestError}", sent);
        }
        catch (IOException)
        {
            return new SlackReply.Broken($"{method}: the connection broke", MayHaveArrived: true);
        }
    }

    private async Task<SlackReply> ReadAsync(string method, string? gate, HttpResponseMessage response, bool needsJson, CancellationToken cancellationToken)
    {
        switch ((int)response.StatusCode)
        {
            case 429:
                return WaitOf(response) is { } wait
                    ? new SlackReply.Limited(gate is null ? wait : _gates.Close(gate, wait))
                    : new SlackReply.Limited(null);
            case >= 500:
                return new SlackReply.Broken($"{method}: HTTP {Number((int)response.StatusCode)}", MayHaveArrived: true);
            case >= 300:
                return new SlackReply.Refused($"http_{Number((int)response.StatusCode)}", response.Headers.Location is null ? "" : "a redirect, which is not followed");
        }

        if (!needsJson)
        {
            return new SlackReply.Good(default);
        }

        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return Judge(method, gate, response, document.RootElement.Clone());
        }
        catch (JsonException)
        {
            return new SlackReply.Broken($"{method}: the answer is not JSON", MayHaveArrived: true);
        }
    }

    private SlackReply Judge(string method, string? gate, HttpResponseMessage response, JsonElement body)
    {
        if (body.Member("ok") is { ValueKind: JsonValueKind.True })
        {
            return new SlackReply.Good(body)
            {
                Scopes = response.Headers.TryGetValues("x-oauth-scopes", out var scopes)
                    ? [.. string.Join(',', scopes).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]
                    : [],
                Date = response.Headers.Date,
            };
        }

        var error = body.Text("error") ?? "no_error_named";
        if (error is "ratelimited" or "rate_limited")
        {
            return new SlackReply.Limited(WaitOf(response) is { } wait && gate is not null ? _gates.Close(gate, wait) : null);
        }

        if (error is "internal_error" or "fatal_error" or "service_unavailable" or "request_timeout" or "team_added_to_org")
        {
            return new SlackReply.Broken($"{method}: {error}", MayHaveArrived: true);
        }

        var messages = body.Member("response_metadata")?.Member("messages") is { ValueKind: JsonValueKind.Array } list
            ? string.Join("; ", list.EnumerateArray().Take(5).Select(message => message.GetString()))
            : "";
        var needed = body.Text("needed") is { } scope ? $"needed scope: {scope}" : "";
        if (SlackErrors.IsAboutToken(error))
        {
            _log.ApiRefused(method, $"{error} {needed}");
        }

        return new SlackReply.Refused(error, $"{messages}{needed}");
    }

    private TimeSpan? WaitOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _time.GetUtcNow(),
        _ => null,
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
