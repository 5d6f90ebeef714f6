using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Commands;

/// <summary><c>whoami</c>: who the policy takes the asker for, with the ids that an administrator needs.</summary>
internal sealed class WhoAmICommand : ChatCommand
{
    public override PolicyCommand Command => PolicyCommand.WhoAmI;

    public override string Usage => "whoami";

    public override string Example => "whoami";

    public override string Summary => "show who you are to this service";

    internal override Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken) => Task.FromResult<Prepared>(
        Arguments.Rest(call) is { } rest ? Wrong(rest) : Tell(call, () => Text(call)));

    private static string Text(CommandCall call)
    {
        var person = call.Configuration.Policy.Find(call.Person);
        var lines = new List<string>
        {
            person is null
                ? "the policy does not know you; send these ids to an administrator, who adds them under people: in the policy file"
                : $"{person.Id} ({person.Name}), {(person.Groups.IsEmpty ? "in no group" : $"in {string.Join(", ", person.Groups)}")}",
        };
        lines.AddRange(call.Request.Identities.Select(identity => $"here: {identity}"));
        lines.AddRange((person?.Accounts ?? []).Select(account => $"account: {account}").Where(line => !call.Request.Identities.Any(identity => line.EndsWith(identity, StringComparison.Ordinal))));
        if (person?.ConsoleToken is not null)
        {
            lines.Add("account: console token");
        }

        return string.Join('\n', lines);
    }
}
