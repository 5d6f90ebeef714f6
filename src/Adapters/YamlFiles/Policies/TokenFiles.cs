using System.Collections.Immutable;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Adapters.YamlFiles.Policies;

/// <summary>Reads the token files that a policy names. No message ever holds a token.</summary>
internal sealed class TokenFiles(FaultList faults)
{
    private const UnixFileMode ForOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly Dictionary<string, (PersonId Person, int Line)> _owners = [];
    private readonly List<string> _files = [];

    /// <summary>All files that were named.</summary>
    public ImmutableArray<string> Files => [.. _files];

    /// <summary>The hash of the token in a file; <see langword="null"/> when it is at fault.</summary>
    public ConsoleTokenHash? Read(YamlScalar name, PersonId person)
    {
        var path = PathText.Absolute(name.Text, Path.GetDirectoryName(faults.File) ?? "/");
        _files.Add(path);
        if (PathText.WhyUnusable(path) is { } why)
        {
            faults.Add(name, $"tokenFile: {why}", "create it, for example: (umask 077; openssl rand -hex 32 > FILE), or correct the path; a relative one starts at the policy's folder");
            return null;
        }

        if (CanOthers(path))
        {
            faults.Add(name, $"tokenFile: {path} can be read or changed by others", $"run: chmod 600 {path}");
            return null;
        }

        var (text, fault) = StrictText.Read(path);
        var token = text.Trim();
        if (fault is not null || WhyNot(token) is not (null, _))
        {
            var (what, remedy) = fault is not null ? (fault.What, fault.Remedy) : WhyNot(token);
            faults.Add(name, $"tokenFile: {path}: {what}", remedy);
            return null;
        }

        var hash = ConsoleTokenHash.Of(token);
        if (_owners.TryAdd(hash.Hex, (person, name.Line)))
        {
            return hash;
        }

        var (owner, line) = _owners[hash.Hex];
        faults.Add(name, $"tokenFile: {path} holds the same token as that of {owner} (line {line})", "give each person an own token: openssl rand -hex 32");
        return null;
    }

    private static (string? What, string Remedy) WhyNot(string token) => token switch
    {
        "" => ("the file is empty", "put a token there: openssl rand -hex 32"),
        { Length: < ConsoleTokenHash.LeastLength } => ($"the token has fewer than {ConsoleTokenHash.LeastLength} characters", "make a longer one: openssl rand -hex 32"),
        { Length: > ConsoleTokenHash.LargestLength } => ($"the file holds more than a token of {ConsoleTokenHash.LargestLength} characters", "put one token on one line: openssl rand -hex 32"),
        _ when token.Any(c => c is <= ' ' or > '~') => ("the token holds blanks, line breaks or letters outside ASCII", "put one token on one line: openssl rand -hex 32"),
        _ => (null, ""),
    };

    private static bool CanOthers(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return false;
        }

        // A group may read it: an own group of the service is a usual way to share a file that root owns.
        var target = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
        return (File.GetUnixFileMode(target) & ForOthers) != UnixFileMode.None;
    }
}
