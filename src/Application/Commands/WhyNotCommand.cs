using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Commands;

/// <summary><c>why-not</c>: says which rule allows or refuses a command, without performing it.</summary>
internal sealed class WhyNotCommand : ChatCommand
{
    public override PolicyCommand Command => PolicyCommand.WhyNot;

    public override string Usage => "why-not COMMAND...";

    public override string Example => "why-not approve I-42";

    public override string Summary => "show which rule allows or refuses you a command";

    internal override async Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken)
    {
        if (call.Line.Take() is not { } word)
        {
            return Wrong("the command is missing");
        }

        if (ChatCommands.Find(word) is not { } command)
        {
            return Wrong($"there is no command {Arguments.Shown(word)}{NearestWord.Hint(word, ChatCommands.All.Select(known => known.Command.Word()))}");
        }

        if (command is WhyNotCommand)
        {
            return Tell(call, () => "why-not answers everybody");
        }

        // A stranger is answered before any name is looked up: which hosts and incidents exist is not for everybody.
        if (call.Configuration.Policy.Find(call.Person) is null)
        {
            return Tell(call, () => Text(command, PolicyJudge.Judge(call.Configuration.Policy, Ask(call, command))));
        }

        var prepared = await command.PrepareAsync(call, cancellationToken);
        return prepared is Prepared.Ready ready ? Tell(call, () => Text(command, PolicyJudge.Judge(call.Configuration.Policy, ready.Question))) : prepared;
    }

    private static PolicyQuestion Ask(CommandCall call, ChatCommand command) => new() { Person = call.Person, Command = command.Command };

    private static string Text(ChatCommand command, PolicyAnswer answer) => answer switch
    {
        PolicyAnswer.Allowed allowed => $"you may {command.Command.Word()}: {allowed.Rule}",
        PolicyAnswer.NeedsApprovals needs => $"you may {command.Command.Word()}, and {needs.Requirement.Quorum} from {string.Join(", ", needs.Requirement.From)} have to approve: {needs.Requirement.Rule}",
        PolicyAnswer.Refused refused => $"you may not {command.Command.Word()}: {refused.Rule}: {refused.Sentence}; {refused.Remedy}",
        _ => "the policy has no answer",
    };
}
