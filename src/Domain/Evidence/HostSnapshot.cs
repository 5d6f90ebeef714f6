using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>Everything that one read of a host brought back. Immutable; facts are parsed from it on demand.</summary>
/// <param name="Host">Inventory name of the host.</param>
/// <param name="ObservedAt">When the read began, by the bot's clock.</param>
/// <param name="Duration">How long the read took, by the bot's clock.</param>
/// <param name="Sections">What each section printed, by evidence id.</param>
public sealed record HostSnapshot(string Host, DateTimeOffset ObservedAt, TimeSpan Duration, ImmutableSortedDictionary<string, SectionOutput> Sections)
{
    /// <summary>Reads one kind of fact.</summary>
    public FactReading<T> Read<T>(EvidenceSource<T> source) => source.Read(Sections.GetValueOrDefault(source.Id));
}
