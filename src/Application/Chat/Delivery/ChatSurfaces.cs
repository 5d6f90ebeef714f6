using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Chat.Delivery;

/// <summary>The chat platforms that are switched on, by the first part of conversation ids.</summary>
/// <param name="surfaces">The platforms.</param>
public sealed class ChatSurfaces(IEnumerable<IChatSurface> surfaces)
{
    /// <summary>First part of conversations of console, terminal and API: those read the incident themselves, nothing is sent to them.</summary>
    public const string Console = "console";

    private readonly Dictionary<string, IChatSurface> _byName = surfaces.ToDictionary(surface => surface.Name, StringComparer.Ordinal);

    /// <summary>The platform of a conversation; <see langword="null"/> when it is switched off.</summary>
    public IChatSurface? For(ConversationId conversation) => _byName.GetValueOrDefault(NameOf(conversation));

    /// <summary>Whether there is a platform that shows what goes on.</summary>
    public bool ShowProgress => _byName.Values.Any(surface => surface.Capabilities.LiveProgress);

    /// <summary>Whether nothing is ever sent to that conversation.</summary>
    public static bool ReadsItself(ConversationId conversation) => NameOf(conversation) == Console;

    private static string NameOf(ConversationId conversation) => conversation.Value.Split(':', 2)[0];
}
