using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Chat.Delivery;

/// <summary>What people are told about the review of what one person did alone.</summary>
internal static class ReviewWords
{
    /// <summary>It is still missing.</summary>
    public static CardText Asking(Incident incident, BrokenGlass glass) => CardText.Of(
        new TextRun.Plain($"{incident.Id} {incident.Request.Host}: "), new TextRun.Mention(glass.By[^1]), new TextRun.Plain(" acted alone ("), new TextRun.HostOutput(glass.Reason),
        new TextRun.Plain($"). Another of {string.Join(", ", glass.Review.From)} has to review it until "), new TextRun.Time(glass.Until), new TextRun.Plain(": "),
        new TextRun.Code($"review {incident.Id} WHAT YOU FOUND"));

    /// <summary>It was done; the transcript has grown by it.</summary>
    public static CardText Done(Incident incident, PersonId by, string head) => CardText.Of(
        new TextRun.Plain($"{incident.Id} {incident.Request.Host}: "), new TextRun.Mention(by), new TextRun.Plain(" has reviewed what was done alone. Transcript: head "), new TextRun.Code(head[..16]));
}
