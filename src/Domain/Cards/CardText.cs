using System.Collections.Immutable;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Domain.Cards;

/// <summary>Text as a row of runs that say where each piece comes from. Two texts are equal when their runs are.</summary>
/// <param name="Runs">The runs, in order.</param>
public sealed record CardText(ImmutableArray<TextRun> Runs)
{
    /// <summary>No text.</summary>
    public static CardText Empty { get; } = new([]);

    /// <summary>Text that this program wrote itself.</summary>
    public static CardText Plain(string text) => new([new TextRun.Plain(text)]);

    /// <summary>Text of a host or a person.</summary>
    public static CardText Host(string text) => new([new TextRun.HostOutput(text)]);

    /// <summary>Several runs.</summary>
    public static CardText Of(params ReadOnlySpan<TextRun> runs) => new([.. runs]);

    /// <summary>The text without any marks, for notifications and terminals.</summary>
    public override string ToString() => string.Concat(Runs);

    /// <inheritdoc/>
    public bool Equals(CardText? other) => other is not null && Runs.SequenceEqual(other.Runs);

    /// <inheritdoc/>
    public override int GetHashCode() => Runs.Aggregate(0, HashCode.Combine);
}

/// <summary>A piece of text that knows where it comes from.</summary>
public abstract record TextRun
{
    private TextRun()
    {
    }

    /// <summary>Written by this program; holds nothing from outside.</summary>
    /// <param name="Text">The text.</param>
    public sealed record Plain(string Text) : TextRun
    {
        /// <inheritdoc/>
        public override string ToString() => Text;
    }

    /// <summary>A word of this program to be typed or compared: a state, a rule, a command.</summary>
    /// <param name="Text">The text.</param>
    public sealed record Code(string Text) : TextRun
    {
        /// <inheritdoc/>
        public override string ToString() => Text;
    }

    /// <summary>
    /// From a host, a guest, a switch or a person: may hold any marks of any surface. Control and invisible characters are shown by their number, and it is cut at a limit.
    /// </summary>
    public sealed record HostOutput : TextRun
    {
        /// <summary>More of one text belongs into a file.</summary>
        public const int Longest = 2000;

        /// <summary>Takes the text as it came.</summary>
        public HostOutput(string text)
        {
            var cut = text.Length <= Longest ? text : text[..(char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)];
            var rest = text.Length - cut.Length;
            Text = Harmless.Visible(cut) + (rest > 0 ? $" ... ({rest} more characters)" : "");
        }

        /// <summary>The text, visible and of bounded length.</summary>
        public string Text { get; }

        /// <inheritdoc/>
        public override string ToString() => Text;
    }

    /// <summary>A link to a page of this service.</summary>
    public sealed record Link : TextRun
    {
        /// <summary>Takes a link that this program made.</summary>
        /// <exception cref="ArgumentException">It is neither http nor https.</exception>
        public Link(string label, Uri target)
        {
            if (!target.IsAbsoluteUri || target.Scheme is not ("http" or "https"))
            {
                throw new ArgumentException("a link of a card is http or https", nameof(target));
            }

            Label = label;
            Target = target;
        }

        /// <summary>What it says.</summary>
        public string Label { get; }

        /// <summary>Where it leads.</summary>
        public Uri Target { get; }

        /// <inheritdoc/>
        public override string ToString() => $"{Label} {Target}";
    }

    /// <summary>A moment; a surface shows it in the reader's own time zone where it can.</summary>
    /// <param name="At">The moment.</param>
    public sealed record Time(DateTimeOffset At) : TextRun
    {
        /// <inheritdoc/>
        public override string ToString() => TranscriptSummary.Show(At);
    }

    /// <summary>A person; a surface puts the account there if it knows one.</summary>
    /// <param name="Person">Who.</param>
    public sealed record Mention(PersonId Person) : TextRun
    {
        /// <inheritdoc/>
        public override string ToString() => Person.Value;
    }
}
