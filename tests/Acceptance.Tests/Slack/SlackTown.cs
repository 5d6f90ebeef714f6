using ChatOpsBot.Acceptance.Tests.Repairs;
using ChatOpsBot.Application.Repairs;
using ChatOpsBot.FakeSlack;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Slack;

/// <summary>The fake Slack with the two people of the tests' policy, and a service folder that is pointed at it.</summary>
internal sealed class SlackTown : IAsyncDisposable
{
    public const string Channel = "C1";
    public const string Ann = "U1";
    public const string Bob = "U2";

    // The steps between are real hosts' work on a machine that has other things to do.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private SlackTown(SlackServer slack, string mode)
    {
        Slack = slack;
        slack.Time = Time;
        Mode = mode;
        slack.Workspace.Users[Ann] = [];
        slack.Workspace.Users[Bob] = [];
        slack.Workspace.Channels[Channel] = new() { ["is_member"] = true };
        Folder = new()
        {
            More = new Dictionary<string, string>
            {
                ["DOTNET_ENVIRONMENT"] = "Development",
                ["Http__IngressUrls"] = mode == "Http" ? "http://127.0.0.1:0" : "",
                ["Slack__Mode"] = mode,
                ["Slack__AppId"] = SlackWorkspace.App,
                ["Slack__TeamIds"] = SlackWorkspace.Team,
                ["Slack__BotToken"] = SlackWorkspace.BotToken,
                ["Slack__AppToken"] = SlackWorkspace.AppToken,
                ["Slack__SigningSecret"] = SlackWorkspace.Secret,
                ["Slack__ApiBaseUrl"] = slack.ApiUrl,
            },
        };
    }

    public SlackServer Slack { get; }

    /// <summary>The way in.</summary>
    public string Mode { get; }

    /// <summary>The clock of the service and of Slack.</summary>
    public MovedTime Time { get; } = new();

    public ServiceFolder Folder { get; }

    public static async Task<SlackTown> StartAsync(string mode) => new(await SlackServer.StartAsync(), mode);

    /// <summary>Starts the service and waits until Slack reaches it.</summary>
    public async Task<RunningService> ServeAsync(RepairOptions? repairs = null)
    {
        var service = await RunningService.StartAsync(Folder, repairs, Time);
        if (Mode == "Http")
        {
            Slack.Sender.Ingress = new(service.Addresses[1]);
        }
        else
        {
            await UntilAsync(() => Slack.Sockets.Open > 0, "the service connects");
        }

        return service;
    }

    /// <summary>The one card of the channel, once it is as wanted.</summary>
    public async Task<FakeMessage> CardAsync(Func<FakeMessage, bool> wanted)
    {
        FakeMessage? found = null;
        await UntilAsync(() => (found = Cards().FirstOrDefault()) is not null && wanted(found), () => $"the card; it is {found?.AllText}");
        Assert.Single(Cards());
        return found ?? throw new InvalidOperationException("no card");
    }

    /// <summary>Somebody types a slash command; what Slack was answered and, later, the person.</summary>
    public async Task<string> SayAsync(string user, string text)
    {
        var trigger = Slack.Sender.NewTrigger();
        Assert.Equal(200, (await Slack.Sender.SlashAsync(user, Channel, text, trigger)).Status);
        return await AnswerAsync(trigger);
    }

    /// <summary>Somebody presses a button of a card.</summary>
    public async Task<string> PressAsync(string user, FakeMessage card, string action)
    {
        var trigger = await BeginPressAsync(user, card, action);
        return await AnswerAsync(trigger);
    }

    /// <summary>Somebody presses a button and does not wait for what it comes to.</summary>
    public async Task<string> BeginPressAsync(string user, FakeMessage card, string action)
    {
        var button = (card.Blocks ?? []).Where(block => block?["type"]?.GetValue<string>() == "actions").SelectMany(block => block?["elements"]?.AsArray() ?? [])
            .Select(element => element?.AsObject()).First(element => element?["action_id"]?.GetValue<string>().StartsWith($"cob.{action}", StringComparison.Ordinal) == true);
        var trigger = Slack.Sender.NewTrigger();
        Assert.Equal(200, (await Slack.Sender.PressAsync(user, card, button ?? [], trigger)).Status);
        return trigger;
    }

    public static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(condition, () => what);

    private static async Task UntilAsync(Func<bool> condition, Func<string> what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < s_patience, $"waited in vain: {what()}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Leaves the page beside the test program, and its picture where there is a browser.</summary>
    public async Task PictureAsync(string name, params IEnumerable<(string Heading, IEnumerable<FakeMessage> Messages)> parts)
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "pictures")).FullName;
        var page = Path.Combine(folder, name + ".html");
        await File.WriteAllTextAsync(page, SlackPage.Of(Slack.Workspace, parts), TestContext.Current.CancellationToken);
        if (!File.Exists("/usr/bin/chromium"))
        {
            return;
        }

        using var profile = new TemporaryFolder();
        (await Programs.RunAsync(
            ["/usr/bin/chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--hide-scrollbars",
                $"--user-data-dir={profile.Path}", "--window-size=760,3200", $"--screenshot={Path.Combine(folder, name + ".png")}", $"file://{page}"],
            new Dictionary<string, string>())).Expect();
    }

    public async ValueTask DisposeAsync()
    {
        await Slack.DisposeAsync();
        Folder.Dispose();
    }

    private IEnumerable<FakeMessage> Cards()
        => Slack.Workspace.Messages(Channel).Where(message => message.Metadata?["event_payload"]?["key"]?.GetValue<string>().StartsWith("card ", StringComparison.Ordinal) == true);

    private async Task<string> AnswerAsync(string trigger)
    {
        FakeEphemeral? found = null;
        await UntilAsync(() => (found = Slack.Workspace.Ephemerals.FirstOrDefault(answer => answer.Trigger == trigger)) is not null, "an answer");
        return found?.Text ?? "";
    }
}
