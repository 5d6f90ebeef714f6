using System.Text.RegularExpressions;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.CommandLine;

/// <summary>
/// The corpus of malformed inventories and settings. Beside each file stands NAME.expect: the exit code, then pieces of text that standard error
/// has to hold; a piece that begins with a line number stands for the file's name before it.
/// </summary>
public partial class MalformedFileTests
{
    private static string Folder(string kind) => RepositoryFiles.At("tests", "Fixtures", "malformed", kind);

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var kind in (string[])["inventory", "settings"])
            {
                foreach (var file in Directory.GetFiles(Folder(kind)).Where(file => !file.EndsWith(".expect", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
                {
                    cases.Add(kind, Path.GetFileName(file));
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Check_MalformedFile_NamesPlaceAndRemedy(string kind, string file)
    {
        var (args, environment) = Invocation(kind, file);

        var run = await ProgramRun.InProcessAsync(args, environment, directory: Folder(kind), cancellationToken: TestContext.Current.CancellationToken);

        AssertExpected(kind, file, run);
    }

    [Theory]
    [InlineData("inventory", "several-at-once.yaml")]
    [InlineData("inventory", "alias-bomb.yaml")]
    [InlineData("inventory", "latin1.yaml")]
    [InlineData("settings", "several-at-once.json")]
    [InlineData("settings", "syntax-error.json")]
    [InlineData("settings", "env-several.env")]
    public async Task Check_MalformedFileAsProcess_NamesPlaceAndRemedy(string kind, string file)
    {
        var (args, environment) = Invocation(kind, file);

        var run = await ProgramRun.AsProcessAsync(args, environment, TestContext.Current.CancellationToken);

        AssertExpected(kind, file, run);
    }

    [Fact]
    public void Corpus_OnDisk_IsLargeAndComplete()
    {
        var files = Cases.Select(row => row.Data).ToArray();

        Assert.True(files.Length >= 80, $"only {files.Length} cases");
        Assert.All(files, row => Assert.True(File.Exists(ExpectationOf(row.Item1, row.Item2)), $"{row.Item2} has no .expect"));
        Assert.Equal(files.Length, Directory.GetFiles(Folder("inventory"), "*.expect").Length + Directory.GetFiles(Folder("settings"), "*.expect").Length);
    }

    /// <summary>Of policies and runbooks the whole first answer stands beside the file; it begins with the place.</summary>
    [Theory]
    [MemberData(nameof(ConfigurationCases))]
    public async Task DoctorOrLint_MalformedFile_NamesPlaceAndRemedy(string kind, string file)
    {
        var path = Path.Combine(Folder(kind), file);

        var run = await ProgramRun.InProcessAsync(
            kind == "policies" ? ["doctor"] : ["runbook", "lint", path],
            new Dictionary<string, string> { ["Policy__File"] = path },
            directory: Folder(kind),
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(1, run.ExitCode);
        var expected = (await File.ReadAllTextAsync(ExpectationOf(kind, file), TestContext.Current.CancellationToken)).Trim();
        Assert.StartsWith(":", expected, StringComparison.Ordinal);
        Assert.Contains("; ", expected, StringComparison.Ordinal);
        Assert.Contains(path + expected, run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", run.Out + run.Error, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> ConfigurationCases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var kind in (string[])["policies", "runbooks"])
            {
                foreach (var file in Directory.GetFiles(Folder(kind), "*.yaml").Order(StringComparer.Ordinal))
                {
                    cases.Add(kind, Path.GetFileName(file));
                }
            }

            return cases;
        }
    }

    private static (string[] Args, Dictionary<string, string> Environment) Invocation(string kind, string file)
    {
        var path = Path.Combine(Folder(kind), file);
        return Path.GetExtension(file) switch
        {
            ".yaml" => (["check", "host42"], new() { ["Inventory__File"] = path }),
            ".json" => (["check", "host42", "--settings", path], []),
            _ => (["check", "host42"], File.ReadAllLines(path).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1])),
        };
    }

    private static void AssertExpected(string kind, string file, ProgramRun run)
    {
        var lines = File.ReadAllLines(ExpectationOf(kind, file));
        Assert.Equal($"{lines[0]}: {run.Error}", $"{run.ExitCode}: {run.Error}");
        Assert.Equal("", run.Out);
        Assert.DoesNotContain("   at ", run.Error);
        Assert.DoesNotContain("Exception", run.Error);
        Assert.DoesNotContain('\e', run.Error);
        var name = Path.GetFileNameWithoutExtension(file);
        foreach (var piece in lines.Skip(1))
        {
            Assert.Contains(LineNumber().IsMatch(piece) ? name + Path.GetExtension(file) + piece : piece.StartsWith(".json:", StringComparison.Ordinal) ? name + piece : piece, run.Error);
        }

        // Every fault line has a remedy after what is wrong.
        Assert.All(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1), line => Assert.Contains("; ", line));
    }

    private static string ExpectationOf(string kind, string file) => Path.Combine(Folder(kind), Path.ChangeExtension(file, ".expect"));

    [GeneratedRegex(@"\A:\d")]
    private static partial Regex LineNumber();
}
