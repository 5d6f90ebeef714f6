using System.Text.Json.Nodes;
using ChatOpsBot.Adapters.Slack;
using ChatOpsBot.Adapters.Slack.SocketMode;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.FakeSlack;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatOpsBot.ChatContract.Benches;

/// <summary>The bot with a real store against the fake Slack.</summary>
internal sealed class SlackBench : ChatBench
{
    private readonly SlackMode _mode;
    private readonly Action<SlackOptions>? _change;

    private SlackBench(SlackServer slack, SlackMode mode, Action<SlackOptions>? change)
    {
        Slack = slack;
        _mode = mode;
        _change = change;
    }

    public SlackServer Slack { get; }

    public Uri Ingress { get; private set; } = new("http://127.0.0.1:9");

    public SlackWorkspace Workspace => Slack.Workspace;

    public static async Task<SlackBench> StartAsync(SlackMode mode = SlackMode.Http, Action<SlackOptions>? change = null)
    {
        var slack = await SlackServer.StartAsync();
        var bench = new SlackBench(slack, mode, change);
        slack.Time = bench.Time;
        foreach (var user in new[] { "U1", "U2", "U3", "U5", "U9" })
        {
            slack.Workspace.Users[user] = [];
        }

        slack.Workspace.Users["U4"] = new JsonObject { ["is_restricted"] = true };
        slack.Workspace.Channels["C1"] = new JsonObject { ["is_member"] = true };
        slack.Workspace.Channels["C2"] = new JsonObject { ["is_member"] = true };
        slack.Workspace.Channels["CEXT"] = new JsonObject { ["is_member"] = true, ["is_ext_shared"] = true };
        slack.Workspace.UserGroups["S1"] = [];
        await bench.StartBotAsync();
        return bench;
    }

    /// <summary>The card of an incident once it satisfies a condition.</summary>
    public async Task<FakeMessage> CardAsync(Func<FakeMessage, bool> condition, string channel = "C1")
    {
        FakeMessage? found = null;
        await UntilAsync(() => (found = Workspace.Messages(channel).FirstOrDefault(message => message.Metadata?["event_payload"]?["key"]?.GetValue<string>().StartsWith("card ", StringComparison.Ordinal) == true && condition(message))) is not null, "a card");
        return found ?? throw new InvalidOperationException("no card");
    }

    /// <summary>What a person was answered to an interaction.</summary>
    public async Task<FakeEphemeral> AnswerAsync(string trigger)
    {
        FakeEphemeral? found = null;
        await UntilAsync(() => (found = Workspace.Ephemerals.FirstOrDefault(answer => answer.Trigger == trigger)) is not null, "an answer");
        return found ?? throw new InvalidOperationException("no answer");
    }

    /// <summary>Types a slash command and waits for its answer.</summary>
    public async Task<FakeEphemeral> SayAsync(string user, string text, string channel = "C1")
    {
        var trigger = Slack.Sender.NewTrigger();
        Assert.Equal(200, (await Slack.Sender.SlashAsync(user, channel, text, trigger)).Status);
        return await AnswerAsync(trigger);
    }

    /// <summary>Presses a button and waits for its answer.</summary>
    public async Task<FakeEphemeral> PressAsync(string user, FakeMessage message, string action)
    {
        var trigger = Slack.Sender.NewTrigger();
        Assert.Equal(200, (await Slack.Sender.PressAsync(user, message, Button(message, action), trigger)).Status);
        return await AnswerAsync(trigger);
    }

    /// <summary>The button of a message.</summary>
    public static JsonObject Button(FakeMessage message, string action)
        => (message.Blocks ?? []).OfType<JsonObject>().Where(block => block["type"]?.GetValue<string>() == "actions").SelectMany(block => (JsonArray)(block["elements"] ?? new JsonArray())).OfType<JsonObject>()
            .First(button => button["action_id"]?.GetValue<string>().StartsWith($"cob.{action}", StringComparison.Ordinal) == true);

    /// <summary>An incident in C1 that waits for an approval of somebody else than ann.</summary>
    public async Task<(IncidentId Id, FakeMessage Card)> WaitingAsync(string host = "host42")
    {
        await SayAsync("U1", $"check {host}");
        var card = await CardAsync(message => message.Text.Contains(host, StringComparison.Ordinal));
        var id = new IncidentId(long.Parse(card.Metadata?["event_payload"]?["key"]?.GetValue<string>()["card I-".Length..] ?? "", System.Globalization.CultureInfo.InvariantCulture));
        await AddAsync(id, Observed(host), Proposed(Plan(id, host)));
        return (id, await CardAsync(message => message.Ts == card.Ts && message.AllText.Contains("cob.approve", StringComparison.Ordinal)));
    }

    protected override void Add(IServiceCollection services)
    {
        var options = new SlackOptions
        {
            Mode = _mode,
            AppId = SlackWorkspace.App,
            TeamIds = SlackWorkspace.Team,
            BotToken = SlackWorkspace.BotToken,
            AppToken = SlackWorkspace.AppToken,
            SigningSecret = SlackWorkspace.Secret,
            ApiBaseUrl = Slack.ApiUrl,
        };
        _change?.Invoke(options);
        services.AddSingleton(Options.Create(options));
        services.AddSlack(_mode);
    }

    protected override void Map(WebApplication app) => app.MapSlack(_mode);

    protected override async Task StartedAsync(Uri address)
    {
        Ingress = address;
        Slack.Sender.Ingress = _mode == SlackMode.Http ? Ingress : null;
        if (_mode == SlackMode.SocketMode)
        {
            await UntilAsync(() => Slack.Sockets.Open > 0 && Get<SlackSocket>().Connected > 0, "the bot connects");
        }
    }

    protected override async Task EndAsync()
    {
        await Slack.DisposeAsync();
        CapturedCalls.Keep(Workspace);
    }
}
