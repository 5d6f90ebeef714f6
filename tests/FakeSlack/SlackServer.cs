using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.FakeSlack;

/// <summary>A Slack to test against, on a loopback port: Web API, response addresses, file upload and Socket Mode. The official clients are the judges of it.</summary>
public sealed class SlackServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly WebMethods _methods;
    private readonly ConcurrentDictionary<string, (string Channel, string User, string Trigger, DateTimeOffset At, int Uses)> _responses = new();
    private readonly ConcurrentDictionary<string, byte[]> _uploads = new();
    private int _port;

    private SlackServer(WebApplication app)
    {
        _app = app;
        _methods = new(this);
        Sockets = new(this);
        Sender = new(this);
    }

    /// <summary>What is in it.</summary>
    public SlackWorkspace Workspace { get; } = new();

    /// <summary>Its clock.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Its Socket Mode.</summary>
    public SlackSockets Sockets { get; }

    /// <summary>What people do.</summary>
    public SlackPeople Sender { get; }

    /// <summary>Decides which calls go wrong, and how; gets the method and its arguments. Also asked for <c>response_url</c> and <c>upload</c>.</summary>
    public Func<FakeCall, FakeFault?> Fault { get; set; } = _ => null;

    /// <summary>Whether the newer blocks are refused, as by a workspace that lacks them.</summary>
    public bool RefusesNewBlocks { get; set; }

    /// <summary>Scopes of the bot token.</summary>
    public string Scopes { get; set; } = "commands,chat:write,app_mentions:read,im:history,channels:history,groups:history,users:read,usergroups:read,files:write,channels:read,groups:read";

    /// <summary>Complaints: what a well-behaved client does not do, for example a token sent to an upload address.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();

    /// <summary>The address of the Web API.</summary>
    public string ApiUrl => $"http://127.0.0.1:{_port.ToString(CultureInfo.InvariantCulture)}/api/";

    internal string Base => $"127.0.0.1:{_port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Starts it.</summary>
    /// <param name="port">0 for any free port.</param>
    public static async Task<SlackServer> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "ChatOpsBot.FakeSlack", EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}");
        var app = builder.Build();
        var server = new SlackServer(app);
        app.UseWebSockets(new() { KeepAliveInterval = TimeSpan.FromSeconds(5) });
        app.MapPost("/api/{method}", server.CallAsync);
        app.MapGet("/api/{method}", server.CallAsync);
        app.MapPost("/upload/{id}", server.UploadAsync);
        app.MapPost("/respond/{id}", server.RespondAsync);
        app.Map("/link", (RequestDelegate)server.Sockets.AcceptAsync);
        await app.StartAsync();
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.First() ?? throw new InvalidOperationException("no address"));
        server._port = address.Port;
        return server;
    }

    /// <summary>A new address for answers to an interaction.</summary>
    public string NewResponseUrl(string channel, string user, string trigger)
    {
        var id = Guid.NewGuid().ToString("N");
        _responses[id] = (channel, user, trigger, Time.GetUtcNow(), 0);
        return $"http://{Base}/respond/{id}";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Sockets.CloseAsync();
        Sender.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    internal string NewUpload(string id)
    {
        _uploads[id] = [];
        return $"http://{Base}/upload/{id}";
    }

    internal byte[]? Uploaded(string id) => _uploads.TryRemove(id, out var bytes) ? bytes : null;

    private async Task CallAsync(HttpContext context, string method)
    {
        var arguments = await ReadAsync(context);
        var call = new FakeCall(method, arguments, Time.GetUtcNow());
        var fault = Fault(call);
        if (await FailsAsync(context, fault))
        {
            return;
        }

        var header = context.Request.Headers.Authorization.ToString();
        var token = header.StartsWith("Bearer ", StringComparison.Ordinal) ? header["Bearer ".Length..] : "";
        Workspace.Calls.Enqueue(call);
        var expected = method == "apps.connections.open" ? SlackWorkspace.AppToken : SlackWorkspace.BotToken;
        var body = fault?.Error is { } error ? WebMethods.Error(error)
            : token.Length == 0 ? WebMethods.Error("not_authed")
            : token != expected ? WebMethods.Error("invalid_auth")
            : _methods.Answer(method, arguments);
        if (fault?.BreaksAfterwards == true)
        {
            context.Abort();
            return;
        }

        context.Response.Headers["x-oauth-scopes"] = Scopes;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(body.ToJsonString());
    }

    private async Task UploadAsync(HttpContext context, string id)
    {
        if (context.Request.Headers.Authorization.Count > 0)
        {
            Complaints.Enqueue("a token was sent to an upload address");
        }

        using var bytes = new MemoryStream();
        if (context.Request.HasFormContentType)
        {
            // The official client sends a form with the file in it; both are allowed.
            var form = await context.Request.ReadFormAsync();
            await form.Files[0].CopyToAsync(bytes);
        }
        else
        {
            await context.Request.Body.CopyToAsync(bytes);
        }

        if (await FailsAsync(context, Fault(new("upload", new Dictionary<string, string>(), Time.GetUtcNow()))))
        {
            return;
        }

        if (!_uploads.ContainsKey(id))
        {
            context.Response.StatusCode = 404;
            return;
        }

        _uploads[id] = bytes.ToArray();
        await context.Response.WriteAsync($"OK - {bytes.Length}");
    }

    private async Task RespondAsync(HttpContext context, string id)
    {
        if (context.Request.Headers.Authorization.Count > 0)
        {
            Complaints.Enqueue("a token was sent to a response address");
        }

        using var reader = new StreamReader(context.Request.Body);
        var body = JsonNode.Parse(await reader.ReadToEndAsync()) as JsonObject ?? [];
        var fault = Fault(new("response_url", new Dictionary<string, string>(), Time.GetUtcNow()));
        if (await FailsAsync(context, fault))
        {
            return;
        }

        if (!_responses.TryGetValue(id, out var response) || response.Uses >= 5)
        {
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync("used_url");
            return;
        }

        _responses[id] = response with { Uses = response.Uses + 1 };
        var blocks = body["blocks"] as JsonArray;
        if (blocks is not null && BlockRules.Problem(blocks, RefusesNewBlocks) is not null)
        {
            context.Response.StatusCode = 400;
            await context.Response.WriteAsync("invalid_blocks");
            return;
        }

        Workspace.Calls.Enqueue(new("response_url", new Dictionary<string, string> { ["body"] = body.ToJsonString() }, Time.GetUtcNow()));
        Workspace.Ephemerals.Enqueue(new(response.Channel, response.User, body["text"]?.GetValue<string>() ?? "", blocks?.DeepClone() as JsonArray, response.Trigger));
        if (fault?.BreaksAfterwards == true)
        {
            context.Abort();
            return;
        }

        await context.Response.WriteAsync("ok");
    }

    private static async Task<bool> FailsAsync(HttpContext context, FakeFault? fault)
    {
        if (fault?.Delay > TimeSpan.Zero)
        {
            await Task.Delay(fault.Delay, TimeProvider.System, context.RequestAborted);
        }

        if (fault?.Status is not { } status)
        {
            return false;
        }

        context.Response.StatusCode = status;
        if (fault.RetryAfter is { } after)
        {
            context.Response.Headers.RetryAfter = after;
        }

        if (status is >= 300 and < 400)
        {
            context.Response.Headers.Location = "http://127.0.0.1:9/elsewhere";
        }

        return true;
    }

    private static async Task<IReadOnlyDictionary<string, string>> ReadAsync(HttpContext context)
    {
        var arguments = context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        if (context.Request.HasFormContentType)
        {
            foreach (var (name, value) in await context.Request.ReadFormAsync())
            {
                arguments[name] = value.ToString();
            }
        }
        else if (context.Request.ContentLength > 0 && context.Request.ContentType?.Contains("json", StringComparison.Ordinal) == true)
        {
            using var document = await JsonDocument.ParseAsync(context.Request.Body);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                arguments[member.Name] = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() ?? "" : member.Value.GetRawText();
            }
        }

        return arguments;
    }
}
