using System.Security.Cryptography;
using System.Text;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.KeyFiles;

/// <summary>The service's secret from a file: 32 random bytes in base64, made at the first start.</summary>
public sealed class ServiceSecretFile : IServiceSecret
{
    private const int Length = 32;

    private readonly byte[] _secret;

    private ServiceSecretFile(byte[] secret) => _secret = secret;

    /// <summary>Reads the secret; makes one when the file is not there.</summary>
    /// <param name="path">The file, <c>Console:KeyFile</c>.</param>
    /// <exception cref="StoreException">The file cannot be read or made, others can read it, or it holds something else.</exception>
    public static ServiceSecretFile Open(string path)
    {
        var file = Path.GetFullPath(path);
        try
        {
            OwnerFile.MakeOnce(file, () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(Length)) + "\n");
            OwnerFile.RefuseOthers(file);
            var text = File.ReadAllText(file).Trim();
            var secret = new byte[Length];
            return Convert.TryFromBase64String(text, secret, out var length) && length == Length
                ? new(secret)
                : throw new StoreException($"{file} does not hold 32 bytes in base64; move it away and a new one is made at the next start (people then sign in again, and buttons of older cards say that they are none of ours)");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"the key file {file} cannot be read or made: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> KeyFor(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, Length, info: Encoding.UTF8.GetBytes(purpose));
}
