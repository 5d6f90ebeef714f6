using ChatOpsBot.Adapters.Teams.Api;
using ChatOpsBot.Adapters.Teams.Rendering;
using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Transcripts;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Teams.Inbound;

/// <summary>
/// Files in personal chats, the only place where Teams lets bots give any: offered first, and put into the reader's OneDrive when they take them. What the offer brings back says only which
/// incident it is about; the file is made then, for who may see that incident.
/// </summary>
/// <param name="dispatcher">Judges who may see it.</param>
/// <param name="callers">Knows who it was.</param>
/// <param name="views">Makes cards.</param>
/// <param name="transcripts">Makes transcripts.</param>
/// <param name="tokens">Reads buttons.</param>
/// <param name="store">Takes files.</param>
/// <param name="answers">Brings answers.</param>
/// <param name="references">Where the bot can speak.</param>
/// <param name="connector">Removes offers.</param>
/// <param name="log">For operators.</param>
internal sealed class TeamsFiles(
    ICommandDispatcher dispatcher, TeamsCallers callers, TeamsViews views, TranscriptService transcripts, ButtonTokens tokens, FileStore store, TeamsAnswers answers, TeamsReferences references,
    Connector connector, ILogger<TeamsFiles> log)
{
    private const string Personal = "personal";

    /// <summary>Whether files can be offered there.</summary>
    public static bool CanOffer(string? conversationType, bool isEmulator) => conversationType == Personal && !isEmulator;

    /// <summary>The rest of a card: words, or the offer of a file where there are too many of them.</summary>
    public static IEnumerable<TeamsCard> Rest(TeamsItem act, Card card, string rest)
        => CanOffer(act.ConversationType, act.IsEmulator) && AdaptiveCards.IsLong(rest) && AdaptiveCards.TokenOf(card) is { } token
            ? [FileCards.Offer($"{card.Incident}.txt", $"All of {card.Incident}", AdaptiveCards.Whole(card), token, TeamsFile.Details, [.. AdaptiveCards.Texts(rest)])]
            : AdaptiveCards.Texts(rest);

    /// <summary>Gives what was taken, or says why not. Does everything at most once as long as the service runs.</summary>
    public async Task<IntakeOutcome> GiveAsync(TeamsItem act, TeamsHandle handle, CancellationToken cancellationToken)
    {
        Task<IntakeOutcome> SayAsync(string text) => answers.BringAsync(act, handle, AdaptiveCards.Texts(text), cancellationToken);
        if (act.Answers?.GetValueOrDefault(TeamsFile.Taken) != "yes")
        {
            return await EndAsync(act, new IntakeOutcome.Done(), cancellationToken);
        }

        if (tokens.Read(act.Token) is not { } target)
        {
            return await SayAsync("this offer is none of ours; ask for the incident again");
        }

        var caller = await callers.FindAsync(act, CallerCheck.Known, cancellationToken);
        var looked = await dispatcher.DispatchAsync(new() { Person = caller.Person, Identities = caller.Identities, Text = $"status {target.Incident}", Conversation = act.Place.Id, Barred = caller.Barred }, cancellationToken);
        if (looked is not CommandAnswer.Done)
        {
            return await SayAsync(TeamsAnswers.TextOf(looked));
        }

        if (handle.Upload is not { } upload)
        {
            return await SayAsync($"the file of {target.Incident} was not given: the bot was restarted meanwhile, or Teams did not say where it goes; ask again: status {target.Incident}");
        }

        var isTranscript = act.Answers.GetValueOrDefault(TeamsFile.Kind) == TeamsFile.Transcript;
        if (await TextAsync(target, isTranscript, cancellationToken) is not { Length: > 0 } text)
        {
            return await SayAsync($"there is no incident {target.Incident} any more");
        }

        switch (handle.IsUploaded ? new ConnectorReply.Good(default) : await store.PutAsync(upload.Address, text, cancellationToken))
        {
            case ConnectorReply.Good:
                handle.IsUploaded = true;
                return await EndAsync(act, await answers.BringAsync(act, handle, [FileCards.Given(upload.Name, upload.Shown, upload.Id, upload.Type)], cancellationToken), cancellationToken);
            case ConnectorReply.Limited limited:
                return new IntakeOutcome.Later("the file store asks to wait", limited.After);
            case ConnectorReply.Broken broken:
                return new IntakeOutcome.Later(broken.Why);
            case ConnectorReply.Refused refused:
                log.NotAnswered(act.User, act.Conversation, $"the file store said HTTP {refused.Status} {refused.Code}");
                break;
        }

        // What the store does not take is said in words.
        return await EndAsync(act, await answers.BringAsync(act, handle, AdaptiveCards.Texts($"the file store did not take the file, so here it is in words:\n\n{text}"), cancellationToken), cancellationToken);
    }

    /// <summary>An offer works once. Whether it can be removed does not matter: taken again, it is answered again.</summary>
    private async Task<IntakeOutcome> EndAsync(TeamsItem act, IntakeOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome is IntakeOutcome.Done && act.CardMessage is { } offer && await references.FindAsync(act.Place, cancellationToken) is { } to)
        {
            await connector.DeleteAsync(to, offer, cancellationToken);
        }

        return outcome;
    }

    private async Task<string?> TextAsync(ButtonTarget target, bool isTranscript, CancellationToken cancellationToken)
    {
        if (isTranscript)
        {
            return await transcripts.ExportAsync(target.Incident, cancellationToken) is { } transcript ? TranscriptMarkdown.Render(transcript) : null;
        }

        return await views.CardAsync(target.Incident, cancellationToken) is { } card ? AdaptiveCards.Whole(card) : null;
    }
}
