using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ChatOpsBot.ChatContract.Benches;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.ChatContract.Surfaces;

/// <summary>The web console as a browser without script uses it.</summary>
public sealed partial class WebUnderTest : ChatUnderTest
{
    private readonly WebBench _bench;

    private WebUnderTest(WebBench bench) => _bench = bench;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Ways { get; } = new Dictionary<string, string>
    {
        ["Check_OfAHost_ShowsOneCardThatFollows"] = "command box; one page, kept fresh",
        ["Help_SaysWhatTheAskerMayDo"] = "on the page",
        ["BadInput_IsAnsweredWithTheRemedy"] = "on the page; HTTP 400",
        ["Stranger_IsRefusedAndToldWhatToDo"] = "sign-in by token; HTTP 401",
        ["Approve_BySecondPerson_BeginsTheRepair"] = "button on the page",
        ["Approve_OfAProbe_SaysWhatIsSentAndGoesOn"] = "button on the page",
        ["Approve_ByTheAsker_NeedsASecondPerson"] = "no button; HTTP 403",
        ["Approve_ByOutsiders_IsRefused"] = "no page; HTTP 403",
        ["Press_OfAnyButton_ByOutsiders_IsRefused"] = "HTTP 403, or 401 for strangers",
        ["Deny_WithAReason_EndsTheIncidentAndKeepsTheReason"] = "button with a field",
        ["Press_OfAReplacedPlan_DecidesNothing"] = "HTTP 409 and why",
        ["Press_Twice_DecidesOnce"] = "HTTP 409 and who decided",
        ["Press_AfterARestart_StillWorks"] = "buttons stay good",
        ["Cancel_EndsTheIncident"] = "button or command",
        ["Note_IsInTheTranscript"] = "field on the page",
        ["Transcript_IsThereWithItsHead"] = "page, Markdown, HTML, JSON",
        ["HostileWords_AreReadAndNeverTakeEffect"] = "encoded; no script of others",
        ["LongOutput_IsNeverCutSilently"] = "all of it on the page",
    };

    internal override ChatBench Bench => _bench;

    /// <summary>Starts it.</summary>
    public static async Task<ChatUnderTest> StartAsync() => new WebUnderTest(await WebBench.StartAsync());

    /// <inheritdoc/>
    public override async Task<string> SayAsync(string person, string line)
    {
        using var browser = new ConsoleBrowser(_bench.Address);
        return await browser.SignInAsync(BenchConfiguration.TokenOf(person)) ? await browser.PostAsync("/", "/command", new() { ["text"] = line }) : browser.Said;
    }

    /// <inheritdoc/>
    public override async Task<string> CardAsync(IncidentId id, string holds)
    {
        var page = "";
        var start = TimeProvider.System.GetTimestamp();
        while (!(page = Text(await PageAsync("ann", id))).Contains(holds, StringComparison.Ordinal) && TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(60))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        return page;
    }

    /// <inheritdoc/>
    public override async Task<int> CardsAsync(IncidentId id)
    {
        using var client = _bench.As("ann");
        return ((JsonArray?)JsonNode.Parse(await client.GetStringAsync("/api/v1/incidents"))?["incidents"])?.Count(incident => incident?["id"]?.GetValue<string>() == id.ToString()) ?? 0;
    }

    /// <inheritdoc/>
    public override async Task<HeldButton> HoldAsync(IncidentId id, string action)
    {
        // As the page's own form has it.
        var token = ConsoleBrowser.FieldOf(await PageAsync("bo", id), "token");
        return token.Length > 0 ? new(id, action, token) : throw new InvalidOperationException("the page offers no decision");
    }

    /// <inheritdoc/>
    public override async Task<string> PressAsync(string person, HeldButton button, string reason = "")
    {
        // A form that was on the screen before: its secrets are the person's own, its decision is the one that was shown.
        using var browser = new ConsoleBrowser(_bench.Address);
        return await browser.SignInAsync(BenchConfiguration.TokenOf(person))
            ? await browser.PostAsync("/", $"/incidents/{button.Incident}/decide", new() { ["verb"] = button.Action, ["token"] = button.Thing.ToString() ?? "", ["reason"] = reason })
            : browser.Said;
    }

    /// <inheritdoc/>
    public override async Task<string> ForgeAsync(string person, HeldButton real, ButtonAction action, string token)
    {
        using var browser = new ConsoleBrowser(_bench.Address);
        return !await browser.SignInAsync(BenchConfiguration.TokenOf(person)) ? browser.Said : action switch
        {
            ButtonAction.Decide or ButtonAction.Approve or ButtonAction.Deny => await browser.PostAsync(
                "/", $"/incidents/{real.Incident}/decide", new() { ["verb"] = action == ButtonAction.Deny ? "deny" : "approve", ["token"] = token, ["reason"] = "no" }),
            ButtonAction.Recheck or ButtonAction.Cancel => await browser.PostAsync("/", $"/incidents/{real.Incident}/do", new() { ["verb"] = action.ToString().ToLowerInvariant() }),
            _ => await browser.PostAsync("/", "/command", new() { ["text"] = ButtonLines.Of(action, real.Incident, "host42") }),
        };
    }

    /// <inheritdoc/>
    public override async Task<string> DetailsAsync(string person, IncidentId id, Func<string, bool> enough) => Text(await PageAsync(person, id));

    /// <inheritdoc/>
    public override async Task<ImmutableArray<string>> LiveAsync(IncidentId id)
    {
        var page = await PageAsync("bo", id);
        return [.. new[] { "<script>", "<b>x", "<at>", "href=\"https://evil", "\u001b", "\u202e" }.Where(mark => page.Contains(mark, StringComparison.OrdinalIgnoreCase))];
    }

    private static string Text(string page) => WebUtility.HtmlDecode(Tags().Replace(page, " "));

    private async Task<string> PageAsync(string person, IncidentId id)
    {
        using var client = _bench.As(person);
        return await client.GetStringAsync($"/incidents/{id}");
    }

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

}
