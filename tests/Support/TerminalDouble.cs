using System.Threading.Channels;

namespace ChatOpsBot.Support;

/// <summary>A person's keyboard for a terminal session.</summary>
public sealed class TypedLines : TextReader
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    /// <summary>Types a line.</summary>
    public void Type(string line) => _lines.Writer.TryWrite(line);

    /// <summary>Ends the input.</summary>
    public void End() => _lines.Writer.TryComplete();

    /// <inheritdoc/>
    public override string? ReadLine() => _lines.Reader.WaitToReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult() && _lines.Reader.TryRead(out var line) ? line : null;
}

/// <summary>A screen that is read by the test while the session writes.</summary>
public sealed class LockedWriter : StringWriter
{
    private readonly Lock _gate = new();

    /// <inheritdoc/>
    public override void Write(char value)
    {
        lock (_gate)
        {
            base.Write(value);
        }
    }

    /// <inheritdoc/>
    public override void Write(string? value)
    {
        lock (_gate)
        {
            base.Write(value);
        }
    }

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count)
    {
        lock (_gate)
        {
            base.Write(buffer, index, count);
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        lock (_gate)
        {
            return base.ToString();
        }
    }
}
