using System.Globalization;

namespace ChatOpsBot.Application.Wording;

/// <summary>Durations as people write them in settings, inventory and policy: <c>500ms</c>, <c>10s</c>, <c>2m</c>, <c>1h</c>, <c>00:00:10</c> or plain seconds.</summary>
public static class DurationText
{
    /// <summary>What to write, for messages.</summary>
    public const string Examples = "a duration such as 10s, 2m, 00:00:10 or plain seconds";

    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>Reads a duration that is longer than nothing and at most a week.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="duration">The duration; zero on failure.</param>
    /// <param name="what">What is wrong with the text; empty on success.</param>
    public static bool TryParse(string text, out TimeSpan duration, out string what)
    {
        duration = default;
        var word = text.Trim();
        if (Read(word) is not { } read)
        {
            what = $"\"{text}\" is not a duration";
            return false;
        }

        what = read < TimeSpan.Zero ? $"\"{text}\" is negative"
            : read == TimeSpan.Zero ? $"\"{text}\" leaves no time at all"
            : read > Longest ? $"\"{text}\" is longer than 7 days"
            : "";
        duration = what.Length == 0 ? read : default;
        return what.Length == 0;
    }

    /// <summary>The shortest form that <see cref="TryParse"/> reads back.</summary>
    public static string Format(TimeSpan duration) => duration switch
    {
        { Ticks: var ticks } when ticks % TimeSpan.TicksPerSecond != 0 => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.####}ms"),
        { TotalSeconds: >= 60 } when duration.TotalSeconds % 60 == 0 => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMinutes:0}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0}s"),
    };

    private static TimeSpan? Read(string word)
    {
        if (word.Contains(':'))
        {
            return TimeSpan.TryParse(word, CultureInfo.InvariantCulture, out var clock) ? clock : null;
        }

        var (digits, unit) = word switch
        {
            _ when word.EndsWith("ms", StringComparison.Ordinal) => (word[..^2], 0.001),
            _ when word.EndsWith('s') => (word[..^1], 1),
            _ when word.EndsWith('m') => (word[..^1], 60),
            _ when word.EndsWith('h') => (word[..^1], 3600),
            _ => (word, 1.0),
        };
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (!double.TryParse(digits, style, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
        {
            return null;
        }

        // Beyond what a TimeSpan holds: still a duration, only too long (or too negative), and reported as that.
        var seconds = Math.Clamp(number * unit, -1e9, 1e9);
        return TimeSpan.FromSeconds(seconds);
    }
}
