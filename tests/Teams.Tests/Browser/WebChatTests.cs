using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Web.Tests.Browser;
using Xunit;

namespace ChatOpsBot.Teams.Tests.Browser;

/// <summary>A whole conversation in Microsoft's web chat in a real browser: two people, a card, a press, a form. The development profile without tokens. Pictures are left beside the test program.</summary>
[Trait("Needs", "browser")]
public sealed class WebChatTests(ChromiumFixture fixture) : IClassFixture<ChromiumFixture>
{
    [Fact]
    [Trait("Requirement", "TM-16")]
    [Trait("Requirement", "TM-3")]
    public async Task Conversation_CheckOptionsDenyFormApprove_WorksInTheOfficialClient()
    {
        await using var bench = await TeamsBench.StartAsync(options => options.AppId = "");
        await using var chat = await WebChat.StartAsync(bench.People.Bot);
        var browser = fixture.Browser ?? throw new InvalidOperationException("no browser");
        var ann = await chat.OpenAsync(browser, "user-ann");
        await WebChat.SayAsync(ann, "help");
        await WebChat.ShowsAsync(ann, "check HOST");
        await WebChat.SayAsync(ann, "check host42");
        await WebChat.ShowsAsync(ann, "I-1: reading host42");
        await bench.AddAsync(new(1), ChatBench.Observed("host42"), ChatBench.Proposed(ChatBench.Plan(new(1), "host42")));

        // A second person joins, opens a form and goes back, and approves.
        var bo = await chat.OpenAsync(browser, "user-bo");
        await WebChat.SayAsync(bo, "check host42");
        await WebChat.ShowsAsync(bo, "I-1 host42: awaiting-approval");
        await WebChat.PressAsync(bo, "Show my options");
        await WebChat.PressAsync(bo, "Deny");
        await WebChat.PressAsync(bo, "Back");
        Assert.Empty(await bench.EventsAsync<IncidentEvent.Denied>(new(1)));
        await bo.PictureAsync(Picture("webchat-options"));

        // The asker's own options hold no approval.
        await WebChat.SayAsync(ann, "check host42");
        await WebChat.ShowsAsync(ann, "you have joined it");
        await WebChat.SayAsync(ann, "approve I-1");
        await WebChat.ShowsAsync(ann, "second person");
        await WebChat.PressAsync(bo, "Approve");
        await WebChat.ShowsAsync(bo, "the repair of host42 begins");
        Assert.Equal("bo", Assert.Single(await bench.EventsAsync<IncidentEvent.Approved>(new(1))).By.Value);
        await bench.RepairAsync(new(1));
        await WebChat.SayAsync(ann, "transcript I-1");
        await WebChat.ShowsAsync(ann, "head ");
        await ann.PictureAsync(Picture("webchat-asker"));
        await bo.PictureAsync(Picture("webchat-approver"));

        // A form that is filled in and sent.
        await WebChat.SayAsync(ann, "check host43");
        await WebChat.ShowsAsync(ann, "I-2: reading host43");
        await bench.AddAsync(new(2), ChatBench.Observed("host43"), ChatBench.Proposed(ChatBench.Plan(new(2), "host43")));
        await WebChat.SayAsync(bo, "check host43");
        await WebChat.ShowsAsync(bo, "I-2 host43: awaiting-approval");
        await WebChat.PressAsync(bo, "Show my options", "I-2 host43");
        await bo.WaitAsync("document.body.innerText.split('I-2 host43: awaiting-approval').length > 2");
        await WebChat.PressAsync(bo, "Deny");
        await bo.WaitAsync("document.querySelectorAll('.ac-textInput').length > 1");
        await bo.AskAsync("[...document.querySelectorAll('.ac-textInput')].at(-1).setAttribute('id', 'reason')");
        await bo.TypeAsync("#reason", "not during <b>the</b> backup");
        await bo.PictureAsync(Picture("webchat-form"));
        await WebChat.PressAsync(bo, "Deny");
        await WebChat.ShowsAsync(bo, "is declined");
        Assert.Equal("not during <b>the</b> backup", Assert.Single(await bench.EventsAsync<IncidentEvent.Denied>(new(2))).Reason);
    }

    private static string Picture(string name) => Path.Combine(AppContext.BaseDirectory, "pictures", $"{name}.png");
}
