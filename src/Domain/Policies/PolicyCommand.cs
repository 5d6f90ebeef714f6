using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Policies;

/// <summary>The commands that a policy tells apart.</summary>
public enum PolicyCommand
{
    /// <summary>Open or join a host's incident and diagnose.</summary>
    Check,

    /// <summary>Read the host of an incident again.</summary>
    Recheck,

    /// <summary>Follow a frame hop by hop.</summary>
    Trace,

    /// <summary>Explain a fault.</summary>
    Explain,

    /// <summary>Show where an incident stands.</summary>
    Status,

    /// <summary>List incidents.</summary>
    Incidents,

    /// <summary>Read a transcript.</summary>
    Transcript,

    /// <summary>Plan a named runbook.</summary>
    Run,

    /// <summary>List runbooks.</summary>
    Runbooks,

    /// <summary>Stop an incident.</summary>
    Cancel,

    /// <summary>Write a note into an incident.</summary>
    Note,

    /// <summary>List hosts.</summary>
    Hosts,

    /// <summary>Say yes to a plan.</summary>
    Approve,

    /// <summary>Say no to a plan.</summary>
    Deny,

    /// <summary>Act alone in an emergency.</summary>
    BreakGlass,

    /// <summary>Look at what another did alone.</summary>
    Review,

    /// <summary>List the commands.</summary>
    Help,

    /// <summary>Say who the asker is.</summary>
    WhoAmI,

    /// <summary>Say which rule allows or refuses a command.</summary>
    WhyNot,
}

/// <summary>The words of the commands as people and policy files write them.</summary>
public static class PolicyCommandWords
{
    /// <summary>Commands that a rule can allow with <c>may:</c>. The others are given by <c>approvals:</c> and <c>breakGlass:</c>, or answer everybody.</summary>
    public static ImmutableArray<PolicyCommand> Grantable { get; } =
    [
        PolicyCommand.Check, PolicyCommand.Recheck, PolicyCommand.Trace, PolicyCommand.Explain, PolicyCommand.Status, PolicyCommand.Incidents,
        PolicyCommand.Transcript, PolicyCommand.Run, PolicyCommand.Runbooks, PolicyCommand.Cancel, PolicyCommand.Note, PolicyCommand.Hosts,
    ];

    /// <summary>The word of a command: <c>check</c>, <c>why-not</c>.</summary>
    public static string Word(this PolicyCommand command) => command switch
    {
        PolicyCommand.BreakGlass => "break-glass",
        PolicyCommand.WhyNot => "why-not",
        _ => command.ToString().ToLowerInvariant(),
    };

    /// <summary>The command of a word, in exactly this spelling.</summary>
    public static PolicyCommand? Find(string word)
    {
        foreach (var command in Enum.GetValues<PolicyCommand>())
        {
            if (command.Word() == word)
            {
                return command;
            }
        }

        return null;
    }
}
