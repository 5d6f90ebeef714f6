using System.Collections.Immutable;

namespace ChatOpsBot.Application.Explaining;

/// <summary>How well a question could be answered.</summary>
public enum ExplanationKind
{
    /// <summary>It was answered.</summary>
    Answered,

    /// <summary>A fault id that does not exist.</summary>
    UnknownId,

    /// <summary>A text that points to no known fault.</summary>
    UnknownText,
}

/// <summary>An answer of <c>explain</c>.</summary>
/// <param name="Kind">How well it could be answered.</param>
/// <param name="Title">What is explained, on one line.</param>
/// <param name="Parts">Heading and text, in the order in which they are shown; a text may have several lines.</param>
public sealed record Explanation(ExplanationKind Kind, string Title, ImmutableArray<(string Heading, string Text)> Parts)
{
    /// <summary>The whole as text for a chat.</summary>
    public override string ToString()
        => string.Join('\n', Parts.Select(part => part.Heading.Length == 0 ? part.Text : $"{part.Heading}: {part.Text}").Prepend(Title));
}
