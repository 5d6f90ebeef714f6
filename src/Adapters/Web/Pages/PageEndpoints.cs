using ChatOpsBot.Adapters.Web.Callers;
using ChatOpsBot.Adapters.Web.Incidents;
using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;
using Microsoft.AspNetCore.Http;

namespace ChatOpsBot.Adapters.Web.Pages;

/// <summary>The pages that are read.</summary>
internal static class PageEndpoints
{
    private const int MostListed = 50;

    /// <summary><c>GET /</c>.</summary>
    public static async Task<IResult> HomeAsync(HttpContext context, PageServices pages, IIncidentStore store, Access access, CancellationToken cancellationToken)
        => PageServices.Show<HomePage>(context, await HomeViewAsync(context, pages, store, access, "", cancellationToken));

    /// <summary>The first page with something in its command box.</summary>
    public static async Task<HomeView> HomeViewAsync(
        HttpContext context, PageServices pages, IIncidentStore store, Access access, string text, CancellationToken cancellationToken)
    {
        var caller = Caller.Required(context);
        async Task<IReadOnlyList<IncidentLine>> ListAsync(bool open) =>
        [
            .. (await store.ListAsync(new() { Open = open, Limit = MostListed }, cancellationToken)).Where(line => access.May(caller.Id, PolicyCommand.Incidents, line.Host)),
        ];
        return new(pages.Frame(context, "Incidents"), await ListAsync(open: true), await ListAsync(open: false), text, PageServices.NewKey());
    }

    /// <summary><c>GET /incidents/{id}</c>.</summary>
    public static async Task<IResult> IncidentAsync(
        HttpContext context, string id, PageServices pages, IncidentReader reader, Access access, DecisionService decisions, ProgressHub progress, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (!IncidentId.TryParse(id, out var incident) || await reader.FindAsync(incident, withOutputs: true, cancellationToken) is not { } reading)
        {
            return pages.Message(context, StatusCodes.Status404NotFound, "No such incident", $"There is no incident {id}.");
        }

        var caller = Caller.Required(context);
        if (access.Judge(caller.Id, PolicyCommand.Status, reading.Incident.Request.Host) is PolicyAnswer.Refused refused)
        {
            return pages.Message(context, StatusCodes.Status403Forbidden, "Not allowed", $"{refused.Sentence} ({refused.Rule}); {refused.Remedy}");
        }

        var isOpen = reading.Incident.IsOpen;
        var linked = LinkedDecision.Of(context.Request.Query, reading, caller.Id);
        return PageServices.Show<IncidentPage>(context, new IncidentPageView
        {
            Frame = pages.Frame(context, $"{reading.Incident.Id} {reading.Incident.Request.Host}"),
            Reading = reading,
            Now = time.GetUtcNow(),
            Decide = linked is null ? decisions.TokenFor(reading.Incident, caller.Id) : null,
            Linked = linked,
            MayCancel = isOpen && access.MayCancel(caller.Id, reading.Incident),
            MayRecheck = isOpen && MayRecheck(reading.Incident) && access.May(caller.Id, PolicyCommand.Recheck, reading.Incident.Request.Host),
            MayNote = isOpen && access.May(caller.Id, PolicyCommand.Note, reading.Incident.Request.Host),
            MayTranscript = access.May(caller.Id, PolicyCommand.Transcript, reading.Incident.Request.Host),
            Progress = isOpen ? progress.Latest(reading.Incident.Id) : null,
            Key = PageServices.NewKey(),
        });
    }

    /// <summary><c>GET /hosts</c>.</summary>
    public static async Task<IResult> HostsAsync(
        HttpContext context, PageServices pages, IConfigurationSource configuration, IIncidentStore store, Access access, CancellationToken cancellationToken)
    {
        var caller = Caller.Required(context);
        var inventory = configuration.Current.Inventory;
        var open = (await store.ListAsync(new() { Open = true, Limit = 1000 }, cancellationToken)).ToLookup(line => line.Host);
        return PageServices.Show<HostsPage>(context, new HostsView(
            pages.Frame(context, "Hosts"),
            [
                .. from host in inventory.Hosts
                   where access.May(caller.Id, PolicyCommand.Hosts, host.Name)
                   orderby host.Name
                   select new HostRow(
                       host.Name, host.Port is { } port ? $"{host.Address}:{port}" : host.Address, PolicyHost.Of(host.Name, inventory).Groups, host.Tags, Bridges(host),
                       access.May(caller.Id, PolicyCommand.Incidents, host.Name) ? open[host.Name].FirstOrDefault() : null,
                       access.May(caller.Id, PolicyCommand.Check, host.Name), PageServices.NewKey()),
            ]));
    }

    /// <summary>While a repair runs the host is not read for another reason.</summary>
    private static bool MayRecheck(Incident incident)
        => incident.State is IncidentState.AwaitingApproval or IncidentState.Watching or IncidentState.Escalated;

    private static string Bridges(Domain.Hosts.HostEntry host) => string.Join(
        ", ", host.Bridges.Select(bridge => host.Uplinks.TryGetValue(bridge, out var uplink) ? $"{bridge} ({uplink})" : bridge));
}
