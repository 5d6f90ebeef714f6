using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>What came back from one run of the collector program. All bytes are masked.</summary>
/// <param name="Sections">Sections that came back whole, by evidence id.</param>
/// <param name="Problems">What was wrong with the stream, as sentences; empty when it was in order.</param>
/// <param name="HasStarted">Whether the program ran at all.</param>
/// <param name="IsComplete">Whether the program reached its end.</param>
/// <param name="Refusal">Why the read was refused as a whole (sudo demanded and not to be had), or <see langword="null"/>.</param>
public sealed record CollectorFrames(
    ImmutableSortedDictionary<string, SectionOutput> Sections, ImmutableArray<string> Problems, bool HasStarted, bool IsComplete, string? Refusal)
{
    /// <summary>
    /// Whether a tool that was asked for several lists at once answered with another number of them: its sections are not here, and a run in which
    /// each row asks alone would have them.
    /// </summary>
    public bool HasTornBatch { get; init; }

    /// <summary>Reads a whole stream. Any content gives a result, never an exception.</summary>
    /// <param name="stream">Standard output of the program.</param>
    /// <param name="nonce">The word that marked the frames of this run.</param>
    public static CollectorFrames Parse(ReadOnlySpan<byte> stream, string nonce)
    {
        var reader = new CollectorFrameReader(nonce);
        reader.Append(stream);
        return reader.Finish();
    }
}
