using ChatOpsBot.Domain.Incidents;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Application.Chat.Delivery;

/// <summary>What operators of the bot read about messages.</summary>
internal static partial class Log
{
    [LoggerMessage(2201, LogLevel.Warning, "{Incident}: its card is not shown in {Conversation}: {Why}")]
    public static partial void CardNotShown(ILogger logger, IncidentId incident, ConversationId conversation, string why);

    [LoggerMessage(2202, LogLevel.Warning, "{Incident}: its card in {Conversation} was deleted; it is shown again")]
    public static partial void CardGone(ILogger logger, IncidentId incident, ConversationId conversation);

    [LoggerMessage(2204, LogLevel.Debug, "What goes on is not shown on cards at this moment")]
    public static partial void ProgressNotShown(ILogger logger, Exception failure);

    [LoggerMessage(2203, LogLevel.Error, "The chat adapter of {Conversation} threw; what was sent may have arrived")]
    public static partial void SurfaceThrew(ILogger logger, ConversationId conversation, Exception failure);
}
