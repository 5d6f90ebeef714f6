using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.FakeConnector;

/// <summary>A call that a bot made.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="RawPath">Path and query as they were sent.</param>
/// <param name="Conversation">Decoded id of the conversation.</param>
/// <param name="Body">The activity.</param>
/// <param name="Token">The bearer token.</param>
/// <param name="At">When, by the server's clock.</param>
public sealed record FakeCall(string Method, string RawPath, string Conversation, JsonObject? Body, string? Token, DateTimeOffset At);

/// <summary>How a call goes wrong.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">The error's code.</param>
/// <param name="RetryAfter">The header.</param>
/// <param name="Arrives">Whether it is carried out all the same.</param>
public sealed record FakeFault(int Status, string Code = "Error", string? RetryAfter = null, bool Arrives = false);

/// <summary>A message that is in a conversation.</summary>
public sealed class FakeMessage
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Where.</summary>
    public required string Conversation { get; init; }

    /// <summary>The activity as it is now.</summary>
    public required JsonObject Activity { get; set; }

    /// <summary>How often it was changed.</summary>
    public int Changes { get; set; }

    /// <summary>Whether it was removed.</summary>
    public bool Deleted { get; set; }

    /// <summary>Its card.</summary>
    public JsonObject? Card => Activity["attachments"]?[0]?["content"] as JsonObject;
}

/// <summary>The service of Teams to test against, on a loopback port: connector REST, login, published keys. Official clients are the judges of it.</summary>
public sealed class ConnectorServer : IAsyncDisposable
{
    /// <summary>The bot.</summary>
    public const string App = "11111111-2222-3333-4444-555555555555";

    /// <summary>The tenant.</summary>
    public const string Tenant = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

    /// <summary>The bot's secret.</summary>
    public const string Secret = "fake~secret.0000";

    /// <summary>The bot's own id in conversations.</summary>
    public const string Bot = "28:" + App;

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _tokens = new();
    private int _ids;
    private int _issued;

    private ConnectorServer(WebApplication app) => _app = app;

    /// <summary>Its clock.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>The keys it publishes.</summary>
    public List<FakeKey> Keys { get; } = [new("key-1", "msteams", "skype"), new("key-other", "webchat")];

    /// <summary>How often keys were read.</summary>
    public int KeyReads { get; private set; }

    /// <summary>Whether keys can be read.</summary>
    public bool KeysFail { get; set; }

    /// <summary>Every call to the connector.</summary>
    public ConcurrentQueue<FakeCall> Calls { get; } = new();

    /// <summary>Every token request: its path and form.</summary>
    public ConcurrentQueue<(string Path, Dictionary<string, string> Form)> TokenRequests { get; } = new();

    /// <summary>What is in conversations, in order.</summary>
    public ConcurrentQueue<FakeMessage> Messages { get; } = new();

    /// <summary>Members by id, as the roster shows them.</summary>
    public ConcurrentDictionary<string, JsonObject> Members { get; } = new();

    /// <summary>What a well-behaved client does not do.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();

    /// <summary>Decides which calls go wrong.</summary>
    public Func<FakeCall, FakeFault?> Fault { get; set; } = _ => null;

    /// <summary>What a call is carried out before and answered after.</summary>
    public Func<FakeCall, Task> Hold { get; set; } = _ => Task.CompletedTask;

    /// <summary>Whether calls without a token of ours are refused.</summary>
    public bool NeedsToken { get; set; } = true;

    /// <summary>What was put into people's drives: path and text.</summary>
    public ConcurrentQueue<(string Path, string Text)> Files { get; } = new();

    /// <summary>What a put is answered, by how many files there are already.</summary>
    public Func<int, int> FileFault { get; set; } = _ => 201;

    /// <summary>Seconds that tokens live.</summary>
    public int TokenLives { get; set; } = 3600;

    /// <summary>The address, with a slash at its end.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Host and port.</summary>
    public string Authority => new Uri(Url).Authority;

