using System.Collections.Immutable;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Domain.Transcripts;
using ChatOpsBot.Support;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Domain.Tests.Transcripts;

/// <summary>
/// Whole transcripts as people get them, compared with files that were read by a person. After a wanted change, look at what the failed test wrote
/// into the folder <c>received</c> beside the test program and copy it.
/// </summary>
public class TranscriptGoldenTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var story in (string[])["resolved", "kept-then-resolved", "revert-failed", "declined", "escalated"])
            {
                foreach (var form in (string[])["md", "html", "txt"])
                {
                    // One story in every form; of the others only what a terminal shows.
                    if (story == "resolved" || form == "txt")
                    {
                        cases.Add(story, form);
                    }
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Render_Story_IsAsTheFile(string story, string form)
    {
        var transcript = Transcript(story);
        var rendered = form switch { "md" => TranscriptMarkdown.Render(transcript), "html" => TranscriptHtml.Render(transcript), _ => TranscriptText.Render(transcript) };

        var received = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "received"));
        File.WriteAllText(Path.Combine(received.FullName, $"{story}.{form}"), rendered);
        var golden = RepositoryFiles.At("tests", "Fixtures", "transcripts", $"{story}.{form}");
        Assert.True(File.Exists(golden), $"{golden} does not exist");
        Assert.Equal(File.ReadAllText(golden), rendered);
    }

    private static Transcript Transcript(string story)
    {
        var events = TranscriptTests.Chain([.. Story(story)]);
        return new(new(42), events, ImmutableSortedDictionary<string, ReadOnlyMemory<byte>>.Empty, story == "declined" ? null : new("0123456789abcdef0123", "c2lnbmF0dXJl"));
    }

    private static IEnumerable<IncidentEvent> Story(string story)
    {
        var hash = PlanHash.Of(Plan());
        IncidentEvent step = new IncidentEvent.StepReported(
            At(3), "i-1-1", 1, StepPart.Run, ["ip", "link", "set", "dev", "eno2", "master", "br0"], 0, new("", null));
        IncidentEvent[] repaired = [Opened, Fault(), Proposed(), Approved(Bo), GuardSaid(GuardStatus.Armed), step, GuardSaid(GuardStatus.Applied)];
        return story switch
        {
            "resolved" => [.. repaired, Verified(VerifyOutcome.Done), GuardSaid(GuardStatus.Committed)],
            "kept-then-resolved" =>
            [
                .. repaired, Verified(VerifyOutcome.Kept), GuardSaid(GuardStatus.Committed),
                new IncidentEvent.Observed(At(5), 2, IncidentSamples.Diagnosis(ChatOpsBot.Domain.Diagnosis.OverallVerdict.Healthy), null), new IncidentEvent.AckSeen(At(9), "DHCPACK 10.0.0.7 for vm1 on vnet0"),
            ],
            "revert-failed" => [.. repaired, Verified(VerifyOutcome.Worse), GuardSaid(GuardStatus.RevertConflict)],
            "declined" => [Opened, Fault(), Proposed(), new IncidentEvent.NoteAdded(At(1.5), Cy, "rack 3 is\nbeing rewired"), new IncidentEvent.Denied(At(2), Bo, 1, hash, "not during backups")],
            _ => [Opened, Fault(1, Finding("nic.uplink-no-carrier", "eno2", repair: null))],
        };
    }
}
