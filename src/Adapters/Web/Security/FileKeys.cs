using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Web.Security;

/// <summary>
/// Keys in files of a folder. The framework's repository leaves it to the system when a file reaches the disk, and can read none of the keys when one is damaged: after a
/// loss of power nobody could sign in any more. Here a key is on the disk when it is used, and a damaged one is set aside.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="loggers">For the framework's repository.</param>
internal sealed class FileKeys(DirectoryInfo folder, ILoggerFactory loggers) : FileSystemXmlRepository(folder, loggers)
{
    private readonly ILogger _log = loggers.CreateLogger<FileKeys>();

    /// <inheritdoc/>
    public override IReadOnlyCollection<XElement> GetAllElements()
    {
        foreach (var file in Files().Where(IsDamaged))
        {
            var aside = file + ".damaged";
            File.Move(file, aside, overwrite: true);
            _log.KeySetAside(aside);
        }

        return base.GetAllElements();
    }

    /// <inheritdoc/>
    public override void StoreElement(XElement element, string friendlyName)
    {
        base.StoreElement(element, friendlyName);
        foreach (var file in Files())
        {
            using var written = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(written);
        }
    }

    private string[] Files() => System.IO.Directory.GetFiles(Directory.FullName, "*.xml");

    private static bool IsDamaged(string file)
    {
        try
        {
            using var text = File.OpenRead(file);
            XElement.Load(text);
            return false;
        }
        catch (XmlException)
        {
            return true;
        }
    }
}
