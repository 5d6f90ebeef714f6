using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>Which rights a section of the collector runs with.</summary>
public enum Privilege
{
    /// <summary>The account that logged in; more rights would add nothing.</summary>
    Login,

    /// <summary>Root when it can be had, else the login account; the answer is then smaller but still true.</summary>
    RootIfPossible,

    /// <summary>Root only; without it the section is <c>Missing</c>.</summary>
    Root,
}

/// <summary>One evidence row of the catalogue: the read-only script that collects it and what it needs. One file per row.</summary>
public abstract class EvidenceSource
{
    private protected EvidenceSource(string id, Privilege privilege, string script)
    {
        Id = id;
        Privilege = privilege;
        Script = script;
    }

    /// <summary>The evidence id of the catalogue in lower case, for example <c>e.link</c>.</summary>
    public string Id { get; }

    /// <summary>The rights its script runs with.</summary>
    public Privilege Privilege { get; }

    /// <summary>
    /// A constant POSIX <c>sh</c> fragment, run with the vocabulary of the collector program (<c>part</c>, <c>absent</c>, <c>missing</c>).
    /// Nothing is ever interpolated into it.
    /// </summary>
    public string Script { get; }

    /// <summary>
    /// Lists that the section consists of, where it is made of nothing else. Rows that ask one tool with the same flags then ask it together; each gets
    /// its own part back, as if its script had run.
    /// </summary>
    public ImmutableArray<ToolListing> Listings { get; private protected init; } = [];

    /// <summary>The row that this one is read after, in the same shell, so that its variables are there; it has the same <see cref="Privilege"/>.</summary>
    public EvidenceSource? After { get; init; }

    /// <summary>Seconds one command of the section may run on the host.</summary>
    public int TimeLimitSeconds { get; init; } = 5;

    /// <summary>Bytes kept of one command's output; more is <see cref="PartEnd.Truncated"/>.</summary>
    public int OutputCap { get; init; } = 8 * 1024 * 1024;

    /// <summary>A reading without its type; the view caches it.</summary>
    internal abstract object ReadUntyped(SectionOutput? section);

    /// <summary>Why a reading of this source is <c>Missing</c>; <see langword="null"/> when it is not.</summary>
    internal abstract string? ReasonOf(object reading);
}

/// <summary>An evidence row together with the parser of its output.</summary>
/// <typeparam name="T">The fact it yields.</typeparam>
public sealed class EvidenceSource<T> : EvidenceSource
{
    private readonly Func<SectionOutput, FactReading<T>> _parse;

    /// <summary>Declares an evidence row.</summary>
    /// <param name="id">The evidence id of the catalogue in lower case.</param>
    /// <param name="privilege">The rights its script runs with.</param>
    /// <param name="script">The constant <c>sh</c> fragment.</param>
    /// <param name="parse">Pure parser; it may throw <see cref="FormatException"/> or <see cref="System.Text.Json.JsonException"/> on output that is not what the tool prints.</param>
    public EvidenceSource(string id, Privilege privilege, string script, Func<SectionOutput, FactReading<T>> parse)
        : base(id, privilege, script)
        => _parse = parse;

    /// <summary>Declares an evidence row that consists of lists of one tool.</summary>
    /// <param name="id">The evidence id of the catalogue in lower case.</param>
    /// <param name="privilege">The rights its tool runs with.</param>
    /// <param name="listings">What to ask the tool for; its script follows from them.</param>
    /// <param name="parse">Pure parser, as above.</param>
    public EvidenceSource(string id, Privilege privilege, ImmutableArray<ToolListing> listings, Func<SectionOutput, FactReading<T>> parse)
        : this(id, privilege, string.Join('\n', listings.Select(listing => listing.Script)), parse)
        => Listings = listings;

    /// <summary>Reads the fact out of what the collector brought; unreadable output is <c>Missing</c>, never an exception.</summary>
    public FactReading<T> Read(SectionOutput? section)
    {
        if (section is null)
        {
            return new FactReading<T>.Missing("the section was not collected");
        }

        if (SectionProblem.Of<T>(section) is { } problem)
        {
            return problem;
        }

        try
        {
            return _parse(section);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or FormatException or InvalidOperationException or KeyNotFoundException or OverflowException)
        {
            return new FactReading<T>.Missing($"unexpected output: {FirstLine(e.Message)}");
        }
    }

    internal override object ReadUntyped(SectionOutput? section) => Read(section);

    internal override string? ReasonOf(object reading) => reading is FactReading<T>.Missing(var reason) ? reason : null;

    private static string FirstLine(string text) => text.Split('\n', 2)[0];
}
