using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>Log lines of a host.</summary>
/// <param name="Entries">Oldest first; empty means that nothing was logged, not that nothing happened.</param>
/// <param name="Origin"><c>journal</c>, <c>dmesg</c> or <c>syslog</c>.</param>
/// <param name="IsCut">The limit of lines was reached, so older lines of the window are not here.</param>
public sealed record LogFacts(ImmutableArray<LogEntry> Entries, string Origin, bool IsCut);

/// <summary>One log line.</summary>
/// <param name="At">Wall clock of the host; <see langword="null"/> where the log does not say.</param>
/// <param name="UptimeSeconds">Seconds since boot; <see langword="null"/> where the log does not say.</param>
/// <param name="Priority">syslog level, 0 emergency to 7 debug.</param>
/// <param name="Unit">systemd unit or program.</param>
/// <param name="Message">The text; a message is one entry however many lines it has.</param>
public sealed record LogEntry(DateTimeOffset? At, double? UptimeSeconds, int? Priority, string? Unit, string Message);

/// <summary>Reads the forms in which hosts hand out their logs. A line that cannot be read is left out; logs hold whatever programs write.</summary>
internal static partial class LogReading
{
    /// <summary>Lines that one section takes at most.</summary>
    public const int Limit = 4000;

    /// <summary>
    /// A <c>sed</c> script that takes the values out of what looks like a secret in a message; it leaves the quotes of JSON alone.
    /// </summary>
    public const string Mask = """s/(passw(or)?d|passphrase|psk|secret|token|api[_-]?key|credentials?)([=:]+ *)(\\?["]?)[^]," \\}]+/\1\3\4***/gI""";

    /// <summary>Turns the part of a log command into the fact.</summary>
    public static FactReading<LogFacts> Read(SectionOutput section)
    {
        var part = section.Parts[^1];
        if (SectionProblem.Reason(part) is { } reason)
        {
            return new FactReading<LogFacts>.Missing(reason);
        }

        // The exit code is the pipe's last command's; a log tool that failed has written why and no line.
        if (part.Stdout.IsEmpty && part.ErrorLine.Length > 0)
        {
            return new FactReading<LogFacts>.Missing(part.ErrorLine);
        }

        ImmutableArray<LogEntry> entries = part.Name switch
        {
            "journal" => [.. Lines(part.Text).Select(FromJournal).OfType<LogEntry>()],
            // The ring is not cut on the host.
            "dmesg" => [.. Lines(part.Text).TakeLast(Limit).Select(FromKernelRing).OfType<LogEntry>()],
            _ => [.. Lines(part.Text).Select(FromSyslog).OfType<LogEntry>()],
        };
        return new FactReading<LogFacts>.Known(new(entries, part.Name, entries.Length >= Limit));
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static LogEntry? FromJournal(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var entry = json.RootElement;
            if (Value(entry, "MESSAGE") is not { } message)
            {
                return null;
            }

            var wall = Microseconds(entry, "__REALTIME_TIMESTAMP");
            var uptime = Microseconds(entry, "_SOURCE_MONOTONIC_TIMESTAMP") ?? Microseconds(entry, "__MONOTONIC_TIMESTAMP");
            return new(
                wall is >= 0 and < 253_402_300_799_000_000 ? DateTimeOffset.UnixEpoch.AddMicroseconds(wall.Value) : null,
                uptime / 1e6,
                int.TryParse(Value(entry, "PRIORITY"), out var priority) ? priority : null,
                Value(entry, "UNIT") ?? Value(entry, "_SYSTEMD_UNIT") ?? Value(entry, "SYSLOG_IDENTIFIER"),
                message);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // A field that occurs twice is an array of its values, one that is not UTF-8 an array of its bytes.
    private static string? Value(JsonElement entry, string field) => entry.Field(field) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Array } array when array.GetArrayLength() > 0 => array[0].ValueKind == JsonValueKind.Number ? Bytes(array) : array[0].ToString(),
        _ => null,
    };

    private static string Bytes(JsonElement array)
        => Encoding.UTF8.GetString([.. from item in array.EnumerateArray() select item.ValueKind == JsonValueKind.Number && item.TryGetByte(out var value) ? value : (byte)'?']);

    private static long? Microseconds(JsonElement entry, string field)
        => long.TryParse(Value(entry, field), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static LogEntry? FromKernelRing(string line)
    {
        var match = KernelLine().Match(line);
        if (!match.Success)
        {
            return null;
        }

        // The number is facility * 8 + level.
        int? level = int.TryParse(match.Groups[1].Value, out var code) ? code & 7 : null;
        double? uptime = double.TryParse(match.Groups[2].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
        return new(null, uptime, level, "kernel", match.Groups[3].Value);
    }

    private static LogEntry? FromSyslog(string line)
    {
        // RFC 3339 time, or "Nov 22 11:30:00", which has neither year nor zone and so is no point in time.
        var match = SyslogLine().Match(line);
        return !match.Success ? null
            : new(
                DateTimeOffset.TryParse(match.Groups[1].Value, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at : null,
                null,
                null,
                match.Groups[2].Value,
                match.Groups[3].Value);
    }

    [GeneratedRegex(@"^<(\d{1,4})>(?:\[ *(\d+\.\d+)\] ?)?(.*)$", RegexOptions.None, 1000)]
    private static partial Regex KernelLine();

    [GeneratedRegex(@"^(?:(\d{4}-\d\d-\d\dT\S+)|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) \S+ ([^\s\[:]+)(?:\[\d+\])?: (.*)$", RegexOptions.None, 1000)]
    private static partial Regex SyslogLine();
}
