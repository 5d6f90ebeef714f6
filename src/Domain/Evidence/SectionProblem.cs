namespace ChatOpsBot.Domain.Evidence;

/// <summary>Turns the ways in which a whole section can fail to yield anything into readings, once for all sources.</summary>
internal static class SectionProblem
{
    /// <summary>The reading that follows from how the parts ended, or <see langword="null"/> when at least one part has output to parse.</summary>
    public static FactReading<T>? Of<T>(SectionOutput section)
    {
        if (section.Parts.IsEmpty)
        {
            return new FactReading<T>.Missing("the section printed nothing");
        }

        foreach (var part in section.Parts)
        {
            if (part.End == PartEnd.Absent)
            {
                return new FactReading<T>.Absent(part.ErrorLine);
            }
        }

        // A part without a name speaks for the whole section: what was read before it is not enough.
        foreach (var part in section.Parts)
        {
            if (part is { Name: "", End: PartEnd.Unread or PartEnd.NoPrivilege })
            {
                return new FactReading<T>.Missing(Reason(part) ?? "no usable output");
            }
        }

        foreach (var part in section.Parts)
        {
            if (part.End is PartEnd.Exited or PartEnd.Truncated)
            {
                return null;
            }
        }

        return new FactReading<T>.Missing(Reason(section.Parts[0]) ?? "no usable output");
    }

    /// <summary>Why one part has no usable output, as a person reads it; <see langword="null"/> when it ran to its end with exit code 0.</summary>
    public static string? Reason(PartOutput part) => part.End switch
    {
        PartEnd.Exited when part.ExitCode == 0 => null,
        PartEnd.Exited => part.ErrorLine.Length > 0 ? Told(part.ErrorLine) : $"exit code {part.ExitCode}",
        PartEnd.TimedOut => "took longer than its time limit",
        PartEnd.Truncated => "the output was larger than its cap",
        PartEnd.NotInstalled => part.ErrorLine.Length > 0 ? part.ErrorLine : "not installed",
        PartEnd.NoPrivilege => part.ErrorLine.Length > 0 ? part.ErrorLine : "needs root",
        PartEnd.Absent => part.ErrorLine,
        PartEnd.Unread => part.ErrorLine.Length > 0 ? part.ErrorLine : "could not be read",
        _ => "unknown end",
    };

    /// <summary>What a tool that does not know the options says is of little help by itself.</summary>
    private static string Told(string line)
        => line.StartsWith("BusyBox v", StringComparison.Ordinal) ? $"the tool is BusyBox's and cannot print what is needed, install the real one (iproute2 for ip, bridge and tc): {line}"
            : line.StartsWith("Option \"-", StringComparison.Ordinal) && line.Contains("\" is unknown, try \"", StringComparison.Ordinal) ? $"this version cannot print JSON, iproute2 of 2018 or newer can: {line}"
            : line;

    /// <summary>The text of a part that must have succeeded whole; otherwise the reason why it cannot be used.</summary>
    public static bool TryText(SectionOutput section, string part, out string text, out string reason)
    {
        text = "";
        reason = "";
        if (section.Part(part) is not { } found)
        {
            reason = "the section printed nothing";
            return false;
        }

        if (Reason(found) is { } why)
        {
            reason = why;
            return false;
        }

        text = found.Text;
        return true;
    }
}
