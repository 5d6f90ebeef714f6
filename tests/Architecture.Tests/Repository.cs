using System.Diagnostics;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Architecture.Tests;

/// <summary>The files of the repository as git knows them.</summary>
internal static class Repository
{
    public static string At(string path) => RepositoryFiles.At(path.Split('/'));

    /// <summary>Paths of all files that are committed or about to be.</summary>
    public static string[] Files()
    {
        if (!Path.Exists(At(".git")))
        {
            Assert.Skip("this is not a git clone");
        }

        // A clone that belongs to another account (a container's volume) is still ours to list.
        var start = new ProcessStartInfo("git", ["-c", $"safe.directory={RepositoryFiles.Root}", "-C", RepositoryFiles.Root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            RedirectStandardOutput = true,
        };
        try
        {
#pragma warning disable RS0030 // A test asks git.
            using var git = Process.Start(start) ?? throw new InvalidOperationException("git did not start");
#pragma warning restore RS0030
            var files = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            Assert.Equal(0, git.ExitCode);
            return [.. files.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(file => File.Exists(At(file)))];
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("git is not installed");
            throw;
        }
    }
}
