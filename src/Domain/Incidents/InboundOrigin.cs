using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Incidents;

/// <summary>
/// How a person's act came in: the sender's own ids as they came, and why they were believed. It is in the hash chain with the event that it caused. Holds no secret: a word that answers
/// or opens something by itself is never an id here.
/// </summary>
/// <param name="Surface">The platform, for example <c>slack</c>.</param>
/// <param name="Ids">The platform's ids by name, for example <c>team</c>, <c>user</c>, <c>channel</c>, <c>event</c>.</param>
/// <param name="Verdict">What was checked before it was let in, as a sentence.</param>
public sealed record InboundOrigin(string Surface, ImmutableSortedDictionary<string, string> Ids, string Verdict)
{
    /// <summary>For people, on one line; the texts are the platform's and not yet harmless.</summary>
    public override string ToString() => $"{Surface}: {string.Join(", ", Ids.Select(id => $"{id.Key} {id.Value}"))} ({Verdict})";
}
