using ChatOpsBot.Adapters.YamlFiles;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.YamlFiles;

public sealed class FileStampsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void StampOf_EveryKindOfChange_IsAnother()
    {
        var file = _folder.Write("policy.yaml", "a: 1");
        var books = Directory.CreateDirectory(Path.Combine(_folder.Path, "runbooks", "bridge")).FullName;
        var link = Path.Combine(_folder.Path, "link.yaml");
        var (first, second) = (_folder.Write("one", "x"), _folder.Write("two", "x"));
        File.CreateSymbolicLink(link, first);
        string[] paths = [file, Path.Combine(_folder.Path, "runbooks"), link, Path.Combine(_folder.Path, "missing")];
        var stamps = new FileStamps();
        var seen = new List<string> { stamps.StampOf(paths) };
        Assert.Equal(seen[0], stamps.StampOf(paths));

        Changed(() => File.WriteAllText(file, "a: 12"));
        Changed(() => File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)));
        Changed(() => File.WriteAllText(Path.Combine(books, "new.yaml"), "x"));
        Changed(() => File.Delete(Path.Combine(books, "new.yaml")));
        Changed(() =>
        {
            File.Delete(link);
            File.CreateSymbolicLink(link, second);
        });
        Changed(() => File.SetLastWriteTimeUtc(second, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)));
        Changed(() => File.WriteAllText(paths[3], "now there"));
        Changed(() => File.Delete(file));

        void Changed(Action change)
        {
            change();
            var now = stamps.StampOf(paths);
            Assert.NotEqual(seen[^1], now);
            seen.Add(now);
        }
    }

    public void Dispose() => _folder.Dispose();
}
