using ChatOpsBot.Application.Commands;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Chat;

/// <summary>How closely a caller is looked at.</summary>
public enum CallerCheck
{
    /// <summary>Who it is; for what only tells something.</summary>
    Known,

    /// <summary>Also whether it is a guest, a bot, somebody who has left, or a channel shared with another company.</summary>
    Trusted,

    /// <summary>The same, asked at this moment.</summary>
    TrustedNow,
}

/// <summary>What a command line asks of its surface.</summary>
public static class CallerChecks
{
    /// <summary>Commands that only tell something do not need to be asked about at the platform.</summary>
    public static CallerCheck For(string line)
    {
        if (CommandLine.Read(line, out var words) is not null || ChatCommands.Find(words.Take() ?? PolicyCommand.Help.Word()) is not { } command)
        {
            return CallerCheck.Known;
        }

        return command.Command switch
        {
            PolicyCommand.Help or PolicyCommand.WhoAmI or PolicyCommand.WhyNot or PolicyCommand.Status or PolicyCommand.Incidents or PolicyCommand.Hosts or PolicyCommand.Runbooks
                or PolicyCommand.Explain or PolicyCommand.Transcript => CallerCheck.Known,
            PolicyCommand.Approve or PolicyCommand.Deny or PolicyCommand.BreakGlass or PolicyCommand.Review or PolicyCommand.Cancel => CallerCheck.TrustedNow,
            _ => CallerCheck.Trusted,
        };
    }

    /// <summary>Whether the answer to the line is a card of its own.</summary>
    public static bool ShowsCard(string line) => CommandLine.Read(line, out var words) is null && ChatCommands.Find(words.Take() ?? "")?.Command == PolicyCommand.Status;
}
