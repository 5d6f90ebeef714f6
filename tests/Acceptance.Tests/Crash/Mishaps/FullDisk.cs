using ChatOpsBot.Acceptance.Tests.Repairs;

namespace ChatOpsBot.Acceptance.Tests.Crash.Mishaps;

/// <summary>The disk is full for ten seconds.</summary>
internal sealed record FullDisk : SmallDisk
{
    public override string Name => "full-disk";

    public override string Script(ServiceFolder folder, string host) => $"""
        cat /dev/zero >'{folder.Data}/filler' 2>/dev/null
        (sleep 10; rm '{folder.Data}/filler') </dev/null >/dev/null 2>&1 &
        """;

    public override Task OverAsync(ServiceFolder folder) => UntilAsync(() => !File.Exists(Path.Combine(folder.Data, "filler")));
}
