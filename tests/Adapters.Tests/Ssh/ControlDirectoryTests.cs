using ChatOpsBot.Adapters.Ssh;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Ssh;

public sealed class ControlDirectoryTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cob-ctl-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Open_NewFolder_IsOursAloneAndGoneAfterwards()
    {
        var (opened, problem) = ControlDirectory.Open($"{folder}/new");

        Assert.Equal("", problem);
        Assert.False(FileOwnership.Of($"{folder}/new", followLinks: false)?.IsOpenToOthers);
        Assert.NotNull(opened?.ConfigFile("text").Path);
        opened?.Dispose();
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{folder}/new"));
    }

    [Fact]
    public async Task Open_OthersMayEnter_IsRefused()
    {
        await LocalProgram.RunAsync("mkdir", "-m", "0755", $"{folder}/open");

        Assert.Contains("0700", ControlDirectory.Open($"{folder}/open").Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_LinkToElsewhere_IsRefused()
    {
        Directory.CreateSymbolicLink($"{folder}/link", folder);

        Assert.Null(ControlDirectory.Open($"{folder}/link").Directory);
    }

    [Fact]
    public async Task Open_OfAnotherAccount_IsRefused()
    {
        Assert.SkipUnless(LocalProgram.IsRoot, "needs root to give a folder away");
        await LocalProgram.RunAsync("install", "-d", "-m", "0700", "-o", "4242", $"{folder}/theirs");

        Assert.Null(ControlDirectory.Open($"{folder}/theirs").Directory);
    }

    [Fact]
    public void Open_FileInTheWay_IsRefused()
    {
        File.WriteAllText($"{folder}/file", "");

        Assert.Contains("Ssh:ControlDirectory", ControlDirectory.Open($"{folder}/file").Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void ConfigFile_FolderRemoved_IsAProblemAndNoException()
    {
        using var opened = ControlDirectory.Open($"{folder}/lost").Directory;
        Directory.Delete($"{folder}/lost", recursive: true);

        Assert.NotEqual("", opened?.ConfigFile("text").Problem);
    }

    [Fact]
    public void FaultOf_LongestAllowed_LeavesRoomForTheSocket()
    {
        var longest = "/" + new string('a', 74);

        Assert.Null(ControlDirectory.FaultOf(longest));
        Assert.NotNull(ControlDirectory.FaultOf(longest + "a"));
    }
}
