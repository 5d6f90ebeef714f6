using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatOpsBot.Adapters.Teams.Rendering;
using ChatOpsBot.Application.Chat.Intake;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Teams.Inbound;

/// <summary>Takes in verified activities: remembers where they came from, finds what names them for ever, writes them down. Invokes are answered at once.</summary>
/// <param name="intake">Where messages are written down.</param>
/// <param name="references">Where the bot can speak.</param>
/// <param name="invokes">Answers invokes.</param>
/// <param name="log">For operators.</param>
internal sealed class TeamsReceiver(ChatIntake intake, TeamsReferences references, TeamsInvokes invokes, ILogger<TeamsReceiver> log)
{
    /// <summary>Takes an activity in. Unknown kinds are acknowledged and left alone.</summary>
    /// <exception cref="Application.Ports.StoreException">It is not written down and must not be acknowledged.</exception>
    public async Task<TeamsReceipt> ReceiveAsync(TeamsActivity activity, CancellationToken cancellationToken)
    {
        if (activity.Place is { } place && (activity.BotLeft || activity is { Type: "installationUpdate", Action: "remove" or "remove-upgrade" }))
        {
            await references.ForgetAsync(place, cancellationToken);
            return TeamsReceipt.Silent;
        }

        await references.KeepAsync(activity, cancellationToken);
        switch (activity.Type)
        {
            case "message":
                return await MessageAsync(activity, cancellationToken);
            case "invoke" when activity.Name == TeamsFile.Consent:
                return await ConsentAsync(activity, cancellationToken);
            case "invoke":
                return await invokes.AnswerAsync(activity, cancellationToken);
            case "conversationUpdate" or "installationUpdate" or "messageUpdate" or "messageDelete" or "messageReaction" or "typing" or "event":
                // To edit a message never does again what it said.
                return TeamsReceipt.Silent;
            default:
                log.Unknown($"an activity of the type {Shown(activity.Type)}");
                return TeamsReceipt.Silent;
        }
    }

    /// <summary>What a person did, without what it says; <see langword="null"/> when it does not say who and where.</summary>
    internal static TeamsItem? ItemOf(TeamsActivity activity) => activity is { IsBot: false, Place: { } place, User: { } user, Channel: { } channel }
        ? new()
        {
            Channel = channel,
            Tenant = place.Tenant,
            Conversation = place.Conversation,
            ConversationType = activity.ConversationType,
            User = user,
            UserObject = activity.UserObject,
            Message = activity.Id,
            CardMessage = activity.ReplyTo,
            Verdict = activity.Verdict,
        }
        : null;

    /// <summary>What names an activity for ever.</summary>
    internal static string KeyOf(TeamsActivity activity, string otherwise)
        => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{activity.Channel}\n{activity.Place?.Conversation}\n{activity.Id ?? otherwise}")).AsSpan(0, 20));

    private async Task<TeamsReceipt> MessageAsync(TeamsActivity activity, CancellationToken cancellationToken)
    {
        if (ItemOf(activity) is not { } item || activity.Id is null)
        {
            return TeamsReceipt.Silent;
        }

        var isPress = activity.Value is { ValueKind: JsonValueKind.Object } value && value.Text(TeamsVerbs.Verb) is not null;
        if (!isPress && activity.Text.Length == 0)
        {
            return TeamsReceipt.Silent;
        }

        item = isPress ? item.With(null, activity.Value, automatic: false) : item with { Text = TeamsText.Line(activity.Text, activity.Mentions, activity.Bot) };
        await intake.AcceptAsync(TeamsPlace.Surface, KeyOf(activity, ""), TeamsItemJson.Encode(item), new TeamsHandle(), cancellationToken);
        return TeamsReceipt.Silent;
    }

    /// <summary>A person took an offered file or does not want it. Written down like a message; only where the file goes is not.</summary>
    private async Task<TeamsReceipt> ConsentAsync(TeamsActivity activity, CancellationToken cancellationToken)
    {
        if (ItemOf(activity) is { } item && activity.Value is { } value && value.Member("context") is { } context && context.Text(TeamsVerbs.Verb) == TeamsFile.Verb)
        {
            item = item with
            {
                Verb = TeamsFile.Verb,
                Token = context.Text(TeamsVerbs.Token),
                Answers = new(StringComparer.Ordinal)
                {
                    [TeamsFile.Kind] = context.Text(TeamsFile.Kind) == TeamsFile.Transcript ? TeamsFile.Transcript : TeamsFile.Details,
                    [TeamsFile.Taken] = value.Text("action") == "accept" ? "yes" : "no",
                },
            };
            var key = KeyOf(activity, $"{item.User}\n{item.CardMessage}\n{item.Verb}");
            await intake.AcceptAsync(TeamsPlace.Surface, key, TeamsItemJson.Encode(item), new TeamsHandle { Upload = TeamsUpload.Read(value.Member("uploadInfo")) }, cancellationToken);
        }

        return new(200, []);
    }

    private static string Shown(string? word) => word is { Length: <= 40 } && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '/') ? word : "?";
}
