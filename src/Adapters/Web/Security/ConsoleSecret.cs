using System.Security.Cryptography;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.Web.Security;

/// <summary>The 256-bit key that encrypts the console's key ring, from a file.</summary>
internal sealed class ConsoleSecret
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int LargestFile = 1024;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode ForOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly byte[] _key;

    private ConsoleSecret(byte[] key) => _key = key;

    /// <summary>Reads the key; makes one when the file is not there.</summary>
    /// <exception cref="StoreException">The file cannot be read or made, others can read it, or it holds no key.</exception>
    public static ConsoleSecret Open(string path)
    {
        var file = Path.GetFullPath(path);
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

            var bytes = new byte[KeyBytes];
            return new FileInfo(file).Length <= LargestFile && Convert.TryFromBase64String(File.ReadAllText(file).Trim(), bytes, out var length) && length == KeyBytes
                ? new(bytes)
                : throw new StoreException($"{file} holds no key of 32 bytes in base64; move it away and a new one is made at the next start (everybody then signs in again)");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"the console's key {file} cannot be read or made: {failure.Message}", failure);
        }
    }

    /// <summary>Nonce, tag and cipher text.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plain)
    {
        var box = new byte[NonceBytes + TagBytes + plain.Length];
        var nonce = box.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Encrypt(nonce, plain, box.AsSpan(NonceBytes + TagBytes), box.AsSpan(NonceBytes, TagBytes));
        return box;
    }

    /// <summary>What <see cref="Seal"/> sealed.</summary>
    /// <exception cref="CryptographicException">Sealed with another key, or damaged.</exception>
    public byte[] Unseal(ReadOnlySpan<byte> box)
    {
        if (box.Length < NonceBytes + TagBytes)
        {
            throw new CryptographicException("a sealed key is too short");
        }

        var plain = new byte[box.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Decrypt(box[..NonceBytes], box[(NonceBytes + TagBytes)..], box.Slice(NonceBytes, TagBytes), plain);
        return plain;
    }

    /// <summary>A key for one purpose, from which neither this key nor any other can be told.</summary>
    public byte[] Derive(byte[] purpose, int length) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, length, info: purpose);

    /// <summary>Written aside and moved into place without replacing, so that two starts at once end with one key.</summary>
    private static void Make(string file)
    {
        var draft = $"{file}.{Environment.ProcessId}.new";
        File.Delete(draft);
#pragma warning disable CA1416 // the service runs on Linux only
        using (var stream = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
#pragma warning restore CA1416
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)) + "\n"));
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
}
