using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Commands;

/// <summary><c>help</c>: what the asker may do, and how it is written.</summary>
internal sealed class HelpCommand : ChatCommand
{
    public override PolicyCommand Command => PolicyCommand.Help;

    public override string Usage => "help [COMMAND]";

    public override string Example => "help check";

    public override string Summary => "show what you may do, or how a command is written";

    internal override Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken) => Task.FromResult(Prepare(call));

    private Prepared Prepare(CommandCall call)
    {
        var word = call.Line.Take();
        return Arguments.Rest(call) is { } rest ? Wrong(rest)
            : word is null ? Tell(call, () => All(call))
            : ChatCommands.Find(word) is { } command ? Tell(call, () => One(call, command))
            : Wrong($"there is no command {Arguments.Shown(word)}{NearestWord.Hint(word, ChatCommands.All.Select(known => known.Command.Word()))}");
    }

    private static string All(CommandCall call)
    {
        var lines = ChatCommands.All.Where(command => Answer(call, command) is not PolicyAnswer.Refused).Select(command => $"{command.Usage} - {command.Summary}").ToList();
        if (call.Configuration.Policy.Find(call.Person) is null)
        {
            lines.Add("The policy does not know you: send an administrator what whoami shows.");
        }

        return string.Join('\n', lines);
    }

    private static string One(CommandCall call, ChatCommand command) => string.Join('\n', command.Usage, command.Summary, $"for example: {command.Example}", Answer(call, command) switch
    {
        PolicyAnswer.Refused refused => $"you may not: {refused.Sentence} ({refused.Rule}); {refused.Remedy}",
        PolicyAnswer.Allowed allowed => $"you may ({allowed.Rule})",
        _ => "you may",
    });

    private static PolicyAnswer Answer(CommandCall call, ChatCommand command) => PolicyJudge.Judge(call.Configuration.Policy, new() { Person = call.Person, Command = command.Command });
}
