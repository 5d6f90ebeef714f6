using ChatOpsBot.Acceptance.Tests.Crash.Mishaps;
using ChatOpsBot.Acceptance.Tests.Crash.Scenarios;
using ChatOpsBot.Acceptance.Tests.Lab;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Crash;

/// <summary>All points of a scenario. Each scenario is a class of its own, so that some run side by side; run by <c>tests/Benchmarks/crash-matrix.sh</c>.</summary>
public abstract class FullCrashMatrix(LabFixture lab)
{
    private const string EveryVariable = "COB_CRASH_EVERY";

    private protected abstract (CrashScenario Scenario, string Host) What { get; }

    private protected virtual Mishap Mishap => new Killed();

    /// <summary>It happens once at each of them.</summary>
    [Fact(Explicit = true)]
    public async Task Serve_MishapAtEachPoint_EndsRightAndDoesNothingTwice()
    {
#pragma warning disable RS0030 // Set by the script, for a shorter run.
        var every = int.TryParse(Environment.GetEnvironmentVariable(EveryVariable), out var number) ? number : 1;
#pragma warning restore RS0030
        await lab.NeedAsync(What.Host);
        await CrashMatrix.RunAsync(What.Scenario, Mishap, What.Host, every);
    }

    public sealed class OfDiagnosisOnly(LabFixture lab) : FullCrashMatrix(lab)
    {
        private protected override (CrashScenario, string) What => (new DiagnosisOnly(), "host71");
    }

    public sealed class OfWithoutInterruption(LabFixture lab) : FullCrashMatrix(lab)
    {
        private protected override (CrashScenario, string) What => (new WithoutInterruption(), "host72");
    }

    public sealed class OfOneGuest(LabFixture lab) : FullCrashMatrix(lab)
    {
        private protected override (CrashScenario, string) What => (new OneGuest(), "host73");
    }

    public sealed class OfEveryGuest(LabFixture lab) : FullCrashMatrix(lab)
    {
        private protected override (CrashScenario, string) What => (new EveryGuest(), "host74");
    }

    public sealed class OfOwnSession(LabFixture lab) : FullCrashMatrix(lab)
    {
        private protected override (CrashScenario, string) What => (new OwnSession(), "host75");
    }

    public sealed class OfCutOff(LabFixture lab) : FullCrashMatrix(lab)
    {
        private protected override (CrashScenario, string) What => (new CutOff(), "host76");
    }

    public sealed class OfTakenBack(LabFixture lab) : FullCrashMatrix(lab)
    {
        private protected override (CrashScenario, string) What => (new TakenBack(), "host77");
    }

    public sealed class OfRace(LabFixture lab) : FullCrashMatrix(lab)
    {
        private protected override (CrashScenario, string) What => (new Race(), "host78");
    }

    public sealed class OfDouble(LabFixture lab) : FullCrashMatrix(lab)
    {
        private protected override (CrashScenario, string) What => (new DoubleFault(), "host79");
    }

    public sealed class WithFullDisk(LabFixture lab) : FullCrashMatrix(lab)
    {
        private protected override (CrashScenario, string) What => (new WithoutInterruption(), "host89");

        private protected override Mishap Mishap => new FullDisk();
    }

    public sealed class WithReadOnlyDisk(LabFixture lab) : FullCrashMatrix(lab)
    {
        private protected override (CrashScenario, string) What => (new WithoutInterruption(), "host90");

        private protected override Mishap Mishap => new ReadOnlyDisk();
    }

    public sealed class WithFailingDisk(LabFixture lab) : FullCrashMatrix(lab)
    {
        private protected override (CrashScenario, string) What => (new WithoutInterruption(), "host95");

        private protected override Mishap Mishap => new FailingDisk();
    }

    public sealed class WithTornPage(LabFixture lab) : FullCrashMatrix(lab)
    {
        private protected override (CrashScenario, string) What => (new WithoutInterruption(), "host91");

        private protected override Mishap Mishap => new TornPage();
    }

    public sealed class WithClockAhead(LabFixture lab) : FullCrashMatrix(lab)
    {
        private protected override (CrashScenario, string) What => (new WithoutInterruption(), "host92");

        private protected override Mishap Mishap => new ClockJumps(1);
    }

    public sealed class WithClockBack(LabFixture lab) : FullCrashMatrix(lab)
    {
        private protected override (CrashScenario, string) What => (new WithoutInterruption(), "host93");

        private protected override Mishap Mishap => new ClockJumps(-1);
    }

    public sealed class WithPartition(LabFixture lab) : FullCrashMatrix(lab)
    {
        private protected override (CrashScenario, string) What => (new ShortGuard(), "host94");

        private protected override Mishap Mishap => new Partition();
    }
}
