namespace ChatOpsBot.Acceptance.Tests.Crash.Mishaps;

/// <summary>Somebody sets the clock of the bot's machine. An approval that was asked for may be too old by that.</summary>
/// <param name="Hours">By how much; negative for back.</param>
internal sealed record ClockJumps(int Hours) : Mishap
{
    public override string Name => Hours < 0 ? "clock-back" : "clock-ahead";

    public override TimeSpan Jump => TimeSpan.FromHours(Hours);

    public override IReadOnlyList<string> AlsoEnds => Hours < 0 ? [] : ["expired", "reverted", "escalated"];
}
