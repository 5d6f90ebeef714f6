using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Application.Ports;

/// <summary>The hosts of the inventory in force, with the service's own settings filled in where an entry leaves them open.</summary>
public interface IHostDirectory
{
    /// <summary>The host of that name; <see langword="null"/> when the inventory in force has none.</summary>
    HostEntry? Find(string name);

    /// <summary>All hosts, in file order.</summary>
    IReadOnlyCollection<HostEntry> All { get; }
}
