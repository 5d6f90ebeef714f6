using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatOpsBot.FakeSlack;

/// <summary>The methods of the Web API that the bot and the official clients use here, with the members that Slack's own examples have.</summary>
/// <param name="server">The server.</param>
internal sealed class WebMethods(SlackServer server)
{
    private int _next;

    private SlackWorkspace Workspace => server.Workspace;

    public static JsonObject Error(string error, string? message = null) => message is null
        ? new() { ["ok"] = false, ["error"] = error }
        : new() { ["ok"] = false, ["error"] = error, ["response_metadata"] = new JsonObject { ["messages"] = new JsonArray(message) } };

    public JsonObject Answer(string method, IReadOnlyDictionary<string, string> arguments) => method switch
    {
        "auth.test" => Good(
            ("url", "https://fake.slack.com/"), ("team", "Fake"), ("user", "bridge"), ("team_id", SlackWorkspace.Team), ("user_id", SlackWorkspace.BotUser), ("bot_id", SlackWorkspace.Bot),
            ("is_enterprise_install", false)),
        "api.test" => Good(),
        "apps.connections.open" => Good(("url", server.Sockets.NewTicket())),
        "chat.postMessage" => Post(arguments),
        "chat.update" => Update(arguments),
        "chat.postEphemeral" => Ephemeral(arguments),
        "chat.startStream" => Stream(arguments),
        "chat.appendStream" or "chat.stopStream" => Append(arguments),
        "conversations.info" => Info(arguments),
        "conversations.history" => History(arguments),
        "conversations.replies" => Replies(arguments),
        "users.info" => User(arguments),
        "usergroups.users.list" => Workspace.UserGroups.TryGetValue(Text(arguments, "usergroup"), out var members)
            ? Good(("users", new JsonArray([.. members.Select(member => (JsonNode)member)])))
            : Error("no_such_subteam"),
        "views.open" => Open(arguments),
        "files.getUploadURLExternal" => Begin(arguments),
        "files.completeUploadExternal" => Complete(arguments),
        _ => Error("unknown_method"),
    };

    private static JsonObject Good(params ReadOnlySpan<(string Name, JsonNode? Value)> members)
    {
        var answer = new JsonObject { ["ok"] = true };
        foreach (var (name, value) in members)
        {
            answer[name] = value;
        }

        return answer;
    }

    private static string Text(IReadOnlyDictionary<string, string> arguments, string name) => arguments.GetValueOrDefault(name) ?? "";

