using System.Globalization;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.YamlFiles;

/// <summary>
/// Stamps from length and time of change. Asked for again and again instead of relying on change notices, which are lost on network file systems, with replaced folders
/// and when their queue runs over.
/// </summary>
public sealed class FileStamps : IFileStamps
{
    private const int MostFiles = 10_000;

    private static readonly EnumerationOptions s_below = new() { RecurseSubdirectories = true, MaxRecursionDepth = 8, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };

    /// <inheritdoc/>
    public string StampOf(IReadOnlyCollection<string> paths) => string.Join('\n', paths.SelectMany(FilesOf).Take(MostFiles).Select(StampOf));

    private static IEnumerable<string> FilesOf(string path)
    {
        try
        {
            return Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.yaml", s_below).Order(StringComparer.Ordinal).Prepend(path).ToArray() : [path];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [path];
        }
    }

    private static string StampOf(string path)
    {
        try
        {
            FileSystemInfo file = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
            file = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
            return string.Create(
                CultureInfo.InvariantCulture, $"{path} {file.FullName} {file.Exists} {(file.Exists ? file.LastWriteTimeUtc.Ticks : 0)} {(file is FileInfo { Exists: true } whole ? whole.Length : 0)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{path} {e.GetType().Name}";
        }
    }
}
