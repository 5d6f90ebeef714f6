using System.Globalization;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Diagnosis;

/// <summary>Log lines of the last while. The kernel's ring reaches back to the boot, so an old line says nothing about now.</summary>
internal static class RecentLog
{
    /// <summary>Lines that are at most so old by the host's own clocks, oldest first. A line whose age cannot be told is left out.</summary>
    public static IEnumerable<LogEntry> Of(HostView view, EvidenceSource<LogFacts> source, TimeSpan window)
        => view.Optional(source)?.Entries.Where(entry => AgeOf(view, entry) is { } age && age <= window) ?? [];

    /// <summary>How old a line is; <see langword="null"/> when neither clock tells. Never negative.</summary>
    public static TimeSpan? AgeOf(HostView view, LogEntry entry)
    {
        var self = view.Optional(SelfEvidence.Source);
        TimeSpan? age = entry switch
        {
            { UptimeSeconds: { } uptime } when self is not null => TimeSpan.FromSeconds(Math.Clamp(self.UptimeSeconds - uptime, -1e9, 1e9)),
            { At: { } at } => (self?.HostClock ?? view.ObservedAt) - at,
            _ => null,
        };
        return age < TimeSpan.Zero ? TimeSpan.Zero : age;
    }

    /// <summary>The line as evidence, short, with its age in minutes.</summary>
    public static EvidenceLine Line(HostView view, string section, LogEntry entry)
    {
        var text = entry.Message.Length <= 160 ? entry.Message : entry.Message[..160] + "...";
        var minutes = (AgeOf(view, entry) ?? TimeSpan.Zero).TotalMinutes;
        return new(section, string.Create(CultureInfo.InvariantCulture, $"\"{text}\" {minutes:0} min ago"));
    }

    /// <summary>Whether a text names a link as a whole word: <c>eno2</c> is not in <c>eno21</c>.</summary>
    public static bool Names(string text, string link)
    {
        for (var at = text.IndexOf(link, StringComparison.Ordinal); at >= 0; at = text.IndexOf(link, at + 1, StringComparison.Ordinal))
        {
            var end = at + link.Length;
            if ((at == 0 || !IsWord(text[at - 1])) && (end == text.Length || !IsWord(text[end])))
            {
                return true;
            }
        }

        return false;

        static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.';
    }
}
