using ChatOpsBot.Acceptance.Tests.Repairs;
using ChatOpsBot.Support;

namespace ChatOpsBot.Acceptance.Tests.Crash.Mishaps;

/// <summary>The service keeps its data on a small disk of its own.</summary>
internal abstract record SmallDisk : Mishap
{
    public override async Task BeginAsync(ServiceFolder folder)
    {
        Directory.CreateDirectory(folder.Data);
        (await Programs.RunAsync(["mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "cob-small-disk", folder.Data])).Expect();
    }

    public override async Task EndAsync(ServiceFolder folder) => (await Programs.RunAsync(["umount", "--lazy", folder.Data])).Expect();
}
