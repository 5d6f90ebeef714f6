namespace ChatOpsBot.Domain.Cards;

/// <summary>What goes on in an incident at this moment, finer than its state.</summary>
/// <param name="Activity">One of <c>read</c>, <c>plan</c>, <c>begin</c>, <c>apply</c>, <c>verify</c>, <c>commit</c>, <c>revert</c>, <c>watch</c>.</param>
/// <param name="Detail">The section, step or thing waited for; may hold text of the host.</param>
/// <param name="Done">How much of it is done.</param>
/// <param name="Total">Of how much; 0 when that is not known.</param>
public sealed record LiveStep(string Activity, string Detail, int Done, int Total);
