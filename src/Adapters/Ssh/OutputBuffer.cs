namespace ChatOpsBot.Adapters.Ssh;

/// <summary>Collects output in blocks, so that a large one is copied once, at the end, and never while it grows.</summary>
internal sealed class OutputBuffer(int cap)
{
    private const int LargestBlock = 1 << 20;

    private readonly List<byte[]> blocks = [];
    private int inLast;

    public int Length { get; private set; }

    /// <summary>Takes as much as the cap allows.</summary>
    /// <returns>How many bytes were taken.</returns>
    public int Append(ReadOnlySpan<byte> bytes)
    {
        var taken = Math.Min(bytes.Length, cap - Length);
        bytes = bytes[..taken];
        while (bytes.Length > 0)
        {
            if (blocks.Count == 0 || inLast == blocks[^1].Length)
            {
                blocks.Add(new byte[Math.Clamp(Length, 4096, LargestBlock)]);
                inLast = 0;
            }

            var part = bytes[..Math.Min(bytes.Length, blocks[^1].Length - inLast)];
            part.CopyTo(blocks[^1].AsSpan(inLast));
            inLast += part.Length;
            Length += part.Length;
            bytes = bytes[part.Length..];
        }

        return taken;
    }

    /// <summary>All of it in one piece; the buffer is empty afterwards.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        if (blocks.Count == 1)
        {
            var only = blocks[0].AsMemory(0, inLast);
            Clear();
            return only;
        }

        var whole = new byte[Length];
        var at = 0;
        for (var i = 0; i < blocks.Count; i++)
        {
            var used = i == blocks.Count - 1 ? inLast : blocks[i].Length;
            blocks[i].AsSpan(0, used).CopyTo(whole.AsSpan(at));
            at += used;
            blocks[i] = [];
        }

        Clear();
        return whole;
    }

    private void Clear()
    {
        blocks.Clear();
        inLast = 0;
        Length = 0;
    }
}
