using System.Text.RegularExpressions;
using Xunit;

namespace ChatOpsBot.Architecture.Tests;

public partial class RepositoryTests
{
    // Fixed by those who use the repository: an eighth folder would be the first nobody expects.
    private static readonly string[] s_top = ["src", "runbooks", "tests", "deploy", "appsettings.json", "ChatOpsBot.sln", "README.md"];

    // In pieces, or this file would be the first to be found.
    private static readonly string[] s_unfinished = ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Exception", "HA" + "CK:"];

    [Fact]
    public void TopLevel_Tracked_HoldsOnlyWhatWasAgreed()
        => Assert.DoesNotContain(Repository.Files().Select(file => file.Split('/')[0]).Distinct(), name => !name.StartsWith('.') && !s_top.Contains(name));

    [Fact]
    public void Sources_Tracked_AreFinished()
    {
        var guilty = from file in Repository.Files()
                     where file.StartsWith("src/", StringComparison.Ordinal) || file.StartsWith("tests/", StringComparison.Ordinal) || file.StartsWith("deploy/", StringComparison.Ordinal)
                     where Path.GetExtension(file) is ".cs" or ".sh" or ".csproj" or ".props" or ".md" or ".pl"
                     from line in File.ReadLines(Repository.At(file)).Index()
                     from word in s_unfinished
                     where line.Item.Contains(word, StringComparison.Ordinal)
                     select $"{file}:{line.Index + 1}: {word}";

        Assert.Empty(guilty);
    }

    [Fact]
    public void Readmes_Links_PointToFilesThatAreThere()
    {
        var broken = from readme in Repository.Files()
                     where readme.EndsWith(".md", StringComparison.Ordinal)
                     from Match link in LinkPattern().Matches(File.ReadAllText(Repository.At(readme)))
                     let target = link.Groups["target"].Value.Split('#')[0]
                     where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
                     where !Path.Exists(Path.Combine(Path.GetDirectoryName(Repository.At(readme)) ?? "/", target))
                     select $"{readme}: {target}";

        Assert.Empty(broken);
    }

    [Fact]
    public void Scripts_ShellFiles_AreExecutableAndSayTheirShell()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("file modes are those of Unix");
            return;
        }

        var scripts = Repository.Files().Where(file => file is ".ci/run" or "tests/run.sh" or "deploy/demo.sh").ToArray();

        Assert.Contains("tests/run.sh", scripts);
        Assert.Contains(".ci/run", scripts);
        foreach (var script in scripts)
        {
            Assert.True(File.GetUnixFileMode(Repository.At(script)).HasFlag(UnixFileMode.UserExecute), $"{script} has no run bit");
            Assert.StartsWith("#!", File.ReadLines(Repository.At(script)).First());
        }
    }

    [Fact]
    public void Projects_OnDisk_AreInTheSolutionAndHaveALockFile()
    {
        var solution = File.ReadAllText(Repository.At("ChatOpsBot.sln"));
        var files = Repository.Files();
        foreach (var project in files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)))
        {
            Assert.Contains(project.Replace('/', '\\'), solution);
            Assert.Contains($"{Path.GetDirectoryName(project)}/packages.lock.json", files);
        }
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex LinkPattern();
}
