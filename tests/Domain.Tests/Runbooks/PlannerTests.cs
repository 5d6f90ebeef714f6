using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Runbooks;

public class PlannerTests
{
    /// <summary>The guard knows a link by number and address; a step that sets the address has to find its link again by the number alone.</summary>
    [Theory]
    [InlineData(false, "ip", "link", "set", "dev", "{tap}", "master", "br0")]
    [InlineData(true, "ip", "link", "set", "dev", "{tap}", "address", "fe:54:00:00:00:01")]
    [InlineData(true, "ip", "link", "set", "{tap}", "address", "fe:54:00:00:00:01")]
    [InlineData(false, "ip", "link", "set", "dev", "other", "address", "fe:54:00:00:00:01")]
    public void Plan_StepWithASubject_IsHeldToItsAddressUnlessItSetsIt(bool byNumberAlone, params string[] run)
    {
        var host = FakeHost.Healthy().Uptime(100).Snapshot();
        var outcome = Planner.Plan(new()
        {
            Runbook = new Runbook
            {
                Id = "bridge/touch", Hash = "", Title = "Touch the tap", Consequence = "",
                Parameters = [new RunbookParameter("tap", ParameterType.Tap, RunbookParameter.Given, [], "tap")],
                Steps = [new RunbookStep { Name = "touch {tap}", Risk = Risk.D0, Subject = "tap", Read = ["cat", "/x"], Before = "a", After = "b", Run = [.. run], Undo = ["true"] }],
            },
            Snapshot = host,
            Host = new() { Name = "host42", Address = "" },
            Arguments = ImmutableSortedDictionary<string, string>.Empty.Add("tap", "vnet0"),
            HostKeyFingerprint = "",
            PlanId = "p",
            Expires = DateTimeOffset.MaxValue,
        });

        var subject = Assert.Single(Assert.IsType<PlanOutcome.Planned>(outcome).Plan.Steps).Subject;
        Assert.Equal("vnet0", subject?.Name);
        Assert.Equal(byNumberAlone, subject?.Address.Length == 0);
        Assert.True(subject?.Index > 0);
    }
}
