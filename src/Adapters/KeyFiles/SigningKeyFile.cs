using System.Security.Cryptography;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Adapters.KeyFiles;

/// <summary>The service's signing key, from a PEM file.</summary>
public sealed class SigningKeyFile : ITranscriptSigner, IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode ForOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

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
            Directory.CreateDirectory(Path.GetDirectoryName(file) ?? "/");
            if (!File.Exists(file))
            {
                Make(file);
            }

#pragma warning disable CA1416 // the service runs on Linux only
            if ((File.GetUnixFileMode(file) & ForOthers) != UnixFileMode.None)
#pragma warning restore CA1416
            {
                throw new StoreException($"{file} can be used by others than its owner; run: chmod 600 {file}");
            }

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

    /// <summary>Written aside and moved into place without replacing, so that two starts at once end with one key and a crash leaves no half one.</summary>
    private static void Make(string file)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var draft = $"{file}.{Environment.ProcessId}.new";
        File.Delete(draft);
#pragma warning disable CA1416 // the service runs on Linux only
        using (var stream = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
#pragma warning restore CA1416
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(draft, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(draft);
        }
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
