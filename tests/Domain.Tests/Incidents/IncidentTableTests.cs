using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Incidents;

public class IncidentTableTests
{
    private const string Begin = "```mermaid\n";

    [Fact]
    public void Decide_EveryStateAndEvent_IsTheCheckedInTable()
        => AssertCurrent(RepositoryFiles.At("tests", "Domain.Tests", "Incidents", "incident-table.txt"), text => text, IncidentTable.Text());

    [Fact]
    public void Diagram_OfTheSameTable_IsTheOneInTheDocument()
        => AssertCurrent(
            RepositoryFiles.At("src", "Domain", "Incidents", "states.md"),
            text => text[(text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)..text.LastIndexOf("```", StringComparison.Ordinal)],
            IncidentTable.Mermaid());

    [Fact]
    public void Samples_CoverEveryKindOfEvent()
        => Assert.Equal(
            Cases(typeof(IncidentEvent)), IncidentSamples.Events().Select(sample => sample.Event.GetType().Name).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Samples_CoverEveryStateOfTheInterface()
        => Assert.Equal(
            new[]
            {
                "applying", "awaiting-approval", "cancelled", "declined", "escalated", "expired", "healthy", "new", "observing", "resolved", "revert-failed", "reverted",
                "reverting", "unreachable", "verifying", "watching",
            },
            IncidentSamples.States().Select(sample => sample.Incident.State.Name).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Codecs_KnowEveryKind()
    {
        Assert.Equal(Cases(typeof(IncidentEvent)).Length - 1, EventCodec.Names.Count()); // Unknown has no name of its own
        Assert.Equal(Cases(typeof(Effect)).Length, EffectCodec.Names.Count());
    }

    internal static string[] Cases(Type family)
        => [.. family.GetNestedTypes().Where(type => type.IsSealed && type.IsSubclassOf(family)).Select(type => type.Name).Order(StringComparer.Ordinal)];

    /// <summary>On a difference the current text is left beside the test program, to be looked at and copied.</summary>
    private static void AssertCurrent(string path, Func<string, string> part, string current)
    {
        var checkedIn = File.Exists(path) ? part(File.ReadAllText(path).ReplaceLineEndings("\n")) : "";
        if (checkedIn != current)
        {
            var copy = Path.Combine(AppContext.BaseDirectory, Path.GetFileName(path) + ".current");
            File.WriteAllText(copy, current);
            Assert.Fail($"{path} is not what the transition table says now; see {copy} and, if the change is meant, copy it there");
        }
    }
}
