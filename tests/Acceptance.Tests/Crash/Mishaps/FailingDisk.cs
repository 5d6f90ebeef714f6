using ChatOpsBot.Acceptance.Tests.Repairs;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Crash.Mishaps;

/// <summary>The file system under the running service meets an error and lets nobody write any more; ten seconds later somebody ends the service, mends the disk and starts it again.</summary>
internal sealed record FailingDisk : Mishap
{
    public override string Name => "failing-disk";

    public override bool Ends => true;

    public override async Task BeginAsync(ServiceFolder folder)
    {
        Directory.CreateDirectory(folder.Data);
        var made = await Programs.RunAsync(["sh", "-c", "truncate -s 48M \"$1\" && mkfs.ext4 -q \"$1\" && mount -o loop,errors=remount-ro \"$1\" \"$2\" && chmod 700 \"$2\" && rmdir \"$2/lost+found\"", "sh", Image(folder), folder.Data]);
        Assert.SkipUnless(made.ExitCode == 0, $"no file system of its own can be mounted here: {made.Stderr}");
    }

    public override string Script(ServiceFolder folder, string host) => $$"""
        echo 1 >"/sys/fs/ext4/$(basename "$(findmnt -n -o SOURCE '{{folder.Data}}')")/trigger_fs_error"
        began() { cut -d ' ' -f 22 /proc/$PPID/stat; }
        then=$(began)
        (sleep 10; [ "$(began)" != "$then" ] || kill -KILL $PPID) </dev/null >/dev/null 2>&1 &
        """;

    public override async Task BetweenAsync(ServiceFolder folder, Func<Task<string>> tryAsync)
    {
        (await Programs.RunAsync(["sh", "-c", "for _ in 1 2 3 4 5 6 7 8 9; do umount \"$2\" 2>/dev/null && break; sleep 1; done; e2fsck -fy \"$1\"; mount -o loop,errors=remount-ro \"$1\" \"$2\"", "sh", Image(folder), folder.Data])).Expect();
        Assert.False(IsReadOnly(folder));
    }

    public override Task OverAsync(ServiceFolder folder) => UntilAsync(() => !IsReadOnly(folder));

    public override async Task EndAsync(ServiceFolder folder) => await Programs.RunAsync(["umount", "--lazy", folder.Data]);

    // Also while it is not mounted at all.
    private static bool IsReadOnly(ServiceFolder folder)
        => File.ReadLines("/proc/mounts").FirstOrDefault(line => line.Contains(folder.Data, StringComparison.Ordinal))?.Contains("emergency_ro", StringComparison.Ordinal) != false;

    private static string Image(ServiceFolder folder) => folder.Data + ".img";
}
