using System.Text;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>What virsh says when it fails: the general sentence on the first line, the cause on the second.</summary>
internal static class VirshError
{
    /// <summary>Both as one line for people.</summary>
    public static string Of(PartOutput part)
    {
        if (part.End != PartEnd.Exited)
        {
            return SectionProblem.Reason(part) ?? "no answer";
        }

        var lines = Encoding.UTF8.GetString(part.Stderr.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var text = string.Join(": ", lines.Take(2).Select(line => line.StartsWith("error: ", StringComparison.Ordinal) ? line[7..] : line));
        return text.Length is > 0 and <= 300 ? text : SectionProblem.Reason(part) ?? "it failed once and then answered";
    }
}
