using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ChatOpsBot.Domain.Guard;

/// <summary>What the guard program printed, understood or not. Reading it never throws: the host may be full, slow or hostile.</summary>
public abstract record GuardAnswer
{
    private const int TextCap = 4000; // of guard.sh: bytes kept of one text

    private GuardAnswer()
    {
    }

    /// <summary>Reads standard output. What comes before the program's first line (a banner, a lecture of sudo) is skipped.</summary>
    public static GuardAnswer Read(ReadOnlyMemory<byte> stdout)
    {
        var cursor = new Cursor(stdout);
        string? line;
        do
        {
            line = cursor.Line();
        }
        while (line is not null && line != "cob-guard 1");
        if (line is null)
        {
            return new Garbled("the host did not answer as the guard does");
        }

        var reports = ImmutableArray.CreateBuilder<GuardReport>();
        for (line = cursor.Line(); line is not null && line != "end";)
        {
            if (!line.StartsWith("plan ", StringComparison.Ordinal))
            {
                return new Garbled($"the guard's answer has an unexpected line: {Short(line)}");
            }

            if (Plan(line[5..], ref cursor, out line) is not { } report)
            {
                return new Garbled("the guard answered with an unknown status");
            }

            reports.Add(report);
        }

        return line is null ? new Garbled("the guard's answer is cut off") : new Understood(reports.ToImmutable());
    }

    // Reads the lines of one plan; next is the line behind them.
    private static GuardReport? Plan(string id, ref Cursor cursor, out string? next)
    {
        var fields = new Dictionary<string, string>();
        for (next = cursor.Line(); next is not null && Key(next) is "status" or "state" or "watchdog" or "runner" or "refused" or "uptime" or "left"; next = cursor.Line())
        {
            fields[Key(next)] = next[Math.Min(next.Length, Key(next).Length + 1)..];
        }

        var records = ImmutableArray.CreateBuilder<GuardRecord>();
        var damaged = false;
        for (; next is not null && next != "end" && Key(next) != "plan"; next = cursor.Line())
        {
            if (next.Length == 0)
            {
                continue; // ends a record that was cut off when the disk was full
            }

            var here = cursor;
            if (Record(next, ref cursor) is { } record)
            {
                records.Add(record);
            }
            else
            {
                damaged = true; // look for the next one line by line
                cursor = here;
            }
        }

        var (words, state) = (fields.GetValueOrDefault("status", ""), fields.GetValueOrDefault("state", ""));
        const string Applying = "applying-";
        var status = words.StartsWith(Applying, StringComparison.Ordinal) ? GuardStatus.Applying : GuardStatusNames.Parse(words);
        return status is null
            ? null
            : new()
            {
                Plan = id,
                Status = status.Value,
                Step = state.StartsWith(Applying, StringComparison.Ordinal) ? Natural(state[Applying.Length..]) : null,
                WatchdogAlive = fields.GetValueOrDefault("watchdog") == "yes",
                StepsRunning = fields.GetValueOrDefault("runner") == "yes",
                Refusal = fields.TryGetValue("refused", out var refused) ? Refusal(refused) : null,
                Uptime = Hundredths(Number(fields.GetValueOrDefault("uptime", ""))) ?? TimeSpan.Zero,
                Left = Hundredths(Number(fields.GetValueOrDefault("left", ""))),
                Records = records.ToImmutable(),
                RecordsDamaged = damaged,
            };
    }

    private static GuardRecord? Record(string line, ref Cursor cursor)
    {
        var words = line.Split(' ');
        if (words is not ["record", var at, var kind, var step, var code, var expected, var found]
            || Hundredths(Number(at)) is not { } uptime || Natural(step) is not { } number || Natural(code) is not { } exit
            || Natural(expected) is not { } expectedLength || Natural(found) is not { } foundLength
            || cursor.Text(Math.Min(expectedLength, TextCap)) is not { } first || cursor.Text(Math.Min(foundLength, TextCap)) is not { } second)
        {
            return null;
        }

        return new(uptime, RecordKind(kind), number, exit, first, second, Math.Max(expectedLength, foundLength) > TextCap);
    }

    private static GuardRecordKind RecordKind(string word) => word switch
    {
        "armed" => GuardRecordKind.Armed,
        "unprotected" => GuardRecordKind.Unprotected,
        "extended" => GuardRecordKind.Extended,
        "started" => GuardRecordKind.Started,
        "ran" => GuardRecordKind.Ran,
        "failed" => GuardRecordKind.Failed,
        "drift" => GuardRecordKind.Drift,
        "committed" => GuardRecordKind.Committed,
        "fired" => GuardRecordKind.Fired,
        "untouched" => GuardRecordKind.Untouched,
        "undone" => GuardRecordKind.Undone,
        "gone" => GuardRecordKind.Gone,
        "conflict" => GuardRecordKind.Conflict,
        "undo-failed" => GuardRecordKind.UndoFailed,
        _ => GuardRecordKind.Other,
    };

    private static GuardRefusal Refusal(string words)
    {
        var code = Key(words);
        var kind = code switch
        {
            "busy" => GuardRefusalKind.Busy,
            "fenced" => GuardRefusalKind.Fenced,
            "machine" => GuardRefusalKind.Machine,
            "cannot-write" => GuardRefusalKind.CannotWrite,
            "garbled" => GuardRefusalKind.Garbled,
            "no-watchdog" => GuardRefusalKind.NoWatchdog,
            "no-runner" => GuardRefusalKind.NoRunner,
            "locked" => GuardRefusalKind.Locked,
            "state" => GuardRefusalKind.State,
            _ => GuardRefusalKind.Other,
        };
        return new(kind, words[Math.Min(words.Length, code.Length + 1)..]);
    }

    private static string Key(string line) => line.IndexOf(' ', StringComparison.Ordinal) is var space and >= 0 ? line[..space] : line;

    private static long? Number(string text)
        => text.Length <= 12 && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static int? Natural(string text) => Number(text) is { } number && number is >= 0 and <= int.MaxValue ? (int)number : null;

    private static TimeSpan? Hundredths(long? number) => number is { } value ? TimeSpan.FromTicks(value * (TimeSpan.TicksPerSecond / 100)) : null;

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";

    /// <summary>A whole answer.</summary>
    /// <param name="Reports">One, or of a list one for every plan.</param>
    public sealed record Understood(ImmutableArray<GuardReport> Reports) : GuardAnswer;

    /// <summary>No answer of the guard, or only part of one: the outcome of the operation is not known.</summary>
    /// <param name="Problem">In words.</param>
    public sealed record Garbled(string Problem) : GuardAnswer;

    private struct Cursor(ReadOnlyMemory<byte> rest)
    {
        private ReadOnlyMemory<byte> _rest = rest;

        // A line without its newline; null when no whole line is left.
        public string? Line()
        {
            var end = _rest.Span.IndexOf((byte)'\n');
            return end < 0 ? null : Text(end);
        }

        // That many bytes and the newline behind them; null when they are not there.
        public string? Text(int length)
        {
            if (_rest.Length <= length || _rest.Span[length] != '\n')
            {
                return null;
            }

            var text = Encoding.UTF8.GetString(_rest.Span[..length]);
            _rest = _rest[(length + 1)..];
            return text;
        }
    }
}
