using System.Text.Json.Nodes;
using ChatOpsBot.Adapters.Teams.Rendering;
using ChatOpsBot.Application.Chat.Intake;
using ChatOpsBot.Application.Ports;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Teams.Inbound;

/// <summary>Answers invokes in the response itself. Whatever comes, the person gets a card or a sentence and never an error page.</summary>
/// <param name="actions">Performs.</param>
/// <param name="log">For operators.</param>
internal sealed class TeamsInvokes(TeamsActions actions, ILogger<TeamsInvokes> log)
{
    private const string CardAction = "adaptiveCard/action";
    private const string MessageType = "application/vnd.microsoft.activity.message";
    private const string ErrorType = "application/vnd.microsoft.error";
    private const int LongestSentence = 1000;

    /// <summary>Answers.</summary>
    /// <exception cref="StoreException">The store failed; nothing is known to have happened.</exception>
    public async Task<TeamsReceipt> AnswerAsync(TeamsActivity activity, CancellationToken cancellationToken)
    {
        if (activity.Name != CardAction)
        {
            log.Unknown("an invoke that is none of ours");
            return new(200, []);
        }

        if (TeamsReceiver.ItemOf(activity) is not { } item || activity.Value is not { } value || value.Member("action") is not { } action)
        {
            return Sentence("this button is none of ours; open the incident's newest card");
        }

        item = item.With(action.Text("verb"), action.Member("data"), automatic: value.Text("trigger") == "automatic");
        var key = $"{TeamsPlace.Surface} {TeamsReceiver.KeyOf(activity, $"{item.User}\n{item.CardMessage}\n{item.Verb}\n{item.Token}")}";
        try
        {
            return Receipt(await actions.PerformAsync(item, key, cancellationToken));
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or StoreException))
        {
            log.Failed(Apology.MarkOf(key), failure);
            return Sentence(Apology.For(key).Text);
        }
        catch (StoreException failure)
        {
            log.Failed(Apology.MarkOf(key), failure);
            return Sentence($"the bot cannot write anything down just now, so nothing was done; try again in a minute. An operator finds the cause in the log under {Apology.MarkOf(key)}");
        }
    }

    private static TeamsReceipt Receipt(TeamsActed acted)
        => acted.Card is { } card ? Reply(200, AdaptiveCards.ContentType, card.Content)
            : acted.Refused ? Reply(403, ErrorType, new JsonObject { ["code"] = "refused", ["message"] = Shown(acted.Text) })
            : Sentence(acted.Text);

    private static TeamsReceipt Sentence(string text) => Reply(200, MessageType, Shown(text));

    /// <summary>The client shows these sentences where marks may be read.</summary>
    private static string Shown(string text) => Neutral.Of(text, LongestSentence);

    private static TeamsReceipt Reply(int status, string type, JsonNode value) => new(200, new JsonObject { ["statusCode"] = status, ["type"] = type, ["value"] = value });
}
