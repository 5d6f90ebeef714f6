using System.Buffers;
using System.Globalization;
using System.Text;

namespace ChatOpsBot.Adapters.Console.Terminal;

/// <summary>
/// Makes text of a host fit for a terminal. Whatever could move the cursor, change colours, reorder the line or hide characters is shown as its code,
/// for example <c>\x1b</c> or <c>\u202e</c>, so that nothing is lost and nothing acts.
/// </summary>
public static class HostText
{
    /// <summary>Longest piece of host text shown in one line; more says nothing to a reader.</summary>
    public const int LongestShown = 400;

    /// <summary>As one line.</summary>
    /// <param name="text">Text of any origin.</param>
    /// <param name="most">Characters after which the rest is left out.</param>
    public static string Line(string text, int most = LongestShown) => Escape(text.Trim(), most, keepLineEnds: false);

    /// <summary>With its line ends, for messages of several lines.</summary>
    public static string Lines(string text) => Escape(text.Trim().ReplaceLineEndings("\n"), int.MaxValue, keepLineEnds: true);

    private static string Escape(string text, int most, bool keepLineEnds)
    {
        var shown = new StringBuilder(Math.Min(text.Length, 512));
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (shown.Length >= most)
            {
                return shown.Append("...").ToString();
            }

            var status = Rune.DecodeFromUtf16(rest, out var rune, out var used);
            if (status != OperationStatus.Done)
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)rest[0]:x4}");
                used = 1;
            }
            else if (rune.Value == '\n' && keepLineEnds)
            {
                shown.Append('\n');
            }
            else if (IsHarmless(rune))
            {
                shown.Append(rest[..used]);
            }
            else
            {
                shown.Append(Code(rune));
            }

            rest = rest[used..];
        }

        return shown.ToString();
    }

    /// <summary>Format characters include the bidirectional overrides, zero-width characters and tags; combining marks can pile up over other lines.</summary>
    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
        UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => false,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => false,
        UnicodeCategory.SpaceSeparator => rune.Value == ' ',
        _ => rune.Value is not (0x115F or 0x1160 or 0x3164 or 0xFFA0),
    };

    private static string Code(Rune rune) => rune.Value switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        < 0x100 => string.Create(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
        < 0x10000 => string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}"),
    };
}
