using System.Collections.Immutable;
using System.Text;
using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Application.Explaining;

/// <summary>A fault that a message points to.</summary>
/// <param name="Rule">The fault.</param>
/// <param name="Message">The part of a message by which it was recognised.</param>
/// <param name="Weight">Letters of that part that were found in the text: the more, the surer.</param>
public sealed record MessageHit(DiagnosisRule Rule, string Message, int Weight);

/// <summary>Finds the faults that an error text of libvirt, QEMU, the kernel or a DHCP program points to.</summary>
public static class MessageLookup
{
    /// <summary>Letters of a part of a message below which it says nothing: "failed" is in every one.</summary>
    private const int Least = 8;

    /// <summary>The faults, the one with the longest match first.</summary>
    /// <param name="text">What a person pasted; compared without case, quotes and repeated blanks.</param>
    public static ImmutableArray<MessageHit> Find(string text)
    {
        var plain = Plain(text);
        var hits =
            from rule in Catalogue.All
            let best = Best(rule, plain)
            where best is not null
            orderby best.Weight descending, Catalogue.LayerOf(rule.Id)
            select best;
        return [.. hits.Take(5)];
    }

    private static MessageHit? Best(DiagnosisRule rule, string text)
        => rule.Article.Messages.Select(message => new MessageHit(rule, message, Weigh(Plain(message), text))).Where(hit => hit.Weight > 0).MaxBy(hit => hit.Weight);

    /// <summary>Letters of the message that are in the text, all of its pieces in order; a person who gives only a piece of the message is understood as well.</summary>
    private static int Weigh(string message, string text)
    {
        var at = 0;
        var weight = 0;
        foreach (var piece in message.Split('*', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var found = text.IndexOf(piece, at, StringComparison.Ordinal);
            if (found < 0)
            {
                // "Cannot get interface MTU on 'br0'" of "Cannot get interface MTU on '*': No such device": it ends with what stands for any text.
                if (weight >= 2 * Least && !text[at..].Trim().Contains(' ', StringComparison.Ordinal))
                {
                    return weight;
                }

                // "Cannot get interface MTU" of the same.
                return text.Length >= Least && message.Replace("*", "", StringComparison.Ordinal).Contains(text, StringComparison.Ordinal) ? text.Length : 0;
            }

            at = found + piece.Length;
            weight += piece.Length;
        }

        return weight;
    }

    /// <summary>Small letters, one blank between words, no quotes of any kind.</summary>
    internal static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is '"' or '\'' or '`' or '\u2018' or '\u2019' or '\u201C' or '\u201D')
            {
                continue;
            }

            if (char.IsWhiteSpace(c) || char.IsControl(c))
            {
                if (plain.Length > 0 && plain[^1] != ' ')
                {
                    plain.Append(' ');
                }

                continue;
            }

            plain.Append(char.ToLowerInvariant(c));
        }

        return plain.ToString().Trim();
    }
}
