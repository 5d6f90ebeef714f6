using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ChatOpsBot.Adapters.Slack.Ingress;

/// <summary>Checks that a request was signed by Slack with our secret, just now, over exactly these bytes.</summary>
/// <param name="secrets">The secrets that count; two while one is being rotated.</param>
/// <param name="time">The clock.</param>
internal sealed class RequestSignature(IEnumerable<string> secrets, TimeProvider time)
{
    /// <summary>A timestamp further off than this, before or after now, is refused.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(300);

    private const string Version = "v0=";
    private const int HexLength = 64;

    private readonly byte[][] _keys = [.. secrets.Where(secret => secret.Length > 0).Select(Encoding.UTF8.GetBytes)];

    /// <summary>What is wrong; <see langword="null"/> when the signature is good.</summary>
    /// <param name="timestamps">Values of the header <c>X-Slack-Request-Timestamp</c>.</param>
    /// <param name="signatures">Values of the header <c>X-Slack-Signature</c>.</param>
    /// <param name="body">The body as it came.</param>
    public string? Problem(IReadOnlyList<string?> timestamps, IReadOnlyList<string?> signatures, ReadOnlySpan<byte> body)
    {
        if (timestamps is not [{ } timestamp] || signatures is not [{ } signature])
        {
            return "timestamp or signature is missing or there more than once";
        }

        if (timestamp.Length is 0 or > 12 || !timestamp.All(char.IsAsciiDigit) || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return "the timestamp is no number of seconds";
        }

        if (Math.Abs(time.GetUtcNow().ToUnixTimeSeconds() - seconds) > (long)Window.TotalSeconds)
        {
            return "the timestamp is too far from now";
        }

        if (signature.Length != Version.Length + HexLength || !signature.StartsWith(Version, StringComparison.Ordinal) || !signature.AsSpan(Version.Length).ContainsOnlyHex())
        {
            return "the signature has another form";
        }

        var given = Convert.FromHexString(signature.AsSpan(Version.Length));
        var good = false;
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var key in _keys)
        {
            using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
            hash.AppendData(Encoding.ASCII.GetBytes($"v0:{timestamp}:"));
            hash.AppendData(body);
            hash.GetHashAndReset(mac);

            // No early end: the time would tell which secret it was made with.
            good |= CryptographicOperations.FixedTimeEquals(mac, given);
        }

        return good ? null : "the signature is not ours";
    }
}

/// <summary>Helps reading hex.</summary>
internal static class HexText
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Whether there are lower-case hex digits only.</summary>
    public static bool ContainsOnlyHex(this ReadOnlySpan<char> text) => !text.ContainsAnyExcept(s_digits);
}
