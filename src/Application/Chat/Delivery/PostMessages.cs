using System.Text;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Application.Chat.Delivery;

/// <summary>Posts what people must notice: requests for approval, reminders, questions, outcomes. Never coalesced; each has a key of its own.</summary>
/// <param name="surfaces">The platforms.</param>
/// <param name="delivery">Shows the card that the post belongs to.</param>
/// <param name="transcripts">Makes the transcript of an ended incident.</param>
/// <param name="links">Where the pages are.</param>
/// <param name="logger">For operators.</param>
public sealed class PostMessages(ChatSurfaces surfaces, CardDelivery delivery, TranscriptService transcripts, ConsoleLinks links, ILogger<PostMessages> logger) : IEffectHandler
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names { get; } = ["ask-for-approval.v1", "ask-human.v1", "publish-transcript.v1", "ask-for-review.v1", "tell-review.v1"];

    /// <inheritdoc/>
    public async Task<EffectOutcome> PerformAsync(EffectTask task, CancellationToken cancellationToken)
    {
        if (task.Effect is not Effect.InChat { Conversation: var conversation } effect || ChatSurfaces.ReadsItself(conversation))
        {
            return new EffectOutcome.Done();
        }

        if (surfaces.For(conversation) is not { } surface)
        {
            return new EffectOutcome.GiveUp($"{conversation} is on a platform that is switched off");
        }

        // The card first: it has the buttons, and the post answers it.
        var incident = task.Incident.Incident;
        var tries = Math.Max(task.Failures, task.EarlierTries);
        var card = await delivery.BringAsync(surface, incident.Id, conversation, tries, cancellationToken);
        if (card.Retry is { } retry)
        {
            return retry;
        }

        var key = $"{incident.Id} {effect.Key}";
        var found = await ChatSending.FindAsync(surface, conversation, key, tries, logger, cancellationToken);
        var sent = found ?? await SendAsync(surface, conversation, task, effect, key, card.Message, cancellationToken);
        return sent is ChatOutcome.Sent ? new EffectOutcome.Done() : ChatSending.Retry(sent) ?? (EffectOutcome)new EffectOutcome.GiveUp(ChatSending.WhyNever(sent));
    }

    private async Task<ChatOutcome> SendAsync(
        IChatSurface surface, ConversationId conversation, EffectTask task, Effect.InChat effect, string key, string? thread, CancellationToken cancellationToken)
    {
        var incident = task.Incident.Incident;
        var text = (effect, incident.State) switch
        {
            (Effect.AskForApproval ask, IncidentState.AwaitingApproval s) => Asking(incident, s.Proposal, ask.Reminder),
            (Effect.AskHuman, IncidentState.Escalated s) => CardText.Of(
                new TextRun.Plain($"{incident.Id} {incident.Request.Host}: a human has to act: "), new TextRun.HostOutput(s.Question)),
            (Effect.AskForReview, _) when incident.Glass is { } glass => ReviewWords.Asking(incident, glass),
            (Effect.TellReview, _) when incident.Glass is { ReviewedBy: { } by } => ReviewWords.Done(incident, by, task.Incident.Head),
            _ => null,
        };
        if (effect is Effect.PublishTranscript)
        {
            return await PublishAsync(surface, conversation, incident, key, thread, cancellationToken);
        }

        return text is null
            ? new ChatOutcome.Sent("")
            : await ChatSending.SendAsync(
                () => surface.PostAsync(conversation, new(key, WithPage(text, incident.Id), thread, Notify: true), cancellationToken), logger, conversation, cancellationToken);
    }

    /// <summary>The file goes first: when it has to be tried again, nothing was said yet that would be said twice.</summary>
    private async Task<ChatOutcome> PublishAsync(
        IChatSurface surface, ConversationId conversation, Incident incident, string key, string? thread, CancellationToken cancellationToken)
    {
        if (await transcripts.ExportAsync(incident.Id, cancellationToken) is not { } transcript)
        {
            return new ChatOutcome.Never("the incident is not in the store any more");
        }

        var file = "";
        if (surface.Capabilities.Files)
        {
            var content = Encoding.UTF8.GetBytes(TranscriptMarkdown.Render(transcript));
            var uploaded = await ChatSending.SendAsync(
                () => surface.UploadAsync(conversation, new($"{key} file", $"{incident.Id}.md", "text/markdown", $"Transcript of {incident.Id}", content, thread, incident.Id), cancellationToken),
                logger, conversation, cancellationToken);
            if (ChatSending.Retry(uploaded) is not null)
            {
                return uploaded;
            }

            file = uploaded is not ChatOutcome.Sent ? "" : surface.Capabilities.FilesAreOffered ? ", offered as a file" : ", attached";
        }

        var text = CardText.Of(
            new TextRun.Plain($"{incident.Id} {incident.Request.Host} has ended {incident.State.Name}: "),
            new TextRun.HostOutput(incident.State is IncidentState.Ended ended ? ended.Why : ""),
            new TextRun.Plain($". Transcript{file}: {transcript.Events.Length} events, head "), new TextRun.Code(transcript.ShortHead));
        return await ChatSending.SendAsync(
            () => surface.PostAsync(conversation, new(key, WithPage(text, incident.Id), thread, Notify: true), cancellationToken), logger, conversation, cancellationToken);
    }

    private static CardText Asking(Incident incident, Proposal proposal, bool reminder) => CardText.Of(
        new TextRun.Plain($"{(reminder ? "Reminder: " : "")}{incident.Id} {incident.Request.Host}: {(proposal.Plan.Probes is null ? "" : "to send ")}"),
        new TextRun.Code(proposal.Plan.Runbook),
        new TextRun.Plain(
            $", risk {proposal.Plan.Risk}, needs {proposal.Requirement.Quorum - proposal.Approvals.Length} more of {string.Join(", ", proposal.Requirement.From)}"
            + $"{(proposal.Requirement.RequesterMay ? "" : " other than ")}"),
        proposal.Requirement.RequesterMay ? new TextRun.Plain("") : new TextRun.Mention(incident.Requester),
        new TextRun.Plain(" until "), new TextRun.Time(proposal.Plan.Expires),
        new TextRun.Plain(". Without a decision nothing is done. On the card, or: "), new TextRun.Code($"approve {incident.Id}"));

    private CardText WithPage(CardText text, IncidentId id) => links.Incident(id) is { } page ? new([.. text.Runs, new TextRun.Plain(" "), new TextRun.Link("all about it", page)]) : text;
}
