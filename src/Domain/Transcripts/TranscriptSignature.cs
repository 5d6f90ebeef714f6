using System.Security.Cryptography;
using System.Text;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Domain.Transcripts;

/// <summary>The service's signature under a transcript.</summary>
/// <param name="Key">SHA-256 of the public key (its DER form), lower-case hex: tells which key to check with.</param>
/// <param name="Value">ECDSA P-256 over SHA-256, in the fixed 64 byte form, base64.</param>
public sealed record TranscriptSignature(string Key, string Value)
{
    /// <summary>Name of the only algorithm.</summary>
    public const string Algorithm = "ES256";

    /// <summary>The bytes that are signed: incident, number of events and head hash. The head stands for every byte of every event.</summary>
    public static byte[] Content(IncidentId incident, long count, string head)
        => Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"chatopsbot transcript 1\n{incident}\n{count}\n{head}\n"));

    /// <summary>The name of a key.</summary>
    public static string FingerprintOf(ECDsa key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    /// <summary>Whether this is the key's signature under that content.</summary>
    public bool IsBy(ECDsa key, ReadOnlySpan<byte> content)
    {
        Span<byte> signature = stackalloc byte[64];
        return Convert.TryFromBase64String(Value, signature, out var length) && length == signature.Length
            && key.VerifyData(content, signature, HashAlgorithmName.SHA256);
    }
}
