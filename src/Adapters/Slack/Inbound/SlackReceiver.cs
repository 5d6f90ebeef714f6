using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Chat.Intake;
using ChatOpsBot.Application.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Slack.Inbound;

/// <summary>
/// Where HTTP and Socket Mode meet: checks for which app and workspace something is, finds what names it for ever, writes it down. What it returns may be told to Slack.
/// </summary>
internal sealed class SlackReceiver
{
    private const int MostKinds = 1000;

    private readonly ConcurrentDictionary<string, byte> _said = new(StringComparer.Ordinal);
    private readonly SlackOptions _options;
    private readonly ChatIntake _intake;
    private readonly GroupMembers _members;
    private readonly SlackIdentity _self;
    private readonly ILogger<SlackReceiver> _log;

    /// <summary>The options were checked before.</summary>
    public SlackReceiver(IOptions<SlackOptions> options, ChatIntake intake, GroupMembers members, SlackIdentity self, ILogger<SlackReceiver> log)
    {
        _options = options.Value;
        _intake = intake;
        _members = members;
        _self = self;
        _log = log;
    }

    /// <summary>Takes something in. Unknown kinds are acknowledged and left alone.</summary>
    /// <param name="door">The way by which it came.</param>
    /// <param name="payload">What came.</param>
    /// <param name="verdict">What was checked of the sender, as a sentence for transcripts.</param>
    /// <param name="cancellationToken">Ends the wait for the store.</param>
    /// <exception cref="Application.Ports.StoreException">It is not written down and must not be acknowledged.</exception>
    public Task<SlackReceipt> ReceiveAsync(SlackDoor door, JsonElement payload, string verdict, CancellationToken cancellationToken) => door switch
    {
        _ when payload.ValueKind != JsonValueKind.Object => Task.FromResult(new SlackReceipt(400, null)),
        SlackDoor.Commands => CommandAsync(payload, verdict, cancellationToken),
        SlackDoor.Interactivity => InteractionAsync(payload, verdict, cancellationToken),
        _ => EventAsync(payload, verdict, cancellationToken),
    };

    private async Task<SlackReceipt> CommandAsync(JsonElement payload, string verdict, CancellationToken cancellationToken)
    {
        if (WhyForeign(payload, payload.Text("team_id"), payload.Text("enterprise_id"), needsApp: true) is { } why)
        {
            return Refuse(why);
        }

        if (payload.Text("user_id") is not { } user || payload.Text("channel_id") is not { } channel || payload.Text("trigger_id") is not { } trigger || payload.Text("command") is null)
        {
            return new(400, null);
        }

        var item = new SlackItem
        {
            Act = SlackAct.Command,
            Team = payload.Text("team_id") ?? "",
            Enterprise = payload.Text("enterprise_id"),
            User = user,
            Channel = channel,
            Text = payload.Text("text") ?? "",
            Verdict = verdict,
        };
        return await AcceptAsync($"{item.Team} {user} {Short(trigger)}", item, new(Address(payload), trigger), cancellationToken);
    }

    private async Task<SlackReceipt> InteractionAsync(JsonElement payload, string verdict, CancellationToken cancellationToken)
    {
        var type = payload.Text("type");
        var team = payload.Member("team")?.Text("id") ?? payload.Member("user")?.Text("team_id");
        var enterprise = payload.Member("enterprise")?.Text("id") ?? payload.Member("team")?.Text("enterprise_id");
        if (payload.Text("api_app_id") is { } app ? app != _options.AppId : type != "message_action")
        {
            return Refuse("an interaction of another app");
        }

        if (payload.Member("user")?.Text("id") is not { } user)
        {
            return new(400, null);
        }

        // Somebody of another company can press a button in a shared channel; they get an answer, but nothing else.
        var foreign = !IsInstalled(team, enterprise);
        var basis = new SlackItem
        {
            Act = SlackAct.Press,
            Team = team ?? "",
            Enterprise = enterprise,
            User = user,
            UserTeam = payload.Member("user")?.Text("team_id"),
            External = foreign,
            Verdict = verdict,
        };
        switch (type)
        {
            case "block_actions":
                return await PressAsync(payload, basis, cancellationToken);
            case "view_submission":
                return await FormAsync(payload, basis, cancellationToken);
            case "view_closed":
                return SlackReceipt.Silent;
            default:
                Unknown($"an interaction of the type {Shown(type)}");
                return SlackReceipt.Silent;
        }
    }

    private async Task<SlackReceipt> PressAsync(JsonElement payload, SlackItem basis, CancellationToken cancellationToken)
    {
        if (payload.Member("actions") is not { ValueKind: JsonValueKind.Array } actions || actions.GetArrayLength() == 0
            || actions[0] is not { ValueKind: JsonValueKind.Object } action || action.Text("action_id")?.StartsWith(Rendering.CardBlocks.ActionPrefix, StringComparison.Ordinal) != true)
        {
            Unknown("an action that is none of ours");
            return SlackReceipt.Silent;
        }

        var container = payload.Member("container");
        var item = basis with
        {
            Channel = container?.Text("channel_id") ?? payload.Member("channel")?.Text("id") ?? "",
            Message = container?.Text("message_ts"),
            Thread = container?.Text("thread_ts"),
            Token = action.Text("value") ?? "",
        };
        var trigger = payload.Text("trigger_id");
        var key = $"{item.Team} {item.User} {Short(trigger ?? $"{item.Message} {action.Text("action_ts")} {item.Token}")}";
        return await AcceptAsync(key, item, new(Address(payload), trigger), cancellationToken);
    }

