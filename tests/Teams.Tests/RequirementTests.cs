using System.Reflection;
using Xunit;

namespace ChatOpsBot.Teams.Tests;

public class RequirementTests
{
    /// <summary>SEC-2 is about Slack only, SEC-14 is tested where commands are, SEC-17 is about limits that come later.</summary>
    public static IEnumerable<string> Wanted =>
    [
        .. Enumerable.Range(1, 21).Select(number => $"TM-{number}"), "IN-1", "IN-3", "IN-4", "IN-5", "IN-6",
        .. Enumerable.Range(1, 19).Except([2, 14, 17]).Select(number => $"SEC-{number}"),
    ];

    [Fact]
    public void EveryRequirement_HasATest()
    {
        var marked = from type in typeof(RequirementTests).Assembly.GetTypes()
                     from method in type.GetMethods()
                     where method.GetCustomAttribute<FactAttribute>() is not null
                     from trait in method.GetCustomAttributes<TraitAttribute>()
                     where trait.Name == "Requirement"
                     select trait.Value;
        Assert.Empty(Wanted.Except(marked));
    }
}
