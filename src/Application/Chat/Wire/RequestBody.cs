namespace ChatOpsBot.Application.Chat.Wire;

/// <summary>Reads requests of chat platforms.</summary>
public static class RequestBody
{
    /// <summary>The media type without parameters, in lower case; <see langword="null"/> when there is none.</summary>
    /// <param name="contentType">The header; several of them joined are no media type.</param>
    public static string? MediaType(string? contentType) => contentType?.Split(';')[0].Trim().ToLowerInvariant();

    /// <summary>The raw bytes; <see langword="null"/> when there are more than allowed.</summary>
    /// <param name="body">The body.</param>
    /// <param name="length">How many bytes the sender has announced.</param>
    /// <param name="largest">Most bytes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(Stream body, long? length, int largest, CancellationToken cancellationToken)
    {
        if (length > largest)
        {
            return null;
        }

        var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (bytes.Length + read > largest)
            {
                return null;
            }

            bytes.Write(buffer, 0, read);
        }

        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }
}
