using System.Buffers;
using System.Text;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>
/// Takes secrets out of what a host printed, before anything else sees it: passwords, keys and tokens in the forms in which hypervisor definitions,
/// network configurations, command lines and logs carry them. Everything else stays byte for byte; JSON and XML stay well-formed.
/// </summary>
/// <remarks>Time is linear in the input: from each word that announces a secret only its surroundings of bounded length, or the secret itself, are looked at.</remarks>
public static class Masking
{
    /// <summary>What stands in the place of a secret.</summary>
    public const string Mark = "***";

    // Everything that can announce a secret; what follows decides.
    private static readonly SearchValues<string> Announcers = SearchValues.Create(
        [
            "pass", "psk", "secret", "token", "key", "private", "shared", "credential", "authorization", "bearer ", "://", "-----BEGIN ",
            .. SecretShapes.Prefixes,
        ],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>Masks all outputs of a section.</summary>
    public static SectionOutput Mask(SectionOutput section)
        => section with { Parts = [.. section.Parts.Select(part => part with { Stdout = Mask(part.Stdout), Stderr = Mask(part.Stderr) })] };

    /// <summary>Masks what a person typed, or what a host said in one line.</summary>
    public static string Mask(string text) => text.AsSpan().IndexOfAny(Announcers) < 0 ? text : Encoding.UTF8.GetString(Mask(Encoding.UTF8.GetBytes(text)).Span);

    /// <summary>Masks a text; the same memory comes back when there is nothing to mask.</summary>
    public static ReadOnlyMemory<byte> Mask(ReadOnlyMemory<byte> bytes)
    {
        // Latin-1 gives one character a byte, so positions are the same in both and any encoding survives.
        var text = Encoding.Latin1.GetString(bytes.Span);
        ArrayBufferWriter<byte>? masked = null;
        var copied = 0;
        var position = 0;
        var noNameBefore = 0;
        while (position < text.Length && text.AsSpan(position).IndexOfAny(Announcers) is >= 0 and var offset)
        {
            position += offset;
            if (SecretFinder.Find(text, position, ref noNameBefore) is { } secret && secret.Start >= copied)
            {
                masked ??= new ArrayBufferWriter<byte>(bytes.Length);
                masked.Write(bytes.Span[copied..secret.Start]);
                masked.Write(Encoding.ASCII.GetBytes(secret.Replacement));
                copied = secret.End;
                position = Math.Max(position + 1, secret.End);
            }
            else
            {
                position++;
            }
        }

        if (masked is null)
        {
            return bytes;
        }

        masked.Write(bytes.Span[copied..]);
        return masked.WrittenMemory;
    }
}

/// <summary>A secret found in a text.</summary>
/// <param name="Start">Its first character.</param>
/// <param name="End">The character after it.</param>
/// <param name="Replacement">What to put in its place.</param>
internal readonly record struct FoundSecret(int Start, int End, string Replacement = Masking.Mark);
