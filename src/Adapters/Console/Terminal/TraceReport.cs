using System.Globalization;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.FramePath;
using Spectre.Console;

namespace ChatOpsBot.Adapters.Console.Terminal;

/// <summary>A trace as a person reads it in a terminal: the answer first, then hop by hop with the rule or setting that decides.</summary>
/// <param name="writer">Where to.</param>
public sealed class TraceReport(ReportWriter writer)
{
    /// <summary>Writes an answer that was found.</summary>
    public void Write(TraceOutcome.Traced traced, TraceAnswer.Followed followed)
    {
        foreach (var (index, path) in followed.Paths.Index())
        {
            if (index > 0)
            {
                writer.Blank();
            }

            writer.Line(0, new Run($"{traced.Host} {path.Guest}:", Look.Strong), new Run(TraceText.Word(path.Verdict).ToUpperInvariant(), LookOf(path.Verdict)), TraceText.Sentence(path));
            WriteLeg(path.Discover, "");
            if (path.Offer is { } offer)
            {
                WriteLeg(offer, path.Discover.Verdict == HopVerdict.Stops ? "if there were one" : "");
            }
        }

        writer.Blank();
        writer.Line(0, new Run(string.Create(
            CultureInfo.InvariantCulture, $"read in {traced.Duration.TotalMilliseconds:0} ms at {traced.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC; nothing was sent"), Look.Quiet));
    }

    /// <summary>Writes why a host could not be read.</summary>
    public void Write(string host, string message)
    {
        writer.Line(0, new Run($"{host}:", Look.Strong), new Run("UNREACHABLE", Look.Bad));
        foreach (var line in HostText.Lines(message).Split('\n'))
        {
            writer.Whole(2, line);
        }
    }

    private void WriteLeg(PathLeg leg, string remark)
    {
        writer.Blank();
        writer.Line(0, new Run(leg.Frame, Look.Strong), new Run(remark, Look.Quiet));
        foreach (var hop in leg.Hops)
        {
            writer.Line(2, new Run(TraceText.Mark(hop.Verdict), LookOf(hop.Verdict)), new Run(hop.Device, Look.Strong), new Run($"[{hop.Stage}]", Look.Quiet), hop.Does);
            if (hop.Evidence is { } evidence)
            {
                writer.Line(7, new Run(evidence.ToString(), Look.Quiet));
            }
        }
    }

    private static Style LookOf(HopVerdict verdict) => verdict switch { HopVerdict.Passes => Look.Good, HopVerdict.Stops => Look.Bad, _ => Look.Unsure };
}
