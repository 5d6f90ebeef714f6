using ChatOpsBot.Application.Ports;
using Microsoft.AspNetCore.Components;

namespace ChatOpsBot.Adapters.Web.Pages;

/// <summary>One host of the table.</summary>
/// <param name="Name">Inventory name.</param>
/// <param name="Address">Where it is reached.</param>
/// <param name="Groups">Groups it belongs to.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Bridges">Bridges with their intended uplinks.</param>
/// <param name="Open">Its open incident.</param>
/// <param name="MayCheck">Whether the person may check it.</param>
/// <param name="Key">Names that check, so that sending it twice does it once.</param>
public sealed record HostRow(string Name, string Address, IReadOnlyList<string> Groups, IReadOnlyList<string> Tags, string Bridges, IncidentLine? Open, bool MayCheck, string Key);

/// <summary>The table of hosts.</summary>
/// <param name="Frame">What is around.</param>
/// <param name="Hosts">Those that the person may look at.</param>
public sealed record HostsView(PageFrame Frame, IReadOnlyList<HostRow> Hosts);

/// <summary>The inventory, as far as the person may see it.</summary>
public sealed partial class HostsPage : ComponentBase
{
    /// <summary>What to show.</summary>
    [Parameter]
    [EditorRequired]
    public required HostsView View { get; set; }
}
