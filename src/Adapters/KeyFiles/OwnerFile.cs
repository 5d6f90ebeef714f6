using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.KeyFiles;

/// <summary>Files that only their owner may use.</summary>
internal static class OwnerFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode ForOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Written aside and moved into place without replacing, so that two starts at once end with one file and a crash leaves no half one.</summary>
    public static void MakeOnce(string file, Func<string> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file) ?? "/");
        if (File.Exists(file))
        {
            return;
        }

        var draft = $"{file}.{Environment.ProcessId}.new";
        File.Delete(draft);
#pragma warning disable CA1416 // the service runs on Linux only
        using (var stream = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
#pragma warning restore CA1416
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(content()));
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

    /// <summary>Refuses a file that others could read or change.</summary>
    /// <exception cref="StoreException">They can.</exception>
    public static void RefuseOthers(string file)
    {
#pragma warning disable CA1416 // the service runs on Linux only
        if ((File.GetUnixFileMode(file) & ForOthers) != UnixFileMode.None)
#pragma warning restore CA1416
        {
            throw new StoreException($"{file} can be used by others than its owner; run: chmod 600 {file}");
        }
    }
}
