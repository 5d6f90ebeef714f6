using System.Globalization;
using ChatOpsBot.Domain.Guard;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>Commit against watchdog.</summary>
[Trait("Needs", "root")]
[Trait("Slow", "yes")]
public class GuardRaceTests
{
    [Fact]
    public async Task Commit_RacesTheWatchdog_ExactlyOneWins()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.FilesAsync(machine);
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.AskAsync(GuardRequest.Apply(plan, 1));
        await GuardBorders.KillWatchdogAsync(machine);

        // Each round starts from "applied" with a watchdog of its own, and commits while its deadline passes, a little sooner or later.
        var script = """
            p=/run/chatops/$1 committed=0 reverted=0 odd=0 i=$3
            while [ $i -lt $(($3 + 10)) ]; do
                i=$((i + 1))
                echo new-1 >/mnt/data/1
                read -r now _ </proc/uptime; now=${now%.*}${now#*.}
                echo "$((now + i % 25)) $((now + 6000))" >$p/deadline
                rm -rf $p/state/*; mkdir $p/state/applied
                setsid sh $p/guard watch $1 </dev/null >/dev/null 2>&1 &
                case $((i % 3)) in 0) sleep 0.1 ;; 1) sleep 0.2 ;; esac
                sh $p/guard commit $1 1 $2 >/mnt/answer
                wait $!
                state=$(ls $p/state) value=$(cat /mnt/data/1) said=$(sed -n 's/^refused //p' /mnt/answer)
                case $state-$value-${said%% *} in
                committed-new-1-) committed=$((committed + 1)) ;;
                reverted-old-1-state) reverted=$((reverted + 1)) ;;
                *) odd="$odd $state-$value-$said" ;;
                esac
            done
            echo "$committed $reverted $odd"
            """;
        var (committed, reverted) = (0, 0);
        for (var round = 0; round < 200; round += 10)
        {
            var words = (await machine.ShAsync(script, plan.Id, GuardMachine.BootId, round.ToString(CultureInfo.InvariantCulture))).Trim().Split(' ', 3);
            Assert.Equal("0", words[2]);
            committed += int.Parse(words[0], CultureInfo.InvariantCulture);
            reverted += int.Parse(words[1], CultureInfo.InvariantCulture);
        }

        Assert.Equal(200, committed + reverted);
        Assert.True(committed > 0 && reverted > 0, $"no race: {committed} committed, {reverted} reverted");
        MatrixTally.Write($"commit-race-{committed}-{reverted} between=0 twice=0 conflictsNamed=0");
    }
}
