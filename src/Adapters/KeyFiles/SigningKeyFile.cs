using System.Security.Cryptography;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Adapters.KeyFiles;

/// <summary>The service's signing key, from a PEM file.</summary>
public sealed class SigningKeyFile : ITranscriptSigner, IDisposable
{
    private readonly ECDsa _key;
    private readonly Lock _signing = new();
    private readonly string _fingerprint;

    private SigningKeyFile(ECDsa key)
    {
        _key = key;
        _fingerprint = TranscriptSignature.FingerprintOf(key);
        PublicKeyPem = key.ExportSubjectPublicKeyInfoPem() + "\n";
    }

    /// <inheritdoc/>
    public string PublicKeyPem { get; }

    /// <summary>Reads the key; makes one when the file is not there.</summary>
    /// <exception cref="StoreException">The file cannot be read or made, others can read it, or it holds no ECDSA P-256 key.</exception>
    public static SigningKeyFile Open(TranscriptOptions options)
    {
        var file = Path.GetFullPath(options.SigningKeyFile);
        try
        {
            OwnerFile.MakeOnce(file, NewKey);
            OwnerFile.RefuseOthers(file);
            return new(Read(file));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"the signing key {file} cannot be read or made: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public TranscriptSignature Sign(ReadOnlySpan<byte> content)
    {
        lock (_signing)
        {
            return new(_fingerprint, Convert.ToBase64String(_key.SignData(content, HashAlgorithmName.SHA256)));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    private static string NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    private static ECDsa Read(string file)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(file));
            if (key.KeySize == 256 && key.ExportParameters(includePrivateParameters: true) is { D: not null, Curve.Oid.Value: "1.2.840.10045.3.1.7" })
            {
                return key;
            }
        }
        catch (Exception failure) when (failure is ArgumentException or CryptographicException)
        {
            // Said below, without the library's words.
        }

        key.Dispose();
        throw new StoreException($"{file} holds no ECDSA P-256 private key in PEM form; move it away and a new one is made at the next start (old transcripts are then checked with the old key)");
    }
}
