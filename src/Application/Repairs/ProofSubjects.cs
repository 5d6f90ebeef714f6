using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Application.Repairs;

/// <summary>Whose cure proves a repair: the guests that the fault concerned, and the gateway as the bridge sees it.</summary>
public static class ProofSubjects
{
    /// <summary>The guests whose DHCPACK proves the plan of some work, as a snapshot shows them.</summary>
    public static ImmutableArray<TracedGuest> GuestsOf(HostView view, RepairWork work) => GuestsOf(view, FindingOf(work.Incident.Diagnosis, work.Proposal.Target), work.Plan);

    /// <summary>The same for a finding, or for what a runbook touches when there is none.</summary>
    public static ImmutableArray<TracedGuest> GuestsOf(HostView view, Finding? finding, Plan plan)
    {
        if (view.Topology is not FactReading<HostTopology>.Known(var topology))
        {
            return [];
        }

        var concerned = topology.GuestPorts.Where(port => finding switch
        {
            null => plan.BlastRadius.Contains(port.Guest) || plan.Steps.Any(step => step.Subject?.Name == port.Link.Name),
            { Scope: Scope.Guest } => port.Link.Name == finding.Subject || port.Mac == finding.Subject,
            { Bridge: { } bridge } => port.Link.Master == bridge || port.IntendedBridge == bridge,
            _ => true,
        });
        return [.. concerned.Select(port => new TracedGuest(port.Link.Name, port.Mac))];
    }

    /// <summary>How the gateway is asked for, when the host routes over the bridge that the plan is about; else nobody knows the gateway.</summary>
    public static ArpRequest? GatewayOf(HostView view, RepairWork work)
    {
        var finding = FindingOf(work.Incident.Diagnosis, work.Proposal.Target);
        var bridge = finding?.Bridge;
        var route = view.Optional(RouteEvidence.Source)?.Defaults.FirstOrDefault(candidate => candidate is { Gateway: not null, Device: not null } && (bridge is null || candidate.Device == bridge));
        if (route is not { Gateway: { } gateway, Device: { } device } || bridge is null)
        {
            return null;
        }

        var own = view.Optional(AddressEvidence.Source)?.Of(device).FirstOrDefault(address => address.Family == "inet");
        var request = new ArpRequest(device, gateway, own?.Address);
        return request.IsUsable ? request : null;
    }

    /// <summary>
    /// The ping that a frame of the guests' size has to carry to the gateway, when frames of that size are what the fault takes away; <see langword="null"/> when it
    /// is not, or when no gateway or no such guest is known.
    /// </summary>
    public static DfAsk? FullSizeOf(HostView view, RepairWork work)
    {
        if (FindingOf(work.Incident.Diagnosis, work.Proposal.Target) is not { Probe: SymptomProbe.DontFragmentPing, Bridge: { } name }
            || GatewayOf(view, work) is not { } gateway || view.Topology is not FactReading<HostTopology>.Known(var topology)
            || topology.Bridges.FirstOrDefault(bridge => bridge.Name == name) is not { } bridge)
        {
            return null;
        }

        var size = topology.GuestsOf(bridge).Select(MtuPathMismatch.Sends).DefaultIfEmpty(0).Max();
        return size > DfPing.Headers ? new(name, gateway.Target, size) : null;
    }

    /// <summary>The finding that a target names; <see langword="null"/> without one.</summary>
    public static Finding? FindingOf(Diagnosis? diagnosis, RepairTarget? target)
        => target is null ? null : diagnosis?.Findings.FirstOrDefault(finding => finding.Id == target.Fault && finding.Subject == target.Subject);
}
