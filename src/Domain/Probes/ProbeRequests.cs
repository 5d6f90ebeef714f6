using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Probes;

/// <summary>What is asked of people before a probe is sent that the policy puts under approval: a plan whose steps name what leaves the host, and which changes nothing on it.</summary>
public static class ProbeRequests
{
    /// <summary>Says what a DISCOVER is.</summary>
    internal static ProbeRequest Of(DhcpAsk ask) => new(
        ProbeSections.Dhcp, ask.Arguments,
        $"Send DHCPDISCOVERs from {ask.Bridge} with the host's own hardware address{(ask.GuestMac is { } mac ? $" and with the guest-style {mac}; a switch with port security may take the port down for that" : "")}. No address is taken",
        ask.Bridge, MayTakePortDown: ask.GuestMac is not null);

    /// <summary>Says what an ARP request is.</summary>
    internal static ProbeRequest Of(WhoAsk ask) => new(ProbeSections.Arp, ask.Arguments, $"Ask by ARP from {ask.Bridge} who has {string.Join(", ", ask.Targets)}", ask.Bridge);

    /// <summary>Says what a ping is.</summary>
    internal static ProbeRequest Of(DfAsk ask) => new(
        ProbeSections.DontFragment, [ask.Bridge, ask.Target, ask.Size.ToString(CultureInfo.InvariantCulture)],
        $"Ping {ask.Target} from {ask.Bridge} with {ask.Size.ToString(CultureInfo.InvariantCulture)} bytes that must not be cut", ask.Bridge);

    /// <summary>The plan that people decide on.</summary>
    /// <param name="view">The host as it was read.</param>
    /// <param name="requests">What is to be sent; at least one.</param>
    /// <param name="id">Id of the plan.</param>
    /// <param name="hostKey">Fingerprint of the host's key.</param>
    /// <param name="expires">Until when it may be decided.</param>
    /// <returns><see langword="null"/> when it is not known which host and boot this is.</returns>
    public static Plan? PlanOf(HostView view, ImmutableArray<ProbeRequest> requests, string id, string hostKey, DateTimeOffset expires)
    {
        if (view.Optional(SelfEvidence.Source) is not { MachineId: { } machine, BootId: { } boot })
        {
            return null;
        }

        var probes = string.Join(' ', requests.Select(request => request.Probe).Distinct());
        return new()
        {
            Id = id,
            Host = view.Host.Name,
            HostKeyFingerprint = hostKey,
            MachineId = machine,
            BootId = boot,
            Runbook = probes,
            RunbookHash = "",
            Risk = Risk.D1,
            Probes = probes,
            BlastRadius = [.. Guests(view, requests)],
            Expires = expires,
            Steps = [.. requests.Select(request => new PlanStep { Name = request.Says, Read = [], Before = "", Run = [request.Probe, .. request.Arguments], After = "", Undo = [], Risk = Risk.D1 })],
        };
    }

    /// <summary>What a plan of probes allows to be sent, for <see cref="ProbeWish.Approved"/>.</summary>
    public static ImmutableArray<string> Lines(Plan plan) => [.. plan.Steps.Select(step => string.Join(' ', step.Run))];

    /// <summary>If the switch shuts the port, all guests behind it notice.</summary>
    private static IEnumerable<string> Guests(HostView view, ImmutableArray<ProbeRequest> requests)
        => view.Topology is FactReading<HostTopology>.Known(var topology)
            ? topology.GuestPorts.Where(port => requests.Any(request => request.MayTakePortDown && request.Bridge == port.Link.Master)).Select(port => port.Guest ?? port.Link.Name).Distinct().Order(StringComparer.Ordinal)
            : [];
}