    private static JsonNode? Json(IReadOnlyDictionary<string, string> arguments, string name)
    {
        try
        {
            return Text(arguments, name) is { Length: > 0 } text ? JsonNode.Parse(text) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private JsonObject? Problem(IReadOnlyDictionary<string, string> arguments, out string channel, out JsonArray? blocks)
    {
        channel = Text(arguments, "channel");
        blocks = Json(arguments, "blocks") as JsonArray;

        // A user's id opens the direct conversation with that person.
        channel = channel.StartsWith('U') ? $"D{channel}" : channel;
        if (channel.StartsWith("DU", StringComparison.Ordinal))
        {
            Workspace.Channels.TryAdd(channel, new JsonObject { ["is_im"] = true });
        }

        if (!Workspace.Channels.TryGetValue(channel, out var known))
        {
            return Error("channel_not_found");
        }

        if (known["is_archived"]?.GetValue<bool>() == true)
        {
            return Error("is_archived");
        }

        if (known["is_im"]?.GetValue<bool>() != true && known["is_member"]?.GetValue<bool>() != true)
        {
            return Error("not_in_channel");
        }

        if (arguments.ContainsKey("blocks") && blocks is null)
        {
            return Error("invalid_blocks_format");
        }

        if (blocks is not null && BlockRules.Problem(blocks, server.RefusesNewBlocks) is { } problem)
        {
            return Error(problem.StartsWith("too long", StringComparison.Ordinal) ? "msg_blocks_too_long" : "invalid_blocks", $"[ERROR] {problem}");
        }

        return Text(arguments, "text").Length == 0 && blocks is not { Count: > 0 } ? Error("no_text") : Text(arguments, "text").Length > 40_000 ? Error("msg_too_long") : null;
    }

    private JsonObject Post(IReadOnlyDictionary<string, string> arguments)
    {
        if (Problem(arguments, out var channel, out var blocks) is { } problem)
        {
            return problem;
        }

        var message = Workspace.Add(new(channel, Text(arguments, "text"), blocks)
        {
            Thread = arguments.GetValueOrDefault("thread_ts"),
            Metadata = Json(arguments, "metadata"),
            Broadcast = Text(arguments, "reply_broadcast") == "true",
        });
        return Good(("channel", channel), ("ts", message.Ts), ("message", Shown(message)));
    }

    private JsonObject Update(IReadOnlyDictionary<string, string> arguments)
    {
        if (Problem(arguments, out var channel, out var blocks) is { } problem)
        {
            return problem;
        }

        var changed = Workspace.Change(channel, Text(arguments, "ts"), message => message with { Text = Text(arguments, "text"), Blocks = blocks, Changes = message.Changes + 1 });
        return changed is null ? Error("message_not_found") : Good(("channel", channel), ("ts", changed.Ts), ("text", changed.Text), ("message", Shown(changed)));
    }

    private JsonObject Ephemeral(IReadOnlyDictionary<string, string> arguments)
    {
        if (Problem(arguments, out var channel, out var blocks) is { } problem)
        {
            return problem;
        }

        Workspace.Ephemerals.Enqueue(new(channel, Text(arguments, "user"), Text(arguments, "text"), blocks, null));
        return Good(("message_ts", Workspace.NextTs()));
    }

    private JsonObject Stream(IReadOnlyDictionary<string, string> arguments)
    {
        if (Text(arguments, "thread_ts").Length == 0)
        {
            return Error("invalid_arguments", "[ERROR] missing required field: thread_ts");
        }

        var message = Workspace.Add(new(Text(arguments, "channel"), Streamed(arguments), null) { Thread = Text(arguments, "thread_ts") });
        return Good(("channel", message.Channel), ("ts", message.Ts));
    }

    private JsonObject Append(IReadOnlyDictionary<string, string> arguments)
        => Workspace.Change(Text(arguments, "channel"), Text(arguments, "ts"), message => message with { Text = message.Text + Streamed(arguments) }) is { } changed
            ? Good(("channel", changed.Channel), ("ts", changed.Ts))
            : Error("message_not_found");

    private static string Streamed(IReadOnlyDictionary<string, string> arguments)
        => Text(arguments, "markdown_text") + string.Concat((Json(arguments, "chunks") as JsonArray ?? []).Where(chunk => chunk?["type"]?.GetValue<string>() == "markdown_text").Select(chunk => chunk?["text"]?.GetValue<string>()));

    private JsonObject Info(IReadOnlyDictionary<string, string> arguments)
    {
        var id = Text(arguments, "channel");
        if (!Workspace.Channels.TryGetValue(id, out var known))
        {
            return Error("channel_not_found");
        }

        var channel = new JsonObject { ["id"] = id, ["name"] = id.ToLowerInvariant(), ["is_channel"] = true, ["is_member"] = false, ["is_archived"] = false, ["is_ext_shared"] = false };
        foreach (var (name, value) in known)
        {
            channel[name] = value?.DeepClone();
        }

        return Good(("channel", channel));
    }

    private JsonObject User(IReadOnlyDictionary<string, string> arguments)
    {
        var id = Text(arguments, "user");
        if (!Workspace.Users.TryGetValue(id, out var known))
        {
            return Error("user_not_found");
        }

        var user = new JsonObject
        {
            ["id"] = id, ["team_id"] = SlackWorkspace.Team, ["name"] = id.ToLowerInvariant(), ["deleted"] = false, ["is_bot"] = false, ["is_restricted"] = false, ["is_ultra_restricted"] = false,
        };
        foreach (var (name, value) in known)
        {
            user[name] = value?.DeepClone();
        }

        return Good(("user", user));
    }

    private JsonObject History(IReadOnlyDictionary<string, string> arguments)
        => Page(Workspace.Messages(Text(arguments, "channel")).Where(message => message.Thread is null || message.Broadcast).Reverse(), arguments);

    private JsonObject Replies(IReadOnlyDictionary<string, string> arguments)
        => Page(Workspace.Messages(Text(arguments, "channel")).Where(message => message.Ts == Text(arguments, "ts") || message.Thread == Text(arguments, "ts")), arguments);

    private JsonObject Page(IEnumerable<FakeMessage> messages, IReadOnlyDictionary<string, string> arguments)
    {
        var all = messages.ToArray();
        var limit = int.TryParse(Text(arguments, "limit"), CultureInfo.InvariantCulture, out var wanted) && wanted is > 0 and < 1000 ? wanted : 100;
        var from = int.TryParse(Text(arguments, "cursor"), CultureInfo.InvariantCulture, out var at) ? at : 0;
        var more = from + limit < all.Length;
        return Good(
            ("messages", new JsonArray([.. all.Skip(from).Take(limit).Select(message => (JsonNode)Shown(message, metadata: Text(arguments, "include_all_metadata") == "true"))])),
            ("has_more", more), ("response_metadata", new JsonObject { ["next_cursor"] = more ? (from + limit).ToString(CultureInfo.InvariantCulture) : "" }));
    }

    private JsonObject Shown(FakeMessage message, bool metadata = true)
    {
        var shown = new JsonObject
        {
            ["type"] = "message", ["user"] = SlackWorkspace.BotUser, ["bot_id"] = SlackWorkspace.Bot, ["app_id"] = SlackWorkspace.App, ["text"] = message.Text, ["team"] = SlackWorkspace.Team, ["ts"] = message.Ts,
        };
        if (message.Blocks is { } blocks)
        {
            shown["blocks"] = blocks.DeepClone();
        }

        if (message.Thread is { } thread)
        {
            shown["thread_ts"] = thread;
        }

        if (metadata && message.Metadata is { } data)
        {
            shown["metadata"] = data.DeepClone();
        }

        if (message.Files.Count > 0)
        {
            shown["files"] = new JsonArray([.. message.Files.Select(id => (JsonNode)new JsonObject { ["id"] = id, ["name"] = Workspace.Files[id].Name, ["title"] = Workspace.Files[id].Title })]);
        }

        return shown;
    }

    private JsonObject Open(IReadOnlyDictionary<string, string> arguments)
    {
        if (Json(arguments, "view") is not JsonObject view || view["blocks"] is not JsonArray blocks)
        {
            return Error("invalid_arguments");
        }

        if (!server.Sender.TakeTrigger(Text(arguments, "trigger_id")))
        {
            return Error("expired_trigger_id");
        }

        if (BlockRules.ViewProblem(view, blocks) is { } problem)
        {
            return Error("invalid_blocks", $"[ERROR] {problem}");
        }

        var shown = (JsonObject)view.DeepClone();
        shown["id"] = $"V{Interlocked.Increment(ref _next).ToString(CultureInfo.InvariantCulture)}";
        shown["hash"] = "1.abc";
        shown["team_id"] = SlackWorkspace.Team;
        Workspace.Views.Enqueue((JsonObject)shown.DeepClone());
        return Good(("view", shown));
    }

    private JsonObject Begin(IReadOnlyDictionary<string, string> arguments)
    {
        if (Text(arguments, "filename").Length == 0 || !int.TryParse(Text(arguments, "length"), CultureInfo.InvariantCulture, out var length) || length < 1)
        {
            return Error("invalid_arguments");
        }

        var id = $"F{Interlocked.Increment(ref _next).ToString(CultureInfo.InvariantCulture)}";
        Workspace.Files[id] = new(Text(arguments, "filename"), "", new byte[length]);
        return Good(("upload_url", server.NewUpload(id)), ("file_id", id));
    }

    private JsonObject Complete(IReadOnlyDictionary<string, string> arguments)
    {
        if (Json(arguments, "files") is not JsonArray files)
        {
            return Error("invalid_arguments");
        }

        var done = new List<string>();
        foreach (var file in files.OfType<JsonObject>())
        {
            var id = file["id"]?.GetValue<string>() ?? "";
            if (!Workspace.Files.TryGetValue(id, out var begun) || server.Uploaded(id) is not { } bytes)
            {
                return Error("file_not_found");
            }

            if (bytes.Length != begun.Bytes.Length)
            {
                server.Complaints.Enqueue($"{begun.Name}: {begun.Bytes.Length} bytes were announced and {bytes.Length} came");
            }

            Workspace.Files[id] = begun with { Title = file["title"]?.GetValue<string>() ?? begun.Name, Bytes = bytes };
            done.Add(id);
        }

        if (Text(arguments, "channel_id") is { Length: > 0 } channel)
        {
            if (!Workspace.Channels.ContainsKey(channel))
            {
                return Error("channel_not_found");
            }

            Workspace.Add(new(channel, Text(arguments, "initial_comment"), null) { Thread = arguments.GetValueOrDefault("thread_ts"), Files = done });
        }

        return Good(("files", new JsonArray([.. done.Select(id => (JsonNode)new JsonObject { ["id"] = id, ["title"] = Workspace.Files[id].Title, ["name"] = Workspace.Files[id].Name })])));
    }
}
