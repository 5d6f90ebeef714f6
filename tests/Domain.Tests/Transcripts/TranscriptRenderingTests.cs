using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Domain.Tests.Transcripts;

/// <summary>Host output and chat text are hostile wherever they stand.</summary>
public partial class TranscriptRenderingTests
{
    public static TheoryData<string> Hostile =>
    [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "</pre></li><h1>Forged</h1>",
        "```\n# Forged\n```",
        "`````\n[click](javascript:alert(1))",
        "# Forged\n- **Decided by**: the boss",
        "[click](http://evil.example) ![](http://evil.example/x.png)",
        "<http://evil.example> https://evil.example",
        "| a | b |\n|---|---|",
        "\u001b[2J\u001b]0;owned\u0007",
        "\u202egnp.exe\u2066",
        "zero\u200bwidth\ufeff",
        "line\r\noverwritten\rX",
        "&lt;script&gt; &amp; &#x3c;",
        "\ud800 lone surrogate",
        "@everyone <!channel> <@U1>",
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    [Trait("Requirement", "SEC-16")]
    public void Html_HostileTextEverywhere_StaysText(string hostile)
    {
        var html = TranscriptHtml.Render(Everywhere(hostile));

        Assert.Equal(
            ["body", "dd", "dl", "dt", "h1", "h2", "head", "html", "li", "meta", "ol", "pre", "style", "time", "title", "b"],
            Tags().Matches(html).Select(tag => tag.Groups[1].Value).Where(tag => tag != "").Distinct().OrderBy(tag => tag == "b").ThenBy(tag => tag, StringComparer.Ordinal));
        Assert.Single(Regex.Matches(html, "<h1>"));
        Assert.DoesNotContain(html, character => character is '\r' or '\u001b' or '\u0007' or '\u202e' or '\u2066' or '\u200b' or '\ufeff');
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    [Trait("Requirement", "SEC-16")]
    public void Markdown_HostileTextEverywhere_StaysText(string hostile)
    {
        var outside = OutsideFences(TranscriptMarkdown.Render(Everywhere(hostile)));

        Assert.Single(outside, line => line.StartsWith("# ", StringComparison.Ordinal));
        Assert.Single(outside, line => line.StartsWith("## ", StringComparison.Ordinal));
        Assert.Equal(10, outside.Count(line => line.StartsWith("- ", StringComparison.Ordinal)));
        Assert.All(outside, line => Assert.DoesNotMatch(@"(?<!\\)[<`\[|]|https?:(?!\\)//", line));
        Assert.DoesNotContain(string.Concat(outside), character => character is '\r' or '\u001b' or '\u202e' or '\u200b');
    }

    private static Transcript Everywhere(string hostile)
    {
        var finding = Finding(subject: hostile) with { Summary = hostile, Because = [new("e.link", hostile)] };
        var plan = Plan() with { Runbook = hostile, BlastRadius = [hostile] };
        plan = plan with { Steps = [plan.Steps[0] with { Name = hostile, Before = hostile, After = hostile, Run = ["ip", hostile], Read = [hostile], Undo = [hostile] }] };
        var events = TranscriptTests.Chain(
        [
            Opened with { By = new(hostile), Request = Opened.Request with { Host = hostile, Because = hostile, Focus = new(hostile, hostile) } },
            new IncidentEvent.Joined(At(1), new(hostile), Opened.Request with { Because = hostile }, null),
            Fault(1, finding), new IncidentEvent.NoteAdded(At(1), new(hostile), hostile) { Origin = new(hostile, ImmutableSortedDictionary<string, string>.Empty.Add("user", hostile), hostile) },
            Proposed(plan: plan with { Host = hostile }, requirement: Requirement() with { From = [hostile], Rule = hostile }),
            Approved(Bo) with { PlanHash = ChatOpsBot.Domain.Runbooks.PlanHash.Of(plan with { Host = hostile }) },
            new IncidentEvent.GuardReported(At(3), plan.Id, new() { Status = GuardStatus.Applied, Detail = hostile, Values = [new(hostile, hostile, hostile, hostile)] }),
            new IncidentEvent.StepReported(At(3), plan.Id, 1, StepPart.Run, ["ip", hostile], 1, new(hostile, null)),
            new IncidentEvent.Verified(At(4), plan.Id, VerifyOutcome.Done, [new(hostile, true, hostile)], [hostile]),
            new IncidentEvent.Unknown(default, hostile, "{}"u8.ToArray(), hostile),
        ]);
        return new(new(42), events, ImmutableSortedDictionary<string, ReadOnlyMemory<byte>>.Empty, null);
    }

    private static List<string> OutsideFences(string markdown)
    {
        var outside = new List<string>();
        string? fence = null;
        foreach (var line in markdown.Split('\n'))
        {
            var ticks = line.Length - line.TrimStart('`').Length;
            if (fence is null && ticks >= 3)
            {
                fence = new('`', ticks);
            }
            else if (fence is not null && line == fence)
            {
                fence = null;
            }
            else if (fence is null)
            {
                outside.Add(line);
            }
            else
            {
                Assert.False(ticks >= fence.Length && line.Trim('`').Length == 0, "the block ended early");
            }
        }

        Assert.Null(fence);
        return outside;
    }

    [GeneratedRegex("<([a-z0-9]*)[^>]*>")]
    private static partial Regex Tags();
}
