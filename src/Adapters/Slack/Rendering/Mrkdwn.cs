using System.Text;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Adapters.Slack.Rendering;

/// <summary>Makes text safe for the places that Slack parses.</summary>
internal static class Mrkdwn
{
    /// <summary>What is put where something was left out.</summary>
    public const string Cut = TextCut.Mark;

    /// <summary>The three characters that Slack reads as something else, each once; controls and invisible ones by their number.</summary>
    public static string Escape(string text) => new StringBuilder(Harmless.Visible(text)).Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").ToString();

    /// <summary>Escapes and cuts, never inside an entity or between the parts of one visible character.</summary>
    public static string Escape(string text, int longest)
    {
        var all = Escape(text);
        if (all.Length <= longest)
        {
            return all;
        }

        var kept = new StringBuilder(longest);
        foreach (var piece in TextCut.Graphemes(Harmless.Visible(text)))
        {
            var safe = Escape(piece);
            if (kept.Length + safe.Length + Cut.Length > longest)
            {
                break;
            }

            kept.Append(safe);
        }

        return kept.Append(Cut).ToString();
    }
}
