using System.Text;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>
/// Splits a stream at lines of ours. A line of ours begins with a mark that the host cannot know beforehand; it may follow bytes without a line
/// end. Everything else passes through in order.
/// </summary>
internal sealed class MarkScanner(string mark)
{
    // A line of ours is far shorter; a longer one is not ours.
    private const int LongestLine = 256;

    private readonly byte[] _mark = Encoding.ASCII.GetBytes(mark);
    private byte[] _pending = [];

    /// <summary>Takes a chunk; calls <paramref name="onBytes"/> for what is not ours and <paramref name="onLine"/> with the rest of each line of ours.</summary>
    public void Feed(ReadOnlySpan<byte> chunk, ByteSink onBytes, Action<string> onLine)
    {
        byte[]? joined = null;
        if (_pending.Length > 0)
        {
            joined = [.. _pending, .. chunk];
            chunk = joined;
            _pending = [];
        }

        while (true)
        {
            var at = chunk.IndexOf(_mark);
            if (at < 0)
            {
                var kept = PossibleStart(chunk);
                onBytes(chunk[..^kept]);
                _pending = chunk[^kept..].ToArray();
                return;
            }

            var end = chunk[at..].IndexOf((byte)'\n');
            if (end < 0 && chunk.Length - at < LongestLine)
            {
                onBytes(chunk[..at]);
                _pending = chunk[at..].ToArray();
                return;
            }

            if (end < 0 || end > LongestLine)
            {
                onBytes(chunk[..(at + _mark.Length)]);
                chunk = chunk[(at + _mark.Length)..];
                continue;
            }

            onBytes(chunk[..at]);
            onLine(Encoding.ASCII.GetString(chunk.Slice(at + _mark.Length, end - _mark.Length)).Trim());
            chunk = chunk[(at + end + 1)..];
        }
    }

    /// <summary>At the end of the stream: passes on what was held back.</summary>
    public void Finish(ByteSink onBytes)
    {
        onBytes(_pending);
        _pending = [];
    }

    /// <summary>How many bytes at the end may be the beginning of the mark.</summary>
    private int PossibleStart(ReadOnlySpan<byte> chunk)
    {
        for (var length = Math.Min(_mark.Length - 1, chunk.Length); length > 0; length--)
        {
            if (chunk[^length..].SequenceEqual(_mark.AsSpan(0, length)))
            {
                return length;
            }
        }

        return 0;
    }
}

/// <summary>Receives bytes that are valid during the call only.</summary>
internal delegate void ByteSink(ReadOnlySpan<byte> bytes);
