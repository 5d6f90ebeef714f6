using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Persistence;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>
/// The steps that make a runtime repair stay: new text of configuration files, written beside the old ones, checked, and put in place by one rename each. They activate nothing.
/// </summary>
internal static class PersistPlanner
{
    private const string RepairFirst = "repair the running host first";

    /// <summary>The runtime repairs that can be made to stay, and what of the host, as it runs now, the files then have to say.</summary>
    private static readonly ImmutableSortedDictionary<string, (string? Parameter, Func<FactContext, string, KeptOrNot> Read)> s_kept =
        ImmutableSortedDictionary.CreateRange<string, (string?, Func<FactContext, string, KeptOrNot>)>(
            StringComparer.Ordinal,
            [
                new("nic/raise-uplink", ("link", LinkUp)),
                new("bridge/attach-uplink", ("link", BridgePort)),
                new("bridge/disable-stp", ("bridge", SpanningTreeOff)),
                new("bridge/shorten-forward-delay", ("bridge", ForwardDelay)),
                new("bridge/move-address", ("link", AddressOnBridge)),
                new("nf/stop-filtering-bridged-frames", (null, FramesUnfiltered)),
            ]);

    /// <summary>Runbooks of runtime repairs that can be made to stay.</summary>
    public static IEnumerable<string> Repairs => s_kept.Keys;

    /// <summary>The parameter that such a runbook needs, which names the link that the repair has changed; <see langword="null"/> for none.</summary>
    public static string? ParameterOf(string repair) => s_kept.GetValueOrDefault(repair).Parameter;

    /// <summary>Finds file and text.</summary>
    public static (EditOutcome.Edited? Edited, PlanOutcome.Impossible? Problem) Find(FactContext context, IReadOnlyDictionary<string, string> values)
    {
        var runbook = context.Request.Runbook;
        if (runbook.Keeps is not { } repair || !s_kept.TryGetValue(repair, out var kept))
        {
            return (null, new($"nothing is known of how {runbook.Keeps} is made to stay", "check the runbook with: chatopsbot runbook lint"));
        }

        var name = kept.Parameter is null ? "" : values.GetValueOrDefault(kept.Parameter) ?? "";
        var found = kept.Read(context, name);
        if (found.Change is not { } change)
        {
            return (null, new(found.Why, RepairFirst));
        }

        return context.View.Read(ConfigEvidence.Source) switch
        {
            FactReading<NetworkIntent>.Missing(var why) => (null, new($"the configuration files could not be read: {why}", "check the host again")),
            FactReading<NetworkIntent>.Known(var intent) => Judge(context, ConfigurationEditor.Edit(change, intent, IsProxmox(context.View))),
            _ => Judge(context, ConfigurationEditor.Edit(change, new([], [], []), IsProxmox(context.View))),
        };
    }

    private static (EditOutcome.Edited? Edited, PlanOutcome.Impossible? Problem) Judge(FactContext context, EditOutcome outcome) => outcome switch
    {
        EditOutcome.Edited edited => (edited, null),
        EditOutcome.Already already => (null, new($"{already.Where} of {context.Request.Host.Name} says so already, so it stays", "nothing has to be written")),
        EditOutcome.CannotTell no => (null, new(no.Why, no.Remedy)),
        _ => throw new InvalidOperationException($"unexpected outcome {outcome.GetType().Name}"),
    };

    private static bool IsProxmox(HostView view)
        => view.Optional(OsEvidence.Source) is { } os && (os.Kernel?.EndsWith("-pve", StringComparison.Ordinal) == true || os.Name?.Contains("Proxmox", StringComparison.OrdinalIgnoreCase) == true);

    private static KeptOrNot LinkUp(FactContext context, string name)
    {
        var (port, not) = Port(context, name);
        return port is not { Master: { } bridge } ? not : port.IsUp ? new(new KeptChange.LinkUp(port.Name, bridge), "") : new(null, $"{name} is not set up now");
    }

    private static KeptOrNot BridgePort(FactContext context, string name)
    {
        var (port, not) = Port(context, name);
        return port is { Master: { } bridge } ? new(new KeptChange.BridgePort(port.Name, bridge), "") : not;
    }

    private static KeptOrNot SpanningTreeOff(FactContext context, string name)
        => context.Link(name)?.Bridge is not { } bridge ? new(null, $"{name} is no bridge")
            : bridge.StpState == 0 ? new(new KeptChange.SpanningTreeOff(name), "")
            : new(null, $"spanning tree is on now on {name}");

    private static KeptOrNot ForwardDelay(FactContext context, string name)
        => context.Link(name)?.Bridge is not { } bridge ? new(null, $"{name} is no bridge")
            : bridge.ForwardDelay % 100 != 0 ? new(null, $"the forward delay of {name} is no whole number of seconds now")
            : new(new KeptChange.ForwardDelay(name, bridge.ForwardDelay / 100), "");

    private static KeptOrNot AddressOnBridge(FactContext context, string name)
    {
        var (link, not) = Port(context, name);
        if (link is not { Master: { } bridge })
        {
            return not;
        }

        var addresses = context.View.Optional(AddressEvidence.Source);
        ImmutableArray<string> held = [.. (addresses?.Of(bridge) ?? []).Where(address => address is { Family: "inet", Scope: "global" }).Select(address => $"{address.Address}/{address.PrefixLength}")];
        return held.IsEmpty ? new(null, $"{bridge} has no address now")
            : addresses?.Of(link.Name).Any(address => address.Family == "inet") == true ? new(null, $"{link.Name} still has an address now")
            : new(new KeptChange.AddressOnBridge(link.Name, bridge, held), "");
    }

    private static KeptOrNot FramesUnfiltered(FactContext context, string name) => context.View.Read(SysctlEvidence.Source) switch
    {
        FactReading<SysctlFacts>.Known { Value.BridgeNetfilter: BridgeNetfilter.Active { CallIptables: false } } => new(new KeptChange.FramesUnfiltered(), ""),
        FactReading<SysctlFacts>.Known { Value.BridgeNetfilter: BridgeNetfilter.Off } => new(null, "br_netfilter is not there now, so no IP filter sees bridged frames"),
        FactReading<SysctlFacts>.Known { Value.BridgeNetfilter: BridgeNetfilter.Active { CallIptables: true } } => new(null, "bridge-nf-call-iptables is on now"),
        _ => new(null, "bridge-nf-call-iptables was not read"),
    };

    private static (Link? Link, KeptOrNot Not) Port(FactContext context, string name) => context.Link(name) switch
    {
        null => (null, new(null, $"{name} is not there")),
        { Port: not null, Master: not null } link => (link, default),
        _ => (null, new(null, $"{name} is not a port of a bridge now")),
    };

    /// <summary>What has to stay, or why nothing is there that could.</summary>
    private readonly record struct KeptOrNot(KeptChange? Change, string Why);
}
