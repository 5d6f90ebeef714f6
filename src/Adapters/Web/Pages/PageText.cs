using System.Globalization;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Adapters.Web.Pages;

/// <summary>Words that several pages use.</summary>
internal static class PageText
{
    /// <summary>A moment for machines.</summary>
    public static string Machine(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A moment for people: UTC, since several people in several places read the same page.</summary>
    public static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>Only the time of the day.</summary>
    public static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>How long until then: <c>29 min 30 s</c>; <c>over</c> when it has passed.</summary>
    public static string Until(DateTimeOffset at, DateTimeOffset now) => (at - now) switch
    {
        { Ticks: <= 0 } => "over",
        { TotalHours: >= 1 } left => string.Create(CultureInfo.InvariantCulture, $"{(int)left.TotalHours} h {left.Minutes} min"),
        { TotalMinutes: >= 1 } left => string.Create(CultureInfo.InvariantCulture, $"{left.Minutes} min {left.Seconds} s"),
        var left => string.Create(CultureInfo.InvariantCulture, $"{left.Seconds} s"),
    };

    /// <summary>How long it took.</summary>
    public static string Took(TimeSpan span) => span.TotalSeconds < 10
        ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s");

    /// <summary>What a risk means.</summary>
    public static string Meaning(Risk risk) => risk switch
    {
        Risk.D0 => "interrupts nothing",
        Risk.D1 => "interrupts one guest for seconds",
        Risk.D2 => "interrupts every guest of the bridge for seconds",
        _ => "interrupts the host itself, our own session included",
    };

    /// <summary>The colour class of a state.</summary>
    public static string Tone(string state) => state switch
    {
        "healthy" or "resolved" => "good",
        "awaiting-approval" or "escalated" => "ask",
        "declined" or "expired" or "cancelled" => "dull",
        "reverted" or "unreachable" => "warn",
        "revert-failed" => "bad",
        _ => "live",
    };

    /// <summary>One sentence that says where an incident stands.</summary>
    public static string Headline(Incident incident) => incident.Problem ?? incident.State switch
    {
        IncidentState.Observing { Planning: true } => "A plan is being made.",
        IncidentState.Observing => "The host is being read.",
        IncidentState.AwaitingApproval => "A repair is ready and waits for approval.",
        IncidentState.Applying { Begun: false } => "The repair was approved and is about to begin.",
        IncidentState.Applying => "The repair is running under its guard.",
        IncidentState.Verifying => "The repair ran and is being verified.",
        IncidentState.Reverting state => $"The repair is being taken back: {state.Why}",
        IncidentState.Watching => "The repair is in place; the guest was not yet seen to get its address.",
        IncidentState.Escalated state => state.Question,
        IncidentState.Ended state => state.Why,
        _ => "",
    };

    /// <summary>An enumeration's word.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum
        => value.ToString().ToLowerInvariant();
}
