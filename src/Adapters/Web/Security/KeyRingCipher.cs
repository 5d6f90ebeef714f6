using System.Security.Cryptography;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.Web.Security;

/// <summary>Encrypts the keys of the console's key ring with a key of the service's secret.</summary>
/// <param name="secret">The secret.</param>
internal sealed class KeyRingCipher(IServiceSecret secret)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _key = secret.KeyFor("console key ring 1").ToArray();

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
}
