using System.Diagnostics;
using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace ChatOpsBot.Support.Fuzzing;

/// <summary>
/// Feeds a reader with spoilt inputs made from good ones. It may refuse them, but must not throw, hang, or take memory without bound. <c>COB_FUZZ</c> says how many
/// times the usual number are tried: <c>tests/Benchmarks/fuzz.sh</c> sets it.
/// </summary>
public static class Fuzz
{
    private const int MostChanges = 8;
    private const long MostBytes = 256L * 1024 * 1024;

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    // What readers of all kinds stumble over: borders of numbers, ends of texts, characters of other scripts and directions, and what markup and shells give a meaning.
    private static readonly byte[][] s_words =
    [
        .. new[]
        {
            "", "0", "-1", "2147483648", "9223372036854775808", "1e999", "NaN", "null", "true", "{", "}", "[", "]", "\"", "\\", "\\u0000", "\\uD800", "\0", "\n", "\r\n", "\t", " ", "\u202E", "\uFEFF",
            "é", "😀", "<", "&", "@", "`", "$(x)", "'", "%00", "..", "/", "~",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80],
    ];

    /// <summary>How many inputs are tried: the usual number, or as many as was ordered.</summary>
    public static int CountOf(int usual)
#pragma warning disable RS0030 // Set by the script that fuzzes for long.
        => int.TryParse(Environment.GetEnvironmentVariable("COB_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var times) ? usual * times : usual;
#pragma warning restore RS0030

    /// <summary>Tries so many inputs; throws what the reader threw, with the input.</summary>
    /// <param name="name">Names the reader in what is printed.</param>
    /// <param name="corpus">Good inputs, and ones that were bad once.</param>
    /// <param name="read">The reader.</param>
    /// <param name="usual">How many are usual.</param>
    /// <returns>A line with the figures.</returns>
    public static string Check(string name, IReadOnlyList<byte[]> corpus, Action<byte[]> read, int usual = 20_000)
    {
        var count = CountOf(usual);
        var begin = Stopwatch.GetTimestamp();
        var changes = Gen.Choose(0, int.MaxValue - 1).ListOf(3 * MostChanges);
        Prop.ForAll(changes.ToArbitrary(), numbers => Try(name, Spoil(corpus, [.. numbers]), read))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithQuietOnSuccess(true));
        return string.Create(CultureInfo.InvariantCulture, $"fuzz={name} inputs={count} perSecond={count / Stopwatch.GetElapsedTime(begin).TotalSeconds:0}");
    }

    private static void Try(string name, byte[] input, Action<byte[]> read)
    {
        var memory = GC.GetAllocatedBytesForCurrentThread();
        var begin = Stopwatch.GetTimestamp();
        try
        {
            read(input);
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"{name} threw at {Convert.ToBase64String(input)}", failure);
        }

        if (Stopwatch.GetElapsedTime(begin) > s_longest)
        {
            // A busy machine holds up one try, a reader that hangs holds up each.
            begin = Stopwatch.GetTimestamp();
            read(input);
            if (Stopwatch.GetElapsedTime(begin) > s_longest)
            {
                throw new InvalidOperationException($"{name} takes long over {Convert.ToBase64String(input)}");
            }
        }

        if (GC.GetAllocatedBytesForCurrentThread() - memory > MostBytes)
        {
            throw new InvalidOperationException($"{name} takes much memory for {Convert.ToBase64String(input)}");
        }
    }

    /// <summary>A few changes to one of the corpus: three numbers make one.</summary>
    private static byte[] Spoil(IReadOnlyList<byte[]> corpus, int[] numbers)
    {
        var input = corpus[numbers[0] % corpus.Count].ToList();
        var changes = 1 + (numbers[1] % MostChanges);
        for (var change = 1; change < changes + 1 && (change * 3) + 2 < numbers.Length; change++)
        {
            var (kind, at, what) = (numbers[change * 3] % 7, input.Count == 0 ? 0 : numbers[(change * 3) + 1] % input.Count, numbers[(change * 3) + 2]);
            switch (kind)
            {
                case 0 when input.Count > 0:
                    input[at] ^= (byte)(1 << (what % 8));
                    break;
                case 1 when input.Count > 0:
                    input[at] = (byte)what;
                    break;
                case 2:
                    input.InsertRange(at, s_words[what % s_words.Length]);
                    break;
                case 3:
                    input.RemoveRange(at, Math.Min(what % 64, input.Count - at));
                    break;
                case 4:
                    input.RemoveRange(at, input.Count - at);
                    break;
                case 5:
                    input.InsertRange(at, input.GetRange(at, Math.Min(what % 256, input.Count - at)));
                    break;
                default:
                    var other = corpus[what % corpus.Count];
                    input.InsertRange(at, other.Skip(what % Math.Max(1, other.Length)).Take(what % 512));
                    break;
            }
        }

        return [.. input];
    }
}
