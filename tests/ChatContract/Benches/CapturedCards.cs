using System.Text.Json.Nodes;
using ChatOpsBot.FakeConnector;

namespace ChatOpsBot.ChatContract.Benches;

/// <summary>Every card that the tests' bots sent, for the judges.</summary>
internal static class CapturedCards
{
    public static System.Collections.Concurrent.ConcurrentQueue<JsonObject> Cards { get; } = new();

    public static void Keep(ConnectorServer server)
    {
        foreach (var call in server.Calls)
        {
            if (call.Body?["attachments"]?[0] is JsonObject { } attachment && attachment["contentType"]?.GetValue<string>() == "application/vnd.microsoft.card.adaptive" && attachment["content"] is JsonObject card)
            {
                Cards.Enqueue(card);
            }
        }
    }
}
