using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Commands;

/// <summary><c>incidents</c>: lists them, newest first.</summary>
internal sealed class IncidentsCommand : ChatCommand
{
    private const int Shown = 20;

    public override PolicyCommand Command => PolicyCommand.Incidents;

    public override string Usage => "incidents [open|HOST]";

    public override string Example => "incidents open";

    public override string Summary => "list incidents, newest first";

    internal override Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken) => Task.FromResult(Prepare(call));

    private Prepared Prepare(CommandCall call)
    {
        var word = call.Line.Take();
        if (Arguments.Rest(call) is { } rest)
        {
            return Wrong(rest);
        }

        // A host of the inventory may be called open; the word wins, as the usage says.
        return word switch
        {
            null => new Prepared.Ready(Ask(call), token => ListAsync(call, new() { Limit = 1000 }, token)),
            _ when word.Equals("open", StringComparison.OrdinalIgnoreCase) => new Prepared.Ready(Ask(call), token => ListAsync(call, new() { Open = true, Limit = 1000 }, token)),
            _ when call.Configuration.Inventory.Find(word) is { } host
                => new Prepared.Ready(Ask(call, host.Name), token => ListAsync(call, new() { Host = host.Name, Limit = Shown + 1 }, token)),
            _ => Wrong($"{Arguments.Shown(word)} is neither \"open\" nor a host{NearestWord.Hint(word, HostNames(call).Append("open"))}"),
        };
    }

    private IEnumerable<string> HostNames(CommandCall call) => call.Configuration.Inventory.Hosts.Select(host => host.Name).Where(name => call.May(Command, name));

    private async Task<CommandAnswer> ListAsync(CommandCall call, IncidentFilter filter, CancellationToken cancellationToken)
    {
        var lines = (await call.Services.Store.ListAsync(filter, cancellationToken)).Where(line => call.May(Command, line.Host)).Select(IncidentText.Line).ToArray();
        return new CommandAnswer.Done(lines.Length switch
        {
            0 => filter.Open == true ? "no incident is open" : "there is no incident yet",
            > Shown => string.Join('\n', [.. lines.Take(Shown), "there are more; name a host, or look at the web console"]),
            _ => string.Join('\n', lines),
        });
    }
}
