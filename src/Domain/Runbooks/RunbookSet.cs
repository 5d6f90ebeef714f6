using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>The runbooks in force, all from one reading of the folder.</summary>
/// <param name="ById">By id.</param>
public sealed record RunbookSet(ImmutableSortedDictionary<string, Runbook> ById)
{
    /// <summary>None.</summary>
    public static RunbookSet Empty { get; } = new(ImmutableSortedDictionary.Create<string, Runbook>(StringComparer.Ordinal));

    /// <summary>The runbook of that id, or <see langword="null"/>.</summary>
    public Runbook? Find(string? id) => id is null ? null : ById.GetValueOrDefault(id);
}
