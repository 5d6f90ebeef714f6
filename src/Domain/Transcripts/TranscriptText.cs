using System.Text;

namespace ChatOpsBot.Domain.Transcripts;

/// <summary>A transcript for a terminal: plain text without any control character but line ends and tabs.</summary>
public static class TranscriptText
{
    private const int LabelWidth = 19;

    /// <summary>Renders it.</summary>
    public static string Render(Transcript transcript)
    {
        var page = new StringBuilder();
        foreach (var line in TranscriptSummary.Of(transcript))
        {
            page.Append(line.Label.PadRight(LabelWidth)).Append(Harmless.Line(line.Text)).Append('\n');
        }

        foreach (var entry in TimelineEntry.Of(transcript))
        {
            page.Append('\n').Append(entry.Seq).Append(". ").Append(entry.At is { } at ? TranscriptSummary.Show(at) : "-").Append("  ").Append(Harmless.Line(entry.Text)).Append('\n');
            foreach (var line in entry.Blocks.SelectMany(block => Harmless.Visible(block).TrimEnd('\n').Split('\n')))
            {
                page.Append("    | ").Append(line).Append('\n');
            }
        }

        return page.ToString();
    }
}
