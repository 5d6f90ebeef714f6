using System.Text;
using System.Text.Json;
using ChatOpsBot.Adapters.Teams.Inbound;
using ChatOpsBot.Support.Fuzzing;
using Xunit;

namespace ChatOpsBot.Teams.Tests.Fuzzing;

/// <summary>Whatever a sender with a good token writes is read as an activity or refused.</summary>
public class ActivityFuzzTests
{
    private static readonly string[] s_activities =
    [
        """
        {"type":"message","id":"1","timestamp":"2026-11-23T04:00:00Z","serviceUrl":"https://smba.trafficmanager.net/emea/","channelId":"msteams","from":{"id":"29:1","name":"Ann","aadObjectId":"0F3A"},
        "conversation":{"conversationType":"channel","tenantId":"72F9","id":"19:x@thread.tacv2;messageid=1"},"recipient":{"id":"28:bot","name":"Bridge"},"text":"<at>Bridge</at> check host42&nbsp;\n",
        "entities":[{"type":"mention","mentioned":{"id":"28:bot","name":"Bridge"},"text":"<at>Bridge</at>"},{"type":"clientInfo","locale":"en-GB"}],"channelData":{"tenant":{"id":"72F9"}},"locale":"en-GB"}
        """,
        """
        {"type":"invoke","name":"adaptiveCard/action","id":"f:2","channelId":"msteams","serviceUrl":"https://smba.trafficmanager.net/emea/","from":{"id":"29:2","aadObjectId":"0f3b"},
        "conversation":{"tenantId":"72f9","id":"a:1","conversationType":"personal"},"recipient":{"id":"28:bot"},"replyToId":"9","value":{"action":{"type":"Action.Execute","verb":"cob.approve","data":{"token":"AQE","reason":"x"}},"trigger":"manual"}}
        """,
        """
        {"type":"message","id":"3","channelId":"msteams","serviceUrl":"https://smba.trafficmanager.net/emea/","from":{"id":"29:2","aadObjectId":"0f3b"},"conversation":{"tenantId":"72f9","id":"a:1","conversationType":"personal"},
        "recipient":{"id":"28:bot"},"value":{"verb":"cob.run","token":"run x","in.host":"host42","\uD800":"half a character as a name","in.\uDC00":"y"}}
        """,
        """{"type":"conversationUpdate","membersRemoved":[{"id":"28:bot"}],"conversation":{"id":"19:x","tenantId":"72f9"},"recipient":{"id":"28:bot"},"channelId":"msteams"}""",
    ];

    [Fact]
    public void Activity_AnyBody_IsReadOrRefused() => TestContext.Current.TestOutputHelper?.WriteLine(Fuzz.Check("teams-activity", [.. s_activities.Select(Encoding.UTF8.GetBytes)], input =>
    {
        JsonDocument json;
        try
        {
            json = JsonDocument.Parse(input);
        }
        catch (JsonException)
        {
            return; // HTTP 400 before anybody looks at it
        }

        using (json)
        {
            if (TeamsActivity.Read(json.RootElement) is { } activity)
            {
                Assert.NotNull(TeamsText.Line(activity.Text, activity.Mentions, activity.Bot));
                _ = TeamsReceiver.ItemOf(activity)?.With(null, activity.Value, automatic: false).Origin;
                Assert.NotEqual("", TeamsReceiver.KeyOf(activity, "x"));
            }
        }
    }));
}
