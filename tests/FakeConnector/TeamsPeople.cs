using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace ChatOpsBot.FakeConnector;

/// <summary>What a bot answered to an activity.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The body; empty for none.</param>
public sealed record FakeAnswer(int Status, string Body)
{
    /// <summary>The body as JSON.</summary>
    public JsonObject Json => JsonNode.Parse(Body) as JsonObject ?? [];
}

/// <summary>People in Teams: sends their activities to a bot, signed as the Bot Framework signs them.</summary>
/// <param name="server">The service.</param>
public sealed class TeamsPeople(ConnectorServer server) : IDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };
    private int _ids;

    /// <summary>Where the bot is.</summary>
    public Uri Bot { get; set; } = new("http://127.0.0.1:9");

    /// <summary>The activity of a person; change it before it is sent.</summary>
    public JsonObject Activity(string type, string user, string conversation = "a:ann", string kind = "personal") => new()
    {
        ["type"] = type,
        ["id"] = $"act-{Interlocked.Increment(ref _ids).ToString(CultureInfo.InvariantCulture)}",
        ["channelId"] = "msteams",
        ["serviceUrl"] = server.Url,
        ["from"] = new JsonObject { ["id"] = $"29:{user}", ["aadObjectId"] = ObjectId(user), ["name"] = $"{user} <b>*name*</b>" },
        ["recipient"] = new JsonObject { ["id"] = ConnectorServer.Bot, ["name"] = "Bridge" },
        ["conversation"] = new JsonObject { ["id"] = conversation, ["conversationType"] = kind, ["tenantId"] = ConnectorServer.Tenant },
        ["channelData"] = new JsonObject { ["tenant"] = new JsonObject { ["id"] = ConnectorServer.Tenant } },
        ["locale"] = "en-GB",
    };

    /// <summary>The directory object id of a person of that name.</summary>
    public static string ObjectId(string user) => $"00000000-0000-0000-0000-{Convert.ToHexStringLower(Encoding.ASCII.GetBytes(user.PadRight(6)[..6]))}";

    /// <summary>The claims of a good token.</summary>
    public JsonObject Claims() => new()
    {
        ["iss"] = "https://api.botframework.com",
        ["aud"] = ConnectorServer.App,
        ["nbf"] = server.Time.GetUtcNow().AddMinutes(-5).ToUnixTimeSeconds(),
        ["exp"] = server.Time.GetUtcNow().AddMinutes(55).ToUnixTimeSeconds(),
        ["serviceurl"] = server.Url,
    };

    /// <summary>A message.</summary>
    public JsonObject Message(string user, string text, string conversation = "a:ann", string kind = "personal")
    {
        var activity = Activity("message", user, conversation, kind);
        activity["text"] = text;
        return activity;
    }

    /// <summary>A message with a mention of the bot.</summary>
    public JsonObject Mention(string user, string text, string conversation = "19:c@thread.tacv2;messageid=1", string kind = "channel")
    {
        var activity = Message(user, $"<at>Bridge</at> {text}", conversation, kind);
        activity["entities"] = new JsonArray(new JsonObject { ["type"] = "mention", ["text"] = "<at>Bridge</at>", ["mentioned"] = new JsonObject { ["id"] = ConnectorServer.Bot, ["name"] = "Bridge" } });
        return activity;
    }

    /// <summary>A press on a card's Action.Execute.</summary>
    public JsonObject Invoke(string user, JsonObject action, string? message, string conversation = "a:ann", string kind = "personal", bool automatic = false)
    {
        var activity = Activity("invoke", user, conversation, kind);
        activity["name"] = "adaptiveCard/action";
        activity["replyToId"] = message;
        activity["value"] = new JsonObject
        {
            ["action"] = new JsonObject { ["type"] = "Action.Execute", ["verb"] = action["verb"]?.DeepClone(), ["data"] = action["data"]?.DeepClone() },
            ["trigger"] = automatic ? "automatic" : "manual",
        };
        return activity;
    }

    /// <summary>Takes or declines a file that was offered, as the client does; its drive is at the server.</summary>
    public JsonObject Consent(string user, FakeMessage offer, bool takes, string? drive = null)
    {
        var activity = Activity("invoke", user, offer.Conversation);
        activity["name"] = "fileConsent/invoke";
        activity["replyToId"] = offer.Id;
        var value = new JsonObject { ["type"] = "fileUpload", ["action"] = takes ? "accept" : "decline", ["context"] = offer.Card?[takes ? "acceptContext" : "declineContext"]?.DeepClone() };
        if (takes)
        {
            var name = offer.Activity["attachments"]?[0]?["name"]?.GetValue<string>();
            value["uploadInfo"] = new JsonObject
            {
                ["contentUrl"] = $"https://fake-my.sharepoint.com/personal/{user}/{name}", ["name"] = name, ["uploadUrl"] = drive ?? $"{server.Url}drive/{user}/{name}?tempauth=secret-of-the-drive",
                ["uniqueId"] = "1150D938-8870-4044-9F2C-5BBDEBA70C9D", ["fileType"] = name?.Split('.')[^1],
            };
        }

        activity["value"] = value;
        return activity;
    }

    /// <summary>Sends an activity with a good token.</summary>
    public Task<FakeAnswer> SendAsync(JsonObject activity) => SendAsync(activity, $"Bearer {server.Keys[0].Sign(Claims())}");

    /// <summary>Sends an activity with that header.</summary>
    public async Task<FakeAnswer> SendAsync(JsonObject activity, string? authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Bot, "/api/messages")) { Content = new StringContent(activity.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        using var response = await _client.SendAsync(request);
        return new((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
