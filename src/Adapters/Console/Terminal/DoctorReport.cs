using ChatOpsBot.Application.Commands;

namespace ChatOpsBot.Adapters.Console.Terminal;

/// <summary>An examination as a person reads it: a line a point, and under each gap what mends it.</summary>
/// <param name="writer">Where to.</param>
public sealed class DoctorReport(ReportWriter writer)
{
    /// <summary>Writes points under a heading.</summary>
    public void Write(string heading, IEnumerable<Point> points)
    {
        writer.Line(0, new Run(heading, Look.Strong));
        foreach (var point in points)
        {
            var (word, look) = point.State switch
            {
                PointState.Good => ("ok  ", Look.Good),
                PointState.Gap => ("GAP ", Look.Bad),
                _ => ("    ", Look.Quiet),
            };
            var lines = HostText.Lines(point.Text).Split('\n');
            writer.Marked(2, new Run(word, look), $"{point.Topic}: {lines[0]}");
            foreach (var line in lines.Skip(1))
            {
                writer.Whole(7, line);
            }

            if (point.Remedy is { } remedy)
            {
                writer.Whole(7, $"-> {remedy}");
            }
        }
    }
}
