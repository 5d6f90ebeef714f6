using System.Net;
using System.Text;

namespace ChatOpsBot.Domain.Transcripts;

/// <summary>A transcript for people, as one HTML file without script, links or anything loaded from elsewhere.</summary>
public static class TranscriptHtml
{
    private const string Style = """
        body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;color:#1b1f24;background:#fff}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dt{font-weight:600}dd{margin:0}
        ol{list-style:none;padding:0}li{border-top:1px solid #d5dae0;padding:.5rem 0}time{color:#57606a;margin-right:.75rem}
        pre{background:#f4f6f8;padding:.5rem;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate}
        @media(max-width:40rem){dl{display:block}dd{margin-bottom:.5rem}}
        @media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}pre{background:#161b22}li{border-color:#30363d}time{color:#9aa4af}}
        """;

    /// <summary>Renders it. The page forbids itself scripts and everything external, should an escape ever be forgotten.</summary>
    public static string Render(Transcript transcript)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
            .Append("<title>Transcript of ").Append(transcript.Incident).Append("</title><style>").Append(Style).Append("</style></head><body>\n")
            .Append("<h1>Transcript of ").Append(transcript.Incident).Append("</h1>\n<dl>\n");
        foreach (var line in TranscriptSummary.Of(transcript))
        {
            page.Append("<dt>").Append(Escape(line.Label)).Append("</dt><dd>").Append(Escape(Harmless.Line(line.Text))).Append("</dd>\n");
        }

        page.Append("</dl>\n<h2>Timeline</h2>\n<ol>\n");
        foreach (var entry in TimelineEntry.Of(transcript))
        {
            page.Append("<li id=\"e").Append(entry.Seq).Append("\"><b>").Append(entry.Seq).Append("</b> ");
            if (entry.At is { } at)
            {
                page.Append("<time>").Append(TranscriptSummary.Show(at)).Append("</time>");
            }

            page.Append(Escape(Harmless.Line(entry.Text)));
            foreach (var block in entry.Blocks)
            {
                // The first line end after <pre> is dropped by browsers.
                page.Append("<pre>\n").Append(Escape(Harmless.Visible(block))).Append("</pre>");
            }

            page.Append("</li>\n");
        }

        return page.Append("</ol>\n</body></html>\n").ToString();
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
