using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ChatOpsBot.FakeSlack;

/// <summary>What people do in Slack, as it reaches the bot: signed over HTTP, or over a socket when no address is set.</summary>
/// <param name="server">The server.</param>
public sealed class SlackPeople(SlackServer server) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, MaxConnectionsPerServer = 64 });
    private readonly ConcurrentDictionary<string, DateTimeOffset> _triggers = new();
    private int _next;

    /// <summary>Where the bot listens; <see langword="null"/> for Socket Mode.</summary>
    public Uri? Ingress { get; set; }

    /// <summary>How long a trigger opens a form.</summary>
    public TimeSpan TriggerLives { get; set; } = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>A new trigger; opens one form.</summary>
    public string NewTrigger()
    {
        var trigger = $"{Interlocked.Increment(ref _next).ToString(CultureInfo.InvariantCulture)}.{RandomNumberGenerator.GetHexString(24, lowercase: true)}";
        _triggers[trigger] = server.Time.GetUtcNow();
        return trigger;
    }

    /// <summary>Somebody types a slash command. Returns what Slack was answered at once.</summary>
    public Task<SlackAnswer> SlashAsync(string user, string channel, string text, string? trigger = null, string team = SlackWorkspace.Team, string app = SlackWorkspace.App)
        => SendAsync("slash_commands", "/slack/commands", Slash(user, channel, text, trigger, team, app));

    /// <summary>What Slack sends for a slash command.</summary>
    public JsonObject Slash(string user, string channel, string text, string? trigger = null, string team = SlackWorkspace.Team, string app = SlackWorkspace.App)
    {
        var opener = trigger ?? NewTrigger();
        return new()
        {
            ["token"] = "deprecated", ["team_id"] = team, ["team_domain"] = "fake", ["channel_id"] = channel, ["channel_name"] = "ops", ["user_id"] = user, ["user_name"] = "somebody",
            ["command"] = "/bridge", ["text"] = text, ["api_app_id"] = app, ["is_enterprise_install"] = "false", ["response_url"] = server.NewResponseUrl(channel, user, opener), ["trigger_id"] = opener,
        };
    }

    /// <summary>Somebody presses a button of a message.</summary>
    public Task<SlackAnswer> PressAsync(string user, FakeMessage message, JsonObject button, string? trigger = null, string team = SlackWorkspace.Team)
        => SendAsync("interactive", "/slack/interactivity", Press(user, message.Channel, message.Ts, message.Thread, button, trigger, team));

    /// <summary>What Slack sends for a press.</summary>
    public JsonObject Press(string user, string channel, string ts, string? thread, JsonObject button, string? trigger = null, string team = SlackWorkspace.Team)
    {
        var opener = trigger ?? NewTrigger();
        var action = new JsonObject
        {
            ["type"] = "button", ["action_id"] = button["action_id"]?.DeepClone(), ["block_id"] = "b1", ["value"] = button["value"]?.DeepClone(), ["action_ts"] = server.Workspace.NextTs(), ["text"] = button["text"]?.DeepClone(),
        };
        var container = new JsonObject { ["type"] = "message", ["message_ts"] = ts, ["channel_id"] = channel, ["is_ephemeral"] = false };
        if (thread is not null)
        {
            container["thread_ts"] = thread;
        }

        return new()
        {
            ["type"] = "block_actions", ["team"] = new JsonObject { ["id"] = team, ["domain"] = "fake" }, ["user"] = new JsonObject { ["id"] = user, ["username"] = "somebody", ["team_id"] = team },
            ["api_app_id"] = SlackWorkspace.App, ["token"] = "deprecated", ["container"] = container, ["trigger_id"] = opener, ["channel"] = new JsonObject { ["id"] = channel, ["name"] = "ops" },
            ["response_url"] = server.NewResponseUrl(channel, user, opener), ["actions"] = new JsonArray(action), ["state"] = new JsonObject { ["values"] = new JsonObject() }, ["is_enterprise_install"] = false, ["enterprise"] = null,
        };
    }

    /// <summary>Somebody sends a form.</summary>
    public Task<SlackAnswer> SubmitAsync(string user, JsonObject view, IReadOnlyDictionary<string, string> values, string team = SlackWorkspace.Team)
    {
        var state = new JsonObject();
        foreach (var block in (JsonArray)(view["blocks"] ?? new JsonArray()))
        {
            var id = block?["block_id"]?.GetValue<string>() ?? "";
            var type = block?["element"]?["type"]?.GetValue<string>();
            var value = values.GetValueOrDefault(id);
            state[id] = new JsonObject
            {
                [block?["element"]?["action_id"]?.GetValue<string>() ?? ""] = type == "static_select"
                    ? new JsonObject { ["type"] = type, ["selected_option"] = value is null ? null : new JsonObject { ["value"] = value } }
                    : new JsonObject { ["type"] = type, ["value"] = value },
            };
        }

        var filled = (JsonObject)view.DeepClone();
        filled["state"] = new JsonObject { ["values"] = state };
        return SendAsync("interactive", "/slack/interactivity", new()
        {
            ["type"] = "view_submission", ["team"] = new JsonObject { ["id"] = team }, ["user"] = new JsonObject { ["id"] = user, ["name"] = "somebody", ["team_id"] = team }, ["api_app_id"] = SlackWorkspace.App,
            ["trigger_id"] = NewTrigger(), ["view"] = filled, ["response_urls"] = new JsonArray(),
        });
    }

    /// <summary>An event happens.</summary>
    public Task<SlackAnswer> EventAsync(JsonObject happened, string? id = null, bool external = false, Action<JsonObject>? change = null)
    {
        var envelope = new JsonObject
        {
            ["token"] = "deprecated", ["team_id"] = SlackWorkspace.Team, ["api_app_id"] = SlackWorkspace.App, ["event"] = happened, ["type"] = "event_callback",
            ["event_id"] = id ?? $"Ev{Interlocked.Increment(ref _next).ToString(CultureInfo.InvariantCulture)}", ["event_time"] = server.Time.GetUtcNow().ToUnixTimeSeconds(), ["is_ext_shared_channel"] = external,
            ["authorizations"] = new JsonArray(new JsonObject { ["team_id"] = SlackWorkspace.Team, ["user_id"] = SlackWorkspace.BotUser, ["is_bot"] = true, ["is_enterprise_install"] = false }),
        };
        change?.Invoke(envelope);
        return SendAsync("events_api", "/slack/events", envelope);
    }

    /// <summary>Somebody mentions the bot.</summary>
    public Task<SlackAnswer> MentionAsync(string user, string channel, string text, string? thread = null)
    {
        var happened = new JsonObject { ["type"] = "app_mention", ["user"] = user, ["team"] = SlackWorkspace.Team, ["text"] = $"<@{SlackWorkspace.BotUser}> {text}", ["ts"] = server.Workspace.NextTs(), ["channel"] = channel };
        if (thread is not null)
        {
            happened["thread_ts"] = thread;
        }

        return EventAsync(happened);
    }

    /// <summary>Somebody writes to the bot.</summary>
    public Task<SlackAnswer> DirectAsync(string user, string text)
    {
        server.Workspace.Channels.TryAdd($"D{user}", new JsonObject { ["is_im"] = true });
        return EventAsync(new() { ["type"] = "message", ["channel_type"] = "im", ["user"] = user, ["team"] = SlackWorkspace.Team, ["text"] = text, ["ts"] = server.Workspace.NextTs(), ["channel"] = $"D{user}" });
    }

    /// <summary>Sends a payload the way that is set.</summary>
    public async Task<SlackAnswer> SendAsync(string type, string path, JsonObject payload)
    {
        if (Ingress is null)
        {
            var ack = await server.Sockets.SendAsync(type, payload);
            return new(200, ack["payload"]?.ToJsonString() ?? "");
        }

        var (body, media) = type switch
        {
            "slash_commands" => (Form(payload.Select(field => (field.Key, field.Value?.GetValue<string>() ?? ""))), "application/x-www-form-urlencoded"),
            "interactive" => (Form([("payload", payload.ToJsonString())]), "application/x-www-form-urlencoded"),
            _ => (payload.ToJsonString(), "application/json"),
        };
        return await PostAsync(path, Encoding.UTF8.GetBytes(body), media);
    }

    /// <summary>Posts a body, signed unless a test says otherwise.</summary>
    public async Task<SlackAnswer> PostAsync(string path, byte[] body, string media, Action<HttpRequestMessage>? change = null, DateTimeOffset? at = null, string secret = SlackWorkspace.Secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Ingress ?? throw new InvalidOperationException("no address"), path)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(media);
        var timestamp = (at ?? server.Time.GetUtcNow()).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.Add("X-Slack-Request-Timestamp", timestamp);
        request.Headers.Add("X-Slack-Signature", Sign(secret, timestamp, body));
        change?.Invoke(request);
        using var response = await _client.SendAsync(request);
        return new((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Slack's signature.</summary>
    public static string Sign(string secret, string timestamp, ReadOnlySpan<byte> body)
        => "v0=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.UTF8.GetBytes($"v0:{timestamp}:"), .. body]));

    /// <summary>A form.</summary>
    public static string Form(IEnumerable<(string Name, string Value)> fields) => string.Join('&', fields.Select(field => $"{WebUtility.UrlEncode(field.Name)}={WebUtility.UrlEncode(field.Value)}"));

    internal bool TakeTrigger(string trigger) => _triggers.TryRemove(trigger, out var made) && server.Time.GetUtcNow() - made < TriggerLives;
}

/// <summary>What Slack was answered at once.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The body; over a socket the payload of the acknowledgement.</param>
public sealed record SlackAnswer(int Status, string Body);
