using System.Collections.Immutable;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Guard;

namespace ChatOpsBot.Application.Guarding;

/// <summary>What came of asking a host's guard. Every failure is a value.</summary>
public abstract record GuardReply
{
    private GuardReply()
    {
    }

    /// <summary>The host answered; whether it did as asked is in <see cref="GuardReport.Status"/> and <see cref="GuardReport.Refusal"/>.</summary>
    /// <param name="Report">Its answer.</param>
    /// <param name="Lost">How contact was lost during the operation, when the report is that of a later <c>status</c>; <see langword="null"/> when it is the operation's own answer.</param>
    public sealed record Answered(GuardReport Report, string? Lost = null) : GuardReply;

    /// <summary>The answer to a list.</summary>
    /// <param name="Reports">One for every plan the host remembers.</param>
    public sealed record Listed(ImmutableArray<GuardReport> Reports) : GuardReply;

    /// <summary>The plan cannot be given to a host; nothing was sent.</summary>
    /// <param name="Problems">Why; never empty.</param>
    public sealed record Unfit(ImmutableArray<string> Problems) : GuardReply;

    /// <summary>The host refused us before the operation began; nothing has changed on it.</summary>
    /// <param name="Kind">Why.</param>
    /// <param name="Message">A sentence for a person, with the remedy.</param>
    public sealed record NotStarted(ShellFailureKind Kind, string Message) : GuardReply;

    /// <summary>
    /// Nobody knows: contact was lost, or the answer cannot be read, and the host did not answer when asked again. A running repair finishes and the
    /// watchdog takes it back at the deadline; ask for the status later.
    /// </summary>
    /// <param name="Message">A sentence for a person.</param>
    public sealed record Unknown(string Message) : GuardReply;
}