    /// <summary>Where its metadata is.</summary>
    public string MetadataUrl => $"{Url}v1/.well-known/openidconfiguration";

    /// <summary>Starts on a free port.</summary>
    public static async Task<ConnectorServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new ConnectorServer(app);
        app.Run(server.HandleAsync);
        await app.StartAsync();
        server.Url = (app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.First() ?? "") + "/";
        return server;
    }

    /// <summary>Makes every token that was given out useless.</summary>
    public void Revoke() => _tokens.Clear();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Keys.ForEach(key => key.Dispose());
    }

    private async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (path.EndsWith("/.well-known/openidconfiguration", StringComparison.Ordinal) || path.EndsWith("/.well-known/openid-configuration", StringComparison.Ordinal))
        {
            KeyReads++;
            await JsonAsync(context, KeysFail ? 500 : 200, new() { ["issuer"] = "https://api.botframework.com", ["jwks_uri"] = $"{Url}v1/.well-known/keys", ["id_token_signing_alg_values_supported"] = new JsonArray("RS256") });
        }
        else if (path.EndsWith("/.well-known/keys", StringComparison.Ordinal))
        {
            await JsonAsync(context, KeysFail ? 500 : 200, new() { ["keys"] = new JsonArray([.. Keys.Select(key => (JsonNode)key.Public())]) });
        }
        else if (path.EndsWith("/oauth2/v2.0/token", StringComparison.Ordinal))
        {
            await TokenAsync(context);
        }
        else if (path.StartsWith("/drive/", StringComparison.Ordinal) && context.Request.Method == "PUT")
        {
            await FileAsync(context);
        }
        else if (path.StartsWith("/v3/conversations", StringComparison.Ordinal) || path.StartsWith("/emea/v3/conversations", StringComparison.Ordinal))
        {
            await ConversationAsync(context);
        }
        else
        {
            context.Response.StatusCode = 404;
        }
    }

    private async Task FileAsync(HttpContext context)
    {
        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes);
        if (context.Request.Headers.Authorization.Count > 0)
        {
            Complaints.Enqueue("a file store was given a token");
        }

        if (context.Request.Headers.ContentRange != $"bytes 0-{(bytes.Length - 1).ToString(CultureInfo.InvariantCulture)}/{bytes.Length.ToString(CultureInfo.InvariantCulture)}")
        {
            Complaints.Enqueue($"a file with the range {context.Request.Headers.ContentRange}");
        }

        var status = FileFault(Files.Count);
        if (status is >= 200 and < 300)
        {
            Files.Enqueue((context.Request.Path.Value ?? "", System.Text.Encoding.UTF8.GetString(bytes.ToArray())));
        }

        context.Response.StatusCode = status;
    }

    private async Task TokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        TokenRequests.Enqueue((context.Request.Path.Value ?? "", form.ToDictionary(field => field.Key, field => field.Value.ToString())));
        if (form["client_id"] != App || form["client_secret"] != Secret || form["grant_type"] != "client_credentials")
        {
            await JsonAsync(context, 401, new() { ["error"] = "invalid_client", ["error_description"] = "AADSTS7000215" });
            return;
        }

        var token = $"fake-token-{Interlocked.Increment(ref _issued).ToString(CultureInfo.InvariantCulture)}";
        _tokens[token] = Time.GetUtcNow().AddSeconds(TokenLives);
        await JsonAsync(context, 200, new() { ["token_type"] = "Bearer", ["expires_in"] = TokenLives, ["ext_expires_in"] = TokenLives, ["access_token"] = token });
    }

    private async Task ConversationAsync(HttpContext context)
    {
        var raw = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()?.RawTarget ?? "";
        var parts = raw.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries);
        var at = Array.IndexOf(parts, "conversations");
        var conversation = parts.Length > at + 1 ? Uri.UnescapeDataString(parts[at + 1]) : "";
        var authorization = context.Request.Headers.Authorization.ToString();
        var token = authorization.StartsWith("Bearer ", StringComparison.Ordinal) ? authorization["Bearer ".Length..] : null;
        var body = context.Request.ContentLength is > 0 || context.Request.Headers.TransferEncoding.Count > 0 ? await JsonNode.ParseAsync(context.Request.Body) as JsonObject : null;
        var call = new FakeCall(context.Request.Method, raw, conversation, body, token, Time.GetUtcNow());
        Calls.Enqueue(call);
        if (NeedsToken && (token is null || !_tokens.TryGetValue(token, out var until) || until < Time.GetUtcNow()))
        {
            await ErrorAsync(context, new(401, "Unauthorized"));
            return;
        }

        var fault = Fault(call);
        if (fault is { Arrives: false })
        {
            await ErrorAsync(context, fault);
            return;
        }

        var rest = parts.Skip(at + 2).ToArray();
        var (status, answer) = Perform(call, rest);
        await Hold(call);
        if (fault is not null)
        {
            await ErrorAsync(context, fault);
            return;
        }

        await JsonAsync(context, status, answer);
    }

    private (int Status, JsonObject Answer) Perform(FakeCall call, string[] rest)
    {
        switch (call.Method, rest)
        {
            case ("POST", ["activities"] or ["activities", _]):
                Check(call);
                var id = $"17000000000{Interlocked.Increment(ref _ids).ToString("D3", CultureInfo.InvariantCulture)}";
                Messages.Enqueue(new() { Id = id, Conversation = call.Conversation, Activity = call.Body ?? [] });
                return (201, new() { ["id"] = id });
            case ("PUT", ["activities", var message]) when Find(call.Conversation, message) is { } found:
                Check(call);
                found.Activity = call.Body ?? [];
                found.Changes++;
                return (200, new() { ["id"] = found.Id });
            case ("DELETE", ["activities", var message]) when Find(call.Conversation, message) is { } found:
                found.Deleted = true;
                return (200, []);
            case ("PUT" or "DELETE", ["activities", _]):
                return (404, new() { ["error"] = new JsonObject { ["code"] = "ActivityNotFoundInConversation", ["message"] = "gone" } });
            case ("GET", ["members", var member]) when Members.TryGetValue(Uri.UnescapeDataString(member), out var known):
                return (200, (JsonObject)known.DeepClone());
            case ("GET", ["members", _]):
                return (404, new() { ["error"] = new JsonObject { ["code"] = "MemberNotFoundInConversation" } });
            case ("GET", ["pagedmembers"]):
                return (200, new() { ["members"] = new JsonArray([.. Members.Values.Select(member => (JsonNode)member.DeepClone())]) });
            case ("POST", []):
                return (201, new() { ["id"] = "a:new", ["activityId"] = "1" });
            default:
                return (404, new() { ["error"] = new JsonObject { ["code"] = "NotFound" } });
        }
    }

    private FakeMessage? Find(string conversation, string id) => Messages.FirstOrDefault(message => message.Conversation == conversation && message.Id == Uri.UnescapeDataString(id) && !message.Deleted);

    private void Check(FakeCall call)
    {
        foreach (var name in new[] { "id", "serviceUrl", "recipient" }.Where(name => call.Body?.ContainsKey(name) == true))
        {
            Complaints.Enqueue($"{call.Method} carries {name}");
        }

        if (call.Body?["text"] is not null && call.Body["attachments"] is not null)
        {
            Complaints.Enqueue("text and card in one activity");
        }
    }

    private static Task ErrorAsync(HttpContext context, FakeFault fault)
    {
        if (fault.RetryAfter is { } after)
        {
            context.Response.Headers.RetryAfter = after;
        }

        return JsonAsync(context, fault.Status, new() { ["error"] = new JsonObject { ["code"] = fault.Code, ["message"] = "no" } });
    }

    private static async Task JsonAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(body.ToJsonString());
    }
}