    private async Task<SlackReceipt> FormAsync(JsonElement payload, SlackItem basis, CancellationToken cancellationToken)
    {
        if (payload.Member("view") is not { } view || view.Text("callback_id") != Rendering.FormView.Callback || view.Text("id") is not { } id
            || Rendering.FormView.ReadOrigin(view.Text("private_metadata")) is not { } origin)
        {
            Unknown("a form that is none of ours");
            return SlackReceipt.Silent;
        }

        var answers = Rendering.FormView.ReadAnswers(view);
        switch (Forms.Read(origin.Token, answers))
        {
            case null:
                Unknown("a form that is none of ours");
                return SlackReceipt.Silent;
            case FormMeaning.Wrong wrong:
                return new(200, new JsonObject { ["response_action"] = "errors", ["errors"] = new JsonObject { [wrong.Field] = wrong.What } });
        }

        var item = basis with { Act = SlackAct.Form, Channel = origin.Channel, Thread = origin.Thread, Token = origin.Token, Answers = answers };
        return await AcceptAsync($"{item.Team} {item.User} {Short($"{id} {view.Text("hash")}")}", item, new(null, payload.Text("trigger_id")), cancellationToken);
    }

    private async Task<SlackReceipt> EventAsync(JsonElement payload, string verdict, CancellationToken cancellationToken)
    {
        var authorized = payload.Member("authorizations") is { ValueKind: JsonValueKind.Array } list
            && list.EnumerateArray().Any(one => IsInstalled(one.Text("team_id"), one.Text("enterprise_id")));
        var team = payload.Text("team_id");
        if (payload.Text("api_app_id") != _options.AppId)
        {
            return Refuse("an event of another app");
        }

        if (payload.Text("type") == "app_rate_limited")
        {
            _log.NotOurs($"events: {payload.Text("type")}");
            return SlackReceipt.Silent;
        }

        if (!authorized && !IsInstalled(team, payload.Text("enterprise_id")))
        {
            return Refuse("an event of a workspace that the app is not installed in");
        }

        if (payload.Text("type") != "event_callback" || payload.Member("event") is not { } happened)
        {
            Unknown($"an event envelope of the type {Shown(payload.Text("type"))}");
            return SlackReceipt.Silent;
        }

        switch (happened.Text("type"))
        {
            case "app_mention":
                return await MessageAsync(payload, happened, SlackAct.Mention, verdict, cancellationToken);
            case "message" when happened.Text("channel_type") == "im":
                return await MessageAsync(payload, happened, SlackAct.Direct, verdict, cancellationToken);
            case "subteam_members_changed" or "subteam_updated" or "subteam_created":
                _members.Forget();
                return SlackReceipt.Silent;
            case "tokens_revoked" or "app_uninstalled":
                _log.Revoked(happened.Text("type") ?? "");
                return SlackReceipt.Silent;
            default:
                Unknown($"an event of the type {Shown(happened.Text("type"))}");
                return SlackReceipt.Silent;
        }
    }

    /// <summary>A message with a command. Edits, deletions, own messages and those of other bots are no commands.</summary>
    private async Task<SlackReceipt> MessageAsync(JsonElement payload, JsonElement message, SlackAct act, string verdict, CancellationToken cancellationToken)
    {
        if (message.Text("subtype") is not null and not "file_share" || message.Text("bot_id") is not null || message.Text("app_id") is not null || message.Member("edited") is not null
            || message.Text("user") is not { } user || user == _self.Known?.User
            || message.Text("channel") is not { } channel || message.Text("ts") is not { } ts)
        {
            return SlackReceipt.Silent;
        }

        var team = payload.Text("team_id") ?? "";
        var userTeam = message.Text("user_team") ?? message.Text("team");
        var item = new SlackItem
        {
            Act = act,
            Team = team,
            Enterprise = payload.Text("enterprise_id"),
            User = user,
            UserTeam = userTeam,
            Channel = channel,
            Thread = message.Text("thread_ts"),
            Message = ts,
            Text = message.Text("text") ?? "",
            EventId = payload.Text("event_id"),
            Verdict = verdict,
            External = payload.Flag("is_ext_shared_channel") || (userTeam is not null && !IsInstalled(userTeam, payload.Text("enterprise_id"))),
        };

        // One text can come as two events with two ids; channel and time name it once.
        return await AcceptAsync($"{channel} {ts}", item, new(null, null), cancellationToken);
    }

    private async Task<SlackReceipt> AcceptAsync(string key, SlackItem item, SlackHandle handle, CancellationToken cancellationToken)
    {
        await _intake.AcceptAsync(SlackPlace.Surface, key, SlackItemJson.Encode(item), handle, cancellationToken);
        return SlackReceipt.Silent;
    }

    private string? WhyForeign(JsonElement payload, string? team, string? enterprise, bool needsApp)
        => needsApp && payload.Text("api_app_id") != _options.AppId ? "a command of another app"
            : !IsInstalled(team, enterprise) ? "a command of a workspace that the app is not installed in"
            : null;

    private bool IsInstalled(string? team, string? enterprise)
        => (team is not null && _options.Teams.Contains(team)) || (enterprise is not null && _options.Teams.Contains(enterprise));

    /// <summary>Said once for each kind: a workspace can send thousands of them an hour.</summary>
    private void Unknown(string what)
    {
        if (_said.Count < MostKinds && _said.TryAdd(what, 0))
        {
            _log.Unknown(what);
        }
    }

    private SlackReceipt Refuse(string why)
    {
        _log.NotOurs(why);
        return new(403, null);
    }

    private static Uri? Address(JsonElement payload) => Uri.TryCreate(payload.Text("response_url"), UriKind.Absolute, out var uri) ? uri : null;

    /// <summary>Triggers are long and open forms while they live; their hash names the item as well.</summary>
    private static string Short(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    private static string Shown(string? word) => word is { Length: <= 40 } && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.') ? word : "?";
}
