using System.Text;

namespace ChatOpsBot.Domain.Probes;

/// <summary>Cuts a probe's output into lines as it arrives. What a host sends without end is cut, never kept without limit.</summary>
internal sealed class ProbeLines
{
    // Lines of our programs are far shorter.
    private const int LongestLine = 512;

    private readonly StringBuilder _rest = new();
    private bool _tooLong;

    /// <summary>The whole lines that a chunk completes. Bytes that are no printable ASCII become question marks: nothing of ours prints others.</summary>
    public IEnumerable<string> Append(ReadOnlyMemory<byte> chunk)
    {
        for (var at = 0; at < chunk.Length; at++)
        {
            var next = chunk.Span[at];
            if (next == (byte)'\n')
            {
                var line = _rest.ToString();
                var whole = !_tooLong;
                _rest.Clear();
                _tooLong = false;
                if (whole)
                {
                    yield return line;
                }
            }
            else if (_rest.Length >= LongestLine)
            {
                _tooLong = true;
            }
            else
            {
                _rest.Append(next is >= 0x20 and < 0x7f ? (char)next : '?');
            }
        }
    }
}
