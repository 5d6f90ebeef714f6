using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>
/// Takes the output of the collector program apart while it arrives. A frame is a line <c>NONCE verb ...</c> with byte lengths, followed by that many raw
/// bytes. Where a length does not lead to the next frame the open section is dropped, never guessed, and reading goes on at the next section.
/// </summary>
public sealed partial class CollectorFrameReader
{
    private const int LongestHeader = 512;
    private const int ErrorCap = 16 * 1024;

    private readonly byte[] _nonce;
    private readonly List<Part> _parts = [];
    private readonly Dictionary<string, ImmutableArray<Part>> _sections = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ambiguous = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];
    private byte[] _buffer = new byte[64 * 1024];
    private int _length;
    private int _position;
    private int _searchFrom;
    private bool _isLost = true;
    private bool _hasStarted;
    private bool _isComplete;
    private bool _hasTornBatch;
    private string? _open;
    private string? _refusal;

    /// <summary>Starts before the first byte.</summary>
    /// <param name="nonce">The word that marks the frames of this run.</param>
    public CollectorFrameReader(string nonce)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(nonce);
        _nonce = Encoding.UTF8.GetBytes(nonce + " ");
    }

    /// <summary>Takes the next bytes of the stream.</summary>
    /// <returns>The ids of the sections that they completed, for showing progress.</returns>
    public ImmutableArray<string> Append(ReadOnlySpan<byte> chunk)
    {
        Keep(chunk);
        var before = _sections.Count;
        while (Step())
        {
        }

        return before == _sections.Count ? [] : [.. _sections.Keys.Skip(before)];
    }

    /// <summary>The stream has ended.</summary>
    public CollectorFrames Finish()
    {
        // A frame that waits for bytes that will not come hides the frames after it; a root child that was killed leaves such a one.
        while (!_isComplete && !_isLost && Rest.Length > 0)
        {
            Lose("a frame that was cut off");
            while (Step())
            {
            }
        }

        if (_hasStarted && !_isComplete)
        {
            _problems.Add("the stream ended early");
        }

        var sections = _sections
            .Where(section => !_ambiguous.Contains(section.Key))
            .ToImmutableSortedDictionary(
                section => section.Key,
                section => Masking.Mask(new SectionOutput(section.Key, [.. section.Value.Select(Output)])),
                StringComparer.Ordinal);
        return new CollectorFrames(sections, [.. _problems], _hasStarted, _isComplete, _refusal) { HasTornBatch = _hasTornBatch };
    }

    private ReadOnlySpan<byte> Rest => _buffer.AsSpan(_position, _length - _position);

    private void Keep(ReadOnlySpan<byte> chunk)
    {
        if (_length + chunk.Length > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_length + chunk.Length, (int)Math.Min(_buffer.Length * 2L, Array.MaxLength)));
        }

        chunk.CopyTo(_buffer.AsSpan(_length));
        _length += chunk.Length;
    }

    // One frame; false when more bytes are needed.
    private bool Step()
    {
        if (_isComplete)
        {
            return false;
        }

        if (_isLost)
        {
            return Seek();
        }

        while (_position < _length && _buffer[_position] == (byte)'\n')
        {
            _position++;
        }

        var rest = Rest;
        if (!StartsAlike(rest))
        {
            return Lose("bytes where a frame was expected");
        }

        var end = rest[..Math.Min(rest.Length, LongestHeader)].IndexOf((byte)'\n');
        if (end < 0)
        {
            return rest.Length >= LongestHeader && Lose("a frame header without end");
        }

        var words = Encoding.UTF8.GetString(rest[_nonce.Length..end]).Split(' ');
        return Handle(words, _position + end + 1);
    }

    private bool StartsAlike(ReadOnlySpan<byte> rest)
    {
        var common = Math.Min(rest.Length, _nonce.Length);
        return rest[..common].SequenceEqual(_nonce.AsSpan(0, common));
    }

    private bool Handle(string[] words, int next)
    {
        _hasStarted = true;
        switch (words)
        {
            case ["hello", _] or ["rooted"]:
                break;
            case ["end"]:
                _isComplete = true;
                break;
            case ["refused", .. var why]:
                _refusal = string.Join(' ', why);
                break;
            case ["section", var id] when IsEvidenceId(id):
                OpenSection(id);
                break;
            case ["close", var id, var count] when id == _open:
                CloseSection(id, count);
                break;
            case ["batch", var end, var code, var items, var output, var error] when _open is null:
                return TakeBatch(end, code, [items, output, error], next);
            case ["part", var end, var code, var name, var output, var error] when _open is not null:
                return TakePart(end, code, [name, output, error], next);
            case ["text", var name] when _open is not null:
                return TakeText(name, next);
            default:
                return Lose("an unknown frame");
        }

        _position = next;
        return true;
    }

    private void OpenSection(string id)
    {
        if (_open is not null)
        {
            _problems.Add($"{_open} was not closed");
        }

        _open = id;
        _parts.Clear();
    }

    private void CloseSection(string id, string count)
    {
        _open = null;
        if (count != "-" && count != _parts.Count.ToString(CultureInfo.InvariantCulture))
        {
            _problems.Add($"{id} came with {_parts.Count} parts instead of {count}");
        }
        else
        {
            Add(id, [.. _parts]);
        }
    }

    private void Add(string id, ImmutableArray<Part> parts)
    {
        if (!_sections.TryAdd(id, parts))
        {
            _ambiguous.Add(id);
            _problems.Add($"{id} came twice");
        }
    }

    private bool TakePart(string end, string code, string[] lengths, int next)
    {
        if (EndOf(end) is not { } partEnd || !TryNumber(code, out var exitCode)
            || !TryNumber(lengths[0], out var name) || !TryNumber(lengths[1], out var output) || !TryNumber(lengths[2], out var error))
        {
            return Lose("a part with a broken header");
        }

        var after = (long)next + name + output + error;
        if (after >= _length)
        {
            return false;
        }

        if (_buffer[after] != (byte)'\n')
        {
            return Lose("a part whose length is wrong");
        }

        var text = Encoding.UTF8.GetString(_buffer, next, name);
        _parts.Add(new Part(text, partEnd, exitCode, null, next + name, output, next + name + output, error));
        _position = (int)after;
        return true;
    }

    private bool Lose(string what)
    {
        _problems.Add(_open is null ? $"{what} in the stream" : $"{what} in {_open}");
        _open = null;
        _isLost = true;
        _position++;
        return true;
    }

    // Looks for a frame that can stand alone; before the first one this skips what login scripts print.
    private bool Seek()
    {
        var found = Rest.IndexOf(_nonce);
        if (found < 0)
        {
            _position = Math.Max(_position, _length - _nonce.Length);
            return false;
        }

        _position += found;
        var line = Rest[_nonce.Length..];
        if (line.Length < "section ".Length && line.IndexOf((byte)'\n') < 0)
        {
            return false;
        }

        if (line.StartsWith("section "u8) || line.StartsWith("hello "u8) || line.StartsWith("end\n"u8) || line.StartsWith("refused "u8) || line.StartsWith("batch "u8))
        {
            _isLost = false;
        }
        else
        {
            _position++;
        }

        return true;
    }

    private PartOutput Output(Part part) => new(
        part.Name,
        part.End,
        part.ExitCode,
        part.Decoded ?? _buffer.AsMemory(part.OutputStart, part.OutputLength),
        _buffer.AsMemory(part.ErrorStart, Math.Min(part.ErrorLength, ErrorCap)));

    private static bool IsEvidenceId(string id)
        => id.Length is > 2 and <= 32 && id[1] == '.' && id.All(c => c is '.' or '-' || char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));

    private static bool TryNumber(string text, out int number)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static PartEnd? EndOf(string word) => word switch
    {
        "exited" => PartEnd.Exited,
        "timedout" => PartEnd.TimedOut,
        "truncated" => PartEnd.Truncated,
        "notinstalled" => PartEnd.NotInstalled,
        "absent" => PartEnd.Absent,
        "noprivilege" => PartEnd.NoPrivilege,
        "unread" => PartEnd.Unread,
        _ => null,
    };

    private readonly record struct Part(
        string Name, PartEnd End, int ExitCode, byte[]? Decoded, int OutputStart, int OutputLength, int ErrorStart, int ErrorLength);
}
