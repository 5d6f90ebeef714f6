namespace ChatOpsBot.Domain.Incidents;

/// <summary>Bytes kept outside the event because they are large; stored once, compressed, under their hash.</summary>
/// <param name="Sha256">SHA-256 of the uncompressed bytes, lower-case hex.</param>
/// <param name="Bytes">Uncompressed length.</param>
public sealed record BlobRef(string Sha256, long Bytes)
{
    /// <summary>Outputs up to this many bytes stay in the event; larger ones would make every read of the incident slow.</summary>
    public const int InlineLimit = 64 * 1024;
}

/// <summary>What a command printed, masked: in the event itself, or a reference to a blob.</summary>
/// <param name="Text">The output; <see langword="null"/> when it is in the blob.</param>
/// <param name="Blob">The blob; <see langword="null"/> when the text is here.</param>
public sealed record StoredOutput(string? Text, BlobRef? Blob)
{
    /// <summary>No output.</summary>
    public static StoredOutput None { get; } = new("", null);
}
