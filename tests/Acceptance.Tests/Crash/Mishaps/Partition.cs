using ChatOpsBot.Acceptance.Tests.Lab;
using ChatOpsBot.Acceptance.Tests.Repairs;
using ChatOpsBot.Support;

namespace ChatOpsBot.Acceptance.Tests.Crash.Mishaps;

/// <summary>What the service sends to the host is dropped without a word, for longer than the host waits until it takes an uncommitted repair back.</summary>
internal sealed record Partition : Mishap
{
    /// <summary>Stands for the five minutes of a switch that starts again; the guard's limit of the scenario is as much shorter.</summary>
    public const int Seconds = 45;

    public override string Name => "partition";

    public override IReadOnlyList<string> AlsoEnds => ["reverted", "unreachable", "escalated"];

    public override string Script(ServiceFolder folder, string host)
    {
        var table = $"inet cob-partition-{host}";
        var address = File.ReadLines($"{LabFixture.Folder}/inventory.yaml").First(line => line.Contains($"name: {host},", StringComparison.Ordinal)).Split("address: ")[1].Split(',')[0];
        return $$"""
            between() (COB_LAB_NAME={{LabFixture.Name}} '{{RepositoryFiles.At("deploy", "lab", "lab")}}' ctl -- nft "$1")
            between 'add table {{table}}; add chain {{table}} out { type filter hook output priority 0; }; add rule {{table}} out ip daddr {{address}} drop'
            (sleep {{Seconds}}; between 'delete table {{table}}') </dev/null >/dev/null 2>&1 &
            """;
    }
}
