using System.Text;

namespace ChatOpsBot.Domain.Transcripts;

/// <summary>A transcript for people, in Markdown. Nothing that a host or a person wrote can become markup.</summary>
public static class TranscriptMarkdown
{
    private const string Special = "\\`*_{}[]()<>#+-.!|~&:@/";

    /// <summary>Renders it.</summary>
    public static string Render(Transcript transcript)
    {
        var page = new StringBuilder();
        page.Append("# Transcript of ").Append(transcript.Incident).Append("\n\n");
        foreach (var line in TranscriptSummary.Of(transcript))
        {
            page.Append("- **").Append(line.Label).Append("**: ").Append(Escape(line.Text)).Append('\n');
        }

        page.Append("\n## Timeline\n");
        foreach (var entry in TimelineEntry.Of(transcript))
        {
            page.Append("\n**").Append(entry.Seq).Append("** ")
                .Append(entry.At is { } at ? TranscriptSummary.Show(at) : "-").Append(' ').Append(Escape(entry.Text)).Append('\n');
            foreach (var block in entry.Blocks)
            {
                AppendBlock(page, Harmless.Visible(block));
            }
        }

        return page.ToString();
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var character in Harmless.Line(text))
        {
            // Addresses would be made links by many viewers; a backslash inside keeps them text and stays invisible.
            if (Special.Contains(character, StringComparison.Ordinal))
            {
                escaped.Append('\\');
            }

            escaped.Append(character);
        }

        return escaped.ToString();
    }

    /// <summary>The fence is longer than any run of its character inside, so the block cannot end early.</summary>
    private static void AppendBlock(StringBuilder page, string text)
    {
        var longest = 0;
        var run = 0;
        foreach (var character in text)
        {
            run = character == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        var fence = new string('`', Math.Max(3, longest + 1));
        page.Append('\n').Append(fence).Append("text\n").Append(text.TrimEnd('\n')).Append('\n').Append(fence).Append('\n');
    }
}
