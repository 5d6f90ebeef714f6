using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Runbooks;

public class PlanHashTests
{
    private static readonly Plan Plan = IncidentSamples.Plan();

    private static readonly Dictionary<string, Plan> Changed = new()
    {
        ["Id"] = Plan with { Id = "x" },
        ["Host"] = Plan with { Host = "x" },
        ["HostKeyFingerprint"] = Plan with { HostKeyFingerprint = "x" },
        ["MachineId"] = Plan with { MachineId = "x" },
        ["BootId"] = Plan with { BootId = "x" },
        ["Runbook"] = Plan with { Runbook = "x" },
        ["RunbookHash"] = Plan with { RunbookHash = "x" },
        ["Fault"] = Plan with { Fault = null },
        ["FindingHash"] = Plan with { FindingHash = "x" },
        ["Risk"] = Plan with { Risk = Risk.D3 },
        ["Steps"] = Plan with { Steps = [.. Plan.Steps, Plan.Steps[0]] },
        ["BlastRadius"] = Plan with { BlastRadius = ["vm1", "vm2"] },
        ["Expires"] = Plan with { Expires = Plan.Expires.AddTicks(1) },
        ["ActivatesNothing"] = Plan with { ActivatesNothing = true },
        ["Diff"] = Plan with { Diff = "+x" },
        ["Probes"] = Plan with { Probes = "p.dhcp" },
    };

    private static readonly Dictionary<string, PlanStep> ChangedSteps = new()
    {
        ["Name"] = Plan.Steps[0] with { Name = "x" },
        ["Subject"] = Plan.Steps[0] with { Subject = null },
        ["Read"] = Plan.Steps[0] with { Read = ["x"] },
        ["Before"] = Plan.Steps[0] with { Before = "x" },
        ["Run"] = Plan.Steps[0] with { Run = ["x"] },
        ["After"] = Plan.Steps[0] with { After = "x" },
        ["Undo"] = Plan.Steps[0] with { Undo = ["x"] },
        ["Timeout"] = Plan.Steps[0] with { Timeout = TimeSpan.FromSeconds(11) },
        ["Risk"] = Plan.Steps[0] with { Risk = Risk.D1 },
    };

    [Fact]
    public void Of_EveryFieldOfThePlan_ChangesIt()
    {
        Assert.Equal(PropertiesOf<Plan>(), Changed.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Changed.Count + 1, Changed.Values.Append(Plan).Select(PlanHash.Of).Distinct().Count());
    }

    [Fact]
    public void Of_EveryFieldOfAStep_ChangesIt()
    {
        Assert.Equal(PropertiesOf<PlanStep>(), ChangedSteps.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(ChangedSteps.Count + 1, ChangedSteps.Values.Append(Plan.Steps[0]).Select(step => PlanHash.Of(Plan with { Steps = [step] })).Distinct().Count());
    }

    [Fact]
    public void Of_EveryFieldOfASubject_ChangesIt()
    {
        var subject = new StepSubject("eno2", 3, "52:54:00:aa:bb:01");
        StepSubject[] all = [subject, subject with { Name = "x" }, subject with { Index = 4 }, subject with { Address = "x" }];
        Assert.Equal(3, typeof(StepSubject).GetProperties().Length);
        Assert.Equal(4, all.Select(each => PlanHash.Of(Plan with { Steps = [Plan.Steps[0] with { Subject = each }] })).Distinct().Count());
    }

    [Fact]
    public void Of_TextMovedFromOneArgumentToTheNext_ChangesIt()
    {
        ImmutableArray<string>[] commands = [["ip", "link set"], ["ip link", "set"], ["ip", "link", "set"], ["ip link set"]];
        Assert.Equal(4, commands.Select(command => PlanHash.Of(Plan with { Steps = [Plan.Steps[0] with { Run = command }] })).Distinct().Count());
    }

    [Fact]
    public void Of_TheSamePlan_IsTheSameForEver()
        => Assert.Equal("13d9dae2a5fd93e786ca845807fa1292db6f9d465db1f09b24e15cde8cb52aed", PlanHash.Of(Plan));

    [Fact]
    public void FindingHash_EveryField_ChangesIt()
    {
        var finding = IncidentSamples.Finding();
        Dictionary<string, Finding> changed = new()
        {
            ["Id"] = finding with { Id = "x" },
            ["Subject"] = finding with { Subject = "x" },
            ["Scope"] = finding with { Scope = Scope.Host },
            ["Certainty"] = finding with { Certainty = Certainty.Likely },
            ["Summary"] = finding with { Summary = "x" },
            ["Because"] = finding with { Because = [new("e.link", "x")] },
            ["Bridge"] = finding with { Bridge = null },
            ["Repair"] = finding with { Repair = "x" },
            ["Question"] = finding with { Question = "x" },
            ["Risk"] = finding with { Risk = Risk.D2 },
            ["Probe"] = finding with { Probe = SymptomProbe.GatewayArp },
            ["Touches"] = finding with { Touches = ["eno2"] },
            ["ConsequenceOf"] = finding with { ConsequenceOf = "x" },
        };
        Assert.Equal(PropertiesOf<Finding>(), changed.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(changed.Count + 1, changed.Values.Append(finding).Select(FindingHash.Of).Distinct().Count());
    }

    private static IEnumerable<string> PropertiesOf<T>() => typeof(T).GetProperties().Select(property => property.Name).Order(StringComparer.Ordinal);
}
