using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Adapters.YamlFiles.Runbooks;

/// <summary>Runbooks as YAML files. Strict: what is not understood is a fault with its place and a remedy, and all faults of all files are named at once.</summary>
public sealed partial class RunbookFiles : IRunbookFiles
{
    /// <summary>End of the names of the files that hold the cases of a runbook.</summary>
    public const string CasesSuffix = ".cases.yaml";

    private const string Suffix = ".yaml";
    private const int MostFiles = 2000;

    /// <inheritdoc/>
    public RunbooksReading ReadAll(string folder)
    {
        var (files, fault) = Files(folder);
        if (fault is not null)
        {
            return new RunbooksReading.Refused([fault]);
        }

        var faults = ImmutableArray.CreateBuilder<FileFault>();
        var runbooks = ImmutableSortedDictionary.CreateBuilder<string, Runbook>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            Add(file, Path.GetRelativePath(folder, file), runbooks, faults);
        }

        return faults.Count > 0 ? new RunbooksReading.Refused(faults.ToImmutable()) : new RunbooksReading.Loaded(new(runbooks.ToImmutable()));
    }

    /// <inheritdoc/>
    public RunbooksReading Read(string file)
    {
        var faults = ImmutableArray.CreateBuilder<FileFault>();
        var runbooks = ImmutableSortedDictionary.CreateBuilder<string, Runbook>(StringComparer.Ordinal);
        Add(file, BelowRunbooks(file), runbooks, faults);
        return faults.Count > 0 ? new RunbooksReading.Refused(faults.ToImmutable()) : new RunbooksReading.Loaded(new(runbooks.ToImmutable()));
    }

    /// <summary>The runbook files below a folder, or why they cannot be listed.</summary>
    /// <param name="folder">Absolute path.</param>
    public static (ImmutableArray<string> Files, FileFault? Fault) Files(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return ([], new(folder, 0, 0, "there is no such folder", "create it, or correct the path"));
        }

        try
        {
            var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.None };
            var files = Directory.EnumerateFiles(folder, "*" + Suffix, options)
                .Where(file => !file.EndsWith(CasesSuffix, StringComparison.Ordinal) && !Path.GetRelativePath(folder, file).Split('/').Any(part => part.StartsWith('.')))
                .Take(MostFiles + 1).Order(StringComparer.Ordinal).ToImmutableArray();
            return files.Length > MostFiles ? ([], new(folder, 0, 0, $"there are more than {MostFiles} files in it", "name the folder of the runbooks itself")) : (files, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ([], new(folder, 0, 0, $"the folder cannot be listed ({e.Message})", "check its permissions"));
        }
    }

    private static void Add(string file, string relative, ImmutableSortedDictionary<string, Runbook>.Builder runbooks, ImmutableArray<FileFault>.Builder faults)
    {
        var id = relative.EndsWith(Suffix, StringComparison.Ordinal) ? relative[..^Suffix.Length] : relative;
        if (!IdPattern().IsMatch(id))
        {
            faults.Add(new(file, 0, 0, $"{Shown.Quote(id)} cannot be the id of a runbook", "name folder and file with small letters, digits and dashes, as in bridge/attach-uplink.yaml"));
            return;
        }

        var (bytes, text, fault) = StrictText.ReadWithBytes(file);
        if (fault is not null)
        {
            faults.Add(fault);
            return;
        }

        var list = new FaultList(file);
        var root = YamlTree.Parse(text, list);
        var runbook = root is null ? null : new RunbookReading(list).Read(root, id, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        if (runbook is null || !list.IsEmpty)
        {
            faults.AddRange(list.InFileOrder());
            return;
        }

        runbooks.Add(id, runbook);
    }

    /// <summary>The path below the nearest folder called runbooks, else the last folder and the name.</summary>
    private static string BelowRunbooks(string file)
    {
        var parts = file.Split('/');
        var start = Array.LastIndexOf(parts, "runbooks");
        return string.Join('/', start >= 0 && start < parts.Length - 1 ? parts[(start + 1)..] : parts[Math.Max(0, parts.Length - 2)..]);
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*){0,4}\z")]
    private static partial Regex IdPattern();
}
