using System.Text.Json.Nodes;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Support;
using ChatOpsBot.Web.Tests.Browser;
using Xunit;

namespace ChatOpsBot.Teams.Tests.Browser;

/// <summary>The official client of refresh and Action.Execute in a real browser, for two people before the same message: each sees their own, and only a press decides.</summary>
[Trait("Needs", "browser")]
public sealed class AppletTests(ChromiumFixture fixture) : IClassFixture<ChromiumFixture>
{
    /// <summary>What asks the bot is handed to the test, which sends it signed, as Teams does. Whom a card refreshes by itself is the host's part, in Teams as here: those in its userIds.</summary>
    private const string Applet = """
        window.requests = []; window.waiting = {}; window.sent = [];
        const AC = window.AdaptiveCards;
        AC.GlobalSettings.applets.logEnabled = false;
        AC.GlobalSettings.applets.refresh.maximumConsecutiveAutomaticRefreshes = 1;
        window.applet = new AC.AdaptiveApplet();
        window.applet.channelAdapter = { sendRequestAsync: (request) => new Promise((resolve) => {
          const number = Object.keys(window.waiting).length;
          window.waiting[number] = (card) => resolve(new AC.SuccessResponse(request, card));
          window.requests.push({ number, trigger: request.trigger, verb: request.action.verb, data: request.action.data });
          window.sent.push(request.trigger);
        }) };
        window.applet.userId = USER;
        window.applet.onShowManualRefreshButton = () => false;
        window.applet.onCardChanging = (_, card) => {
          AC.GlobalSettings.applets.refresh.mode = card.refresh?.userIds?.includes(USER) ? AC.RefreshMode.Automatic : AC.RefreshMode.Manual;
          return true;
        };
        window.applet.setCard(CARD);
        document.body.appendChild(window.applet.renderedElement);
        """;

    [Fact]
    [Trait("Requirement", "TM-14")]
    [Trait("Requirement", "TM-15")]
    [Trait("Requirement", "TM-18")]
    public async Task Message_ForTwoPeople_RefreshesTheApproverOnlyAndDecidesAtThePress()
    {
        var library = RepositoryFiles.At("tests", "Teams.Tests", "node", "node_modules", "adaptivecards", "dist", "adaptivecards.js");
        if (fixture.Browser is not { } browser || !File.Exists(library))
        {
            Assert.Skip("chromium or the package adaptivecards is not installed; tests/run.sh installs both");
            return;
        }

        await using var bench = await TeamsBench.StartAsync();
        await bench.SayAsync("bo", "help");
        var (id, card) = await bench.WaitingAsync();
        var script = await File.ReadAllTextAsync(library, TestContext.Current.CancellationToken);
        async Task<BrowserPage> OpenAsync(string user)
        {
            var page = await browser.OpenAsync(900, 1400, phone: false, dark: false);
            await page.AskAsync(script + "\n;0");
            await page.AskAsync($"(() => {{ {Applet.Replace("USER", $"'29:{user}'", StringComparison.Ordinal).Replace("CARD", (card.Card ?? []).Json(), StringComparison.Ordinal)} }})()");
            return page;
        }

        async Task PumpAsync(BrowserPage page, string user)
        {
            await page.WaitAsync("window.requests.length > 0");
            var request = JsonNode.Parse(await page.AskAsync("JSON.stringify(window.requests.shift())")) as JsonObject ?? [];
            var answer = await bench.PressAsync(user, new() { ["verb"] = request["verb"]?.DeepClone(), ["data"] = request["data"]?.DeepClone() }, card.Id, automatic: request["trigger"]?.GetValue<string>() == "automatic");
            await page.AskAsync($"window.waiting[{request["number"]}]({JsonValue.Create((answer["value"] as JsonObject ?? []).Json()).ToJsonString()})");
        }

        var (ann, bo) = (await OpenAsync("ann"), await OpenAsync("bo"));
        await PumpAsync(bo, "bo");
        await bo.WaitAsync("[...document.querySelectorAll('button')].some(b => b.textContent === 'Approve')");
        Assert.Equal("automatic", await bo.AskAsync("window.sent.join(' ')"));
        Assert.Equal("Show my options", await ann.AskAsync("[...document.querySelectorAll('button')].map(b => b.textContent).join(', ')"));
        Assert.Equal("", await ann.AskAsync("window.sent.join(' ')"));
        Assert.Empty(await bench.EventsAsync<IncidentEvent.Approved>(id));

        // The asker looks and is shown no decision.
        await ann.PressAsync("button");
        await PumpAsync(ann, "ann");
        await ann.WaitAsync("[...document.querySelectorAll('button')].some(b => b.textContent === 'Cancel')");
        Assert.DoesNotContain("Approve", await ann.AskAsync("[...document.querySelectorAll('button')].map(b => b.textContent).join(', ')"), StringComparison.Ordinal);
        await ann.PictureAsync(Picture("applet-asker"));
        await bo.PictureAsync(Picture("applet-approver"));

        // What the view refreshed by itself meanwhile decided nothing; the press does.
        await bo.AskAsync("[...document.querySelectorAll('button')].find(b => b.textContent === 'Approve').setAttribute('id', 'approve')");
        await bo.AskAsync("window.requests.length = 0");
        await bo.PressAsync("#approve");
        await PumpAsync(bo, "bo");
        await bo.WaitAsync("document.body.innerText.includes('the repair of host42 begins')");
        Assert.Equal("bo", Assert.Single(await bench.EventsAsync<IncidentEvent.Approved>(id)).By.Value);
        Assert.DoesNotContain("Approve", await bo.AskAsync("[...document.querySelectorAll('button')].map(b => b.textContent).join(', ')"), StringComparison.Ordinal);
        await bo.PictureAsync(Picture("applet-decided"));
    }

    private static string Picture(string name) => Path.Combine(AppContext.BaseDirectory, "pictures", $"{name}.png");
}
