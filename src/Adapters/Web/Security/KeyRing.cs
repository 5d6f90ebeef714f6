using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using ChatOpsBot.Application.Ports;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Web.Security;

/// <summary>Keeps the keys of cookies and form tokens beside the console's key file, each encrypted with it, so that sessions outlive a restart and a stolen backup of the ring alone opens nothing.</summary>
/// <param name="console">Where.</param>
/// <param name="cipher">How.</param>
/// <param name="loggers">For the framework's repository.</param>
/// <param name="shared">Where the services of a cluster keep them instead.</param>
internal sealed class KeyRingSetup(IOptions<ConsoleOptions> console, KeyRingCipher cipher, ILoggerFactory loggers, IKeyRing? shared = null) : IConfigureOptions<KeyManagementOptions>
{
    /// <inheritdoc/>
    public void Configure(KeyManagementOptions options)
    {
        options.XmlRepository = shared is null
            ? new FileKeys(Directory.CreateDirectory(Path.GetFullPath(console.Value.KeyFile) + ".ring"), loggers)
            : new SharedKeys(shared);
        options.XmlEncryptor = new KeyRingEncryptor(cipher);
    }
}

/// <summary>Encrypts one key of the ring.</summary>
/// <param name="cipher">How.</param>
internal sealed class KeyRingEncryptor(KeyRingCipher cipher) : IXmlEncryptor
{
    /// <inheritdoc/>
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
        => new(
            new XElement("sealed", Convert.ToBase64String(cipher.Seal(Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting))))),
            typeof(KeyRingDecryptor));
}

/// <summary>Decrypts one key of the ring. The framework makes it from the type name beside the key.</summary>
internal sealed class KeyRingDecryptor : IXmlDecryptor
{
    private readonly KeyRingCipher _cipher;

    /// <summary>As the framework calls it.</summary>
    public KeyRingDecryptor(IServiceProvider services) => _cipher = services.GetRequiredService<KeyRingCipher>();

    /// <inheritdoc/>
    public XElement Decrypt(XElement encryptedElement)
    {
        var box = new byte[encryptedElement.Value.Length];
        return Convert.TryFromBase64String(encryptedElement.Value, box, out var length)
            ? XElement.Parse(Encoding.UTF8.GetString(_cipher.Unseal(box.AsSpan(0, length))))
            : throw new CryptographicException("a key of the console's key ring is not base64");
    }
}

/// <summary>Keys in the store.</summary>
/// <param name="ring">The store.</param>
internal sealed class SharedKeys(IKeyRing ring) : IXmlRepository
{
    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements() => [.. ring.All().Select(text => XElement.Parse(text))];

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName) => ring.Add(friendlyName, element.ToString(SaveOptions.DisableFormatting));
}
