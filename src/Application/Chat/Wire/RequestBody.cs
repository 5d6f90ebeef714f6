using Microsoft.AspNetCore.Http;

namespace ChatOpsBot.Application.Chat.Wire;

/// <summary>Reads requests of chat platforms.</summary>
public static class RequestBody
{
    /// <summary>The media type without parameters, in lower case; <see langword="null"/> when there is none or more than one.</summary>
    public static string? MediaType(HttpContext context)
        => context.Request.Headers.ContentType is [{ } type] ? type.Split(';')[0].Trim().ToLowerInvariant() : null;

    /// <summary>The raw bytes; <see langword="null"/> when there are more than allowed.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContext context, int largest)
    {
        if (context.Request.ContentLength > largest)
        {
            return null;
        }

        var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
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
