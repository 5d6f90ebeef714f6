using ChatOpsBot.Acceptance.Tests.Crash.Mishaps;
using ChatOpsBot.Acceptance.Tests.Crash.Scenarios;
using ChatOpsBot.Acceptance.Tests.Lab;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Crash;

/// <summary>The real program ended by SIGKILL between any two of its steps; Slack, sshd, bridges and DHCP are real or approved by the vendor's clients. All points: <c>tests/Benchmarks/crash-matrix.sh</c>.</summary>
[Trait("Needs", "root")]
public class CrashMatrixTests(LabFixture lab)
{
    private const string Host = "host70";

    /// <summary>The moments that matter most, as a sample in every run.</summary>
    [Fact]
    public async Task Serve_KilledAroundWhatItDoesToAHost_EndsRightAndDoesNothingTwice()
    {
        await lab.NeedAsync(Host);
        var found = await CrashMatrix.RunAsync(
            new WithoutInterruption(), new Killed(), Host,
            ["IIncidentStore.AppendAsync(approved.v1) #1 before", "IEffectHandler.PerformAsync(begin-repair.v1) #1 after", "IHostShell.RunAsync(guard apply) #1 amid"]);
        Assert.All(found, run => Assert.True(run.Reached, $"the service did not come past {run.Point}"));
    }
}
