using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Commands;

/// <summary>A command that the interface names and this release does not have. It says so, and help does not offer it.</summary>
internal sealed class LaterCommand : ChatCommand
{
    private readonly string _instead;

    private LaterCommand(PolicyCommand command, string usage, string example, string summary, string instead)
    {
        Command = command;
        Usage = usage;
        Example = example;
        Summary = summary;
        _instead = instead;
    }


    public static LaterCommand BreakGlass { get; } = new(
        PolicyCommand.BreakGlass, "break-glass INCIDENT REASON", "break-glass I-42 nobody answers", "approve alone in an emergency", "ask the approvers that the card names");

    public override PolicyCommand Command { get; }

    public override string Usage { get; }

    public override string Example { get; }

    public override string Summary { get; }

    public override bool IsOffered => false;

    internal override Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken)
        => Task.FromResult<Prepared>(new Prepared.NotUnderstood($"{Command.Word()} comes with a later release; meanwhile {_instead}", "help"));
}
