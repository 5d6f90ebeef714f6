using System.Reflection;
using Xunit;

namespace ChatOpsBot.Slack.Tests;

public class RequirementTests
{
    /// <summary>SEC-4 is about Teams only, SEC-17 about limits that come later.</summary>
    public static IEnumerable<string> Wanted =>
    [
        .. Enumerable.Range(1, 33).Select(number => $"SL-{number}"), .. Enumerable.Range(1, 6).Select(number => $"IN-{number}"),
        .. Enumerable.Range(1, 19).Except([4, 17]).Select(number => $"SEC-{number}"),
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
