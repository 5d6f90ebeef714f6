using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ChatOpsBot.Domain;

/// <summary>
/// Feeds values into SHA-256 so that different values never give the same bytes: each is preceded by its length, each list by its count. Joining texts with a separator
/// would let an argument that holds the separator pass for two.
/// </summary>
internal sealed class CanonicalHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Begins with the name of what is hashed, so that a hash of one kind is never one of another.</summary>
    public CanonicalHash(string kind) => Add(kind);

    /// <summary>Adds a text; <see langword="null"/> differs from the empty text.</summary>
    public CanonicalHash Add(string? text)
    {
        if (text is null)
        {
            return Add(-1L);
        }

        return Add(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Adds bytes.</summary>
    public CanonicalHash Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        _hash.AppendData(bytes);
        return this;
    }

    /// <summary>Adds a number.</summary>
    public CanonicalHash Add(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        _hash.AppendData(bytes);
        return this;
    }

    /// <summary>Adds a list of texts.</summary>
    public CanonicalHash Add(IReadOnlyCollection<string> texts)
    {
        Add(texts.Count);
        foreach (var text in texts)
        {
            Add(text);
        }

        return this;
    }

    /// <summary>The hash of all that was added, as lower-case hex.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
