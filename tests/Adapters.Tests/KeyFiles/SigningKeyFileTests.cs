using System.Security.Cryptography;
using ChatOpsBot.Adapters.KeyFiles;
using ChatOpsBot.Application.Ports;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.KeyFiles;

#pragma warning disable CA1416 // runs on Linux only
public sealed class SigningKeyFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cob-key-");

    private string KeyFile => Path.Combine(_folder.FullName, "new", "signing-key.pem");

    [Fact]
    public void Open_FirstStart_MakesAPrivateKeyForItsOwnerOnly()
    {
        string publicKey;
        using (var first = Open())
        {
            publicKey = first.PublicKeyPem;
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(KeyFile)!)); // a path just made
        using var again = Open();
        Assert.Equal(publicKey, again.PublicKeyPem);
    }

    [Fact]
    public void Sign_IsCheckedByThePublicKey()
    {
        using var signer = Open();
        using var key = ECDsa.Create();
        key.ImportFromPem(signer.PublicKeyPem);

        Assert.True(signer.Sign("content"u8).IsBy(key, "content"u8));
        Assert.False(signer.Sign("content"u8).IsBy(key, "contents"u8));
    }

    [Fact]
    public void Open_ReadableByOthers_IsRefusedWithTheCommandThatMendsIt()
    {
        Open().Dispose();
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        Assert.Contains($"chmod 600 {KeyFile}", Assert.Throws<StoreException>(Open).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> WrongKeys()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        using var onlyPublic = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return ["", "hello", p384.ExportPkcs8PrivateKeyPem(), rsa.ExportPkcs8PrivateKeyPem(), onlyPublic.ExportSubjectPublicKeyInfoPem()];
    }

    [Theory]
    [MemberData(nameof(WrongKeys), DisableDiscoveryEnumeration = true)]
    public void Open_NoP256PrivateKey_IsRefusedAndTheFileStays(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(KeyFile)!); // a path just made
        File.WriteAllText(KeyFile, content);
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Assert.Contains("holds no ECDSA P-256 private key", Assert.Throws<StoreException>(Open).Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(KeyFile));
    }

    [Fact]
    public void Options_Empty_SaysWhich()
        => Assert.Contains("Transcript:SigningKeyFile is empty", Assert.Single(new TranscriptOptions { SigningKeyFile = " " }.Problems()), StringComparison.Ordinal);

    public void Dispose() => _folder.Delete(recursive: true);

    private SigningKeyFile Open() => SigningKeyFile.Open(new() { SigningKeyFile = KeyFile });
}
