using System.Globalization;
using ChatOpsBot.Domain.Guard;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>Commit against watchdog.</summary>
[Trait("Needs", "root")]
[Trait("Slow", "yes")]
public class GuardRaceTests
{
    /// <summary>Rounds in one call, which has its limit.</summary>
    private const int Slice = 10;

    [Fact]
    public Task Commit_RacesTheWatchdog_ExactlyOneWins() => RaceAsync(20);

    [Fact(Explicit = true)]
    public Task Commit_RacesTheWatchdogOften_ExactlyOneWins() => RaceAsync(100);

    private static async Task RaceAsync(int rounds)
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.FilesAsync(machine);
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.AskAsync(GuardRequest.Apply(plan, 1));
        await GuardBorders.KillWatchdogAsync(machine);

        // Each round starts from "applied" with a watchdog of its own, and commits while its deadline passes. How long it has is moved after every round
        // towards the moment at which both are equally fast, which is another on every machine.
        var script = """
            p=/run/chatops/$1 gap=$4 committed=0 reverted=0 odd=0 i=0
            while [ $i -lt "$3" ]; do
                i=$((i + 1))
                echo new-1 >/mnt/data/1
                read -r now _ </proc/uptime; now=${now%.*}${now#*.}
                echo "$((now + gap)) $((now + 6000))" >$p/deadline
                rm -rf $p/state/*; mkdir $p/state/applied
                setsid sh $p/guard watch $1 </dev/null >/dev/null 2>&1 &
                sleep 0.1
                sh $p/guard commit $1 1 $2 >/mnt/answer
                wait $!
                state=$(ls $p/state) value=$(cat /mnt/data/1) said=$(sed -n 's/^refused //p' /mnt/answer)
                case $state-$value-${said%% *} in
                committed-new-1-) committed=$((committed + 1)) gap=$((gap > 5 ? gap - 5 : 0)) ;;
                reverted-old-1-state) reverted=$((reverted + 1)) gap=$((gap + 7)) ;;
                *) odd="$odd $state-$value-$said" ;;
                esac
            done
            echo "$committed $reverted $gap $odd"
            """;
        var (committed, reverted, gap) = (0, 0, "30");
        for (var left = rounds; left > 0; left -= Slice)
        {
            var slice = Math.Min(left, Slice).ToString(CultureInfo.InvariantCulture);
            var words = (await machine.ShAsync(script, plan.Id, GuardMachine.BootId, slice, gap)).Trim().Split(' ', 4);
            Assert.Equal("0", words[3]);
            committed += int.Parse(words[0], CultureInfo.InvariantCulture);
            reverted += int.Parse(words[1], CultureInfo.InvariantCulture);
            gap = words[2];
        }

        Assert.Equal(rounds, committed + reverted);
        Assert.True(committed > 0 && reverted > 0, $"no race: {committed} committed, {reverted} reverted");
        MatrixTally.Write($"commit-race-{committed}-{reverted} between=0 twice=0 conflictsNamed=0");
    }
}
