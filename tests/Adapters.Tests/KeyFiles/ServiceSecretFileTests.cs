using ChatOpsBot.Adapters.KeyFiles;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.KeyFiles;

public sealed class ServiceSecretFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File42 => Path.Combine(_folder.Path, "data", "console-key");

    [Fact]
    public void Open_FirstStart_MakesASecretForItsOwnerThatStays()
    {
        var first = ServiceSecretFile.Open(File42);

        Assert.Equal(first.KeyFor("a").ToArray(), ServiceSecretFile.Open(File42).KeyFor("a").ToArray());
        Assert.NotEqual(first.KeyFor("a").ToArray(), first.KeyFor("b").ToArray());
        Assert.Equal(32, first.KeyFor("a").Length);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(File42));
        }
    }

    [Fact]
    public async Task Open_ManyAtOnce_AllGetTheSame()
    {
        var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            try
            {
                return Convert.ToHexString(ServiceSecretFile.Open(File42).KeyFor("a").Span);
            }
            catch (StoreException)
            {
                // One process writes one draft; a second writer in the same process is told so.
                return "";
            }
        })));

        Assert.Single(keys.Where(key => key.Length > 0).Distinct());
        Assert.Equal(keys.First(key => key.Length > 0), Convert.ToHexString(ServiceSecretFile.Open(File42).KeyFor("a").Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64 !")]
    [InlineData("AAAA")]
    public void Open_SomethingElse_IsRefusedWithRemedy(string content)
    {
        ServiceSecretFile.Open(File42);
        File.WriteAllText(File42, content);

        Assert.Contains("move it away", Assert.Throws<StoreException>(() => ServiceSecretFile.Open(File42)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ReadableByOthers_IsRefused()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("file modes are those of Unix");
            return;
        }

        ServiceSecretFile.Open(File42);
        File.SetUnixFileMode(File42, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        Assert.Contains("chmod 600", Assert.Throws<StoreException>(() => ServiceSecretFile.Open(File42)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
