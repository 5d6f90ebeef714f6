namespace ChatOpsBot.Adapters.Ssh;

/// <summary>Collects output in blocks, so that a large one is copied once, at the end, and never while it grows.</summary>
internal sealed class OutputBuffer(int cap)
{
    private const int LargestBlock = 1 << 20;

    private readonly List<byte[]> _blocks = [];
    private int _inLast;

    public int Length { get; private set; }

    /// <summary>Takes as much as the cap allows.</summary>
    /// <returns>How many bytes were taken.</returns>
    public int Append(ReadOnlySpan<byte> bytes)
    {
        var taken = Math.Min(bytes.Length, cap - Length);
        bytes = bytes[..taken];
        while (bytes.Length > 0)
        {
            if (_blocks.Count == 0 || _inLast == _blocks[^1].Length)
            {
                _blocks.Add(new byte[Math.Clamp(Length, 4096, LargestBlock)]);
                _inLast = 0;
            }

            var part = bytes[..Math.Min(bytes.Length, _blocks[^1].Length - _inLast)];
            part.CopyTo(_blocks[^1].AsSpan(_inLast));
            _inLast += part.Length;
            Length += part.Length;
            bytes = bytes[part.Length..];
        }

        return taken;
    }

    /// <summary>All of it in one piece; the buffer is empty afterwards.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        if (_blocks.Count == 1)
        {
            var only = _blocks[0].AsMemory(0, _inLast);
            Clear();
            return only;
        }

        var whole = new byte[Length];
        var at = 0;
        for (var i = 0; i < _blocks.Count; i++)
        {
            var used = i == _blocks.Count - 1 ? _inLast : _blocks[i].Length;
            _blocks[i].AsSpan(0, used).CopyTo(whole.AsSpan(at));
            at += used;
            _blocks[i] = [];
        }

        Clear();
        return whole;
    }

    private void Clear()
    {
        _blocks.Clear();
        _inLast = 0;
        Length = 0;
    }
}
