using System.Collections.Immutable;
using System.Text;

namespace ChatOpsBot.Domain.Guard;

/// <summary>The program that changes a host and takes the change back by itself: the same bytes for every plan. Its head explains it.</summary>
public static class GuardProgram
{
    /// <summary>Shortest and longest time after which the watchdog fires; extensions included, it never waits longer than the latter.</summary>
    public static readonly (TimeSpan Least, TimeSpan Most) Deadline = (TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(10));

    // dash reads its program 8 KiB at a time, so up to 8191 bytes after the program's last line are gone before the program runs.
    // Twice as much filler costs a few milliseconds and leaves room for a shell with a larger buffer.
    private const int FillerLines = 128;

    private static readonly byte[] FillerLine = Encoding.ASCII.GetBytes(new string('#', 127) + "\n");

    /// <summary>The program's text.</summary>
    public static ReadOnlyMemory<byte> Text { get; } = Read();

    /// <summary>What to run as root on the host; the program itself comes on standard input.</summary>
    /// <param name="request">What is asked of it.</param>
    public static ImmutableArray<string> Argv(GuardRequest request) => ["/bin/sh", "-s", "--", .. request.Arguments];

    /// <summary>What to give it on standard input: the program, and behind some filler the data of the request.</summary>
    /// <param name="request">What is asked of it.</param>
    public static ReadOnlyMemory<byte> Stdin(GuardRequest request)
    {
        var bytes = new List<byte>(Text.Length + FillerLines * FillerLine.Length + request.Data.Length);
        bytes.AddRange(Text.Span);
        if (!request.Data.IsEmpty)
        {
            for (var line = 0; line < FillerLines; line++)
            {
                bytes.AddRange(FillerLine);
            }

            bytes.AddRange(request.Data.Span);
        }

        return bytes.ToArray();
    }

    private static byte[] Read()
    {
        using var stream = typeof(GuardProgram).Assembly.GetManifestResourceStream("guard.sh")
            ?? throw new InvalidOperationException("the guard program is not part of this build");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
