using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace ChatOpsBot.Domain.Evidence;

/// <content>Parts as base64 text.</content>
public sealed partial class CollectorFrameReader
{
    // The form for a host without a place for files: base64 up to the frame that says how it ended.
    private bool TakeText(string nameLength, int next)
    {
        if (!TryNumber(nameLength, out var name) || (long)next + name > Array.MaxLength)
        {
            return Lose("a part with a broken header");
        }

        var body = next + name;
        if (body >= _length)
        {
            return false;
        }

        var from = Math.Max(body, _searchFrom);
        var found = _buffer.AsSpan(from, _length - from).IndexOf(_nonce);
        if (found < 0)
        {
            _searchFrom = Math.Max(body, _length - _nonce.Length);
            return false;
        }

        var header = from + found;
        var line = _buffer.AsSpan(header, Math.Min(_length - header, LongestHeader));
        var lineEnd = line.IndexOf((byte)'\n');
        if (lineEnd < 0)
        {
            return line.Length >= LongestHeader && Lose("a frame header without end");
        }

        var words = Encoding.UTF8.GetString(line[_nonce.Length..lineEnd]).Split(' ');
        var errorStart = header + lineEnd + 1;
        if (words is not ["textend", var end, var code, var cap, var errorLength] || EndOf(end) is not { } partEnd || !TryNumber(code, out var exitCode)
            || !TryNumber(cap, out var capBytes) || !TryNumber(errorLength, out var error) || !TryDecode(body, header - body, out var output))
        {
            return Lose("a part with a broken body");
        }

        if ((long)errorStart + error >= _length)
        {
            return false;
        }

        var isCut = output.Length >= capBytes;
        _parts.Add(new Part(Encoding.UTF8.GetString(_buffer, next, name), isCut ? PartEnd.Truncated : partEnd, exitCode, output, 0, 0, errorStart, error));
        _position = errorStart + error;
        return true;
    }

    private bool TryDecode(int start, int length, out byte[] output)
    {
        output = new byte[Base64.GetMaxDecodedFromUtf8Length(length) + 3];
        var status = Base64.DecodeFromUtf8(_buffer.AsSpan(start, length).Trim((byte)'\n'), output, out _, out var written);
        Array.Resize(ref output, written);
        return status == OperationStatus.Done;
    }
}
