using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Commands;

/// <summary><c>hosts</c>: lists the hosts that the asker may see.</summary>
internal sealed class HostsCommand : ChatCommand
{
    private const int Shown = 100;

    public override PolicyCommand Command => PolicyCommand.Hosts;

    public override string Usage => "hosts [GROUP]";

    public override string Example => "hosts rack3";

    public override string Summary => "list the hosts, all or those of a group";

    internal override Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken) => Task.FromResult(Prepare(call));

    private Prepared Prepare(CommandCall call)
    {
        var group = call.Line.Take();
        return Arguments.Rest(call) is { } rest ? Wrong(rest)
            : group is not null && !call.Configuration.Inventory.Groups.ContainsKey(group)
                ? Wrong($"the inventory has no group {Arguments.Shown(group)}{NearestWord.Hint(group, call.Configuration.Inventory.Groups.Keys)}")
            : Tell(call, () => List(call, group));
    }

    private string List(CommandCall call, string? group)
    {
        var lines = call.Configuration.Inventory.Hosts
            .Where(host => (group is null || call.Configuration.HostOf(host.Name).Groups.Contains(group)) && call.May(Command, host.Name))
            .Select(host => host.Tags.IsEmpty ? host.Name : $"{host.Name} ({string.Join(", ", host.Tags)})")
            .ToArray();
        return lines.Length switch
        {
            0 => "there is no such host that you may see",
            > Shown => string.Join('\n', [.. lines.Take(Shown), $"and {lines.Length - Shown} more; name a group"]),
            _ => string.Join('\n', lines),
        };
    }
}
