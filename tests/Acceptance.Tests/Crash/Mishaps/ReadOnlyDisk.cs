using ChatOpsBot.Acceptance.Tests.Repairs;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Crash.Mishaps;

/// <summary>The machine came back with its disk read-only: the service says so and does not start, until somebody has mended that.</summary>
internal sealed record ReadOnlyDisk : SmallDisk
{
    public override string Name => "read-only-disk";

    public override bool Kills => true;

    public override async Task BetweenAsync(ServiceFolder folder, Func<Task<string>> tryAsync)
    {
        (await Programs.RunAsync(["mount", "-o", "remount,ro", folder.Data])).Expect();
        var said = await tryAsync();
        (await Programs.RunAsync(["mount", "-o", "remount,rw", folder.Data])).Expect();
        Assert.Contains(folder.Data, said, StringComparison.Ordinal);
        Assert.Contains("read-only", said, StringComparison.OrdinalIgnoreCase);
    }
}
