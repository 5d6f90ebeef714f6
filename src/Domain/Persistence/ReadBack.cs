using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Evidence.Configuration;

namespace ChatOpsBot.Domain.Persistence;

/// <summary>Reads an edited file with our own reader: it has to find what was meant, and of everything else the same as before.</summary>
internal static class ReadBack
{
    /// <summary>What is wrong with the edit; <see langword="null"/> when nothing is.</summary>
    public static string? WhyWrong(KeptChange change, ManagerFiles files, EditOutcome.Edited edited)
    {
        var before = files.Intent(edited.Manager);
        var after = edited.Edits.Aggregate(files, (all, edit) => all.With(edited.Manager, edit)).Intent(edited.Manager);
        if (!after.Unread.IsEmpty)
        {
            return $"the new text would not be read: {after.Unread[0]}";
        }

        if (!Holds(change, after))
        {
            return "read back, the new text does not say what is meant";
        }

        var added = after.Interfaces.Except(before.Interfaces).Except(change.Links).FirstOrDefault() ?? before.Interfaces.Except(after.Interfaces).FirstOrDefault();
        return added is not null ? $"read back, the new text changes {added} too"
            : !Shown(before, change).SequenceEqual(Shown(after, change)) ? "read back, the new text changes something else too"
            : null;
    }

    private static bool Holds(KeptChange change, ManagerIntent intent) => change switch
    {
        KeptChange.LinkUp up => intent.Interfaces.Contains(up.Link),
        KeptChange.BridgePort port => Find(intent, port.Bridge)?.Ports.Contains(port.Link) == true,
        KeptChange.SpanningTreeOff off => Find(intent, off.Bridge)?.Stp == false,
        KeptChange.ForwardDelay delay => Find(intent, delay.Bridge)?.ForwardDelaySeconds == delay.Seconds,
        KeptChange.AddressOnBridge address => Find(intent, address.Bridge) is { } bridge && (bridge.Addresses.Contains("dhcp") || address.Addresses.All(bridge.Addresses.Contains)),
        _ => false,
    };

    private static ConfiguredBridge? Find(ManagerIntent intent, string name) => intent.Bridges.FirstOrDefault(bridge => bridge.Name == name);

    // All but what the change is about; lines move, so places are left out.
    private static IEnumerable<string> Shown(ManagerIntent intent, KeptChange change)
    {
        foreach (var bridge in intent.Bridges.OrderBy(bridge => bridge.Name, StringComparer.Ordinal))
        {
            var mine = change.Links.Contains(bridge.Name);
            yield return string.Join(
                '|',
                bridge.Name, bridge.Manager, bridge.VlanAware,
                string.Join(',', bridge.PortPatterns), string.Join(',', bridge.PortMacs),
                string.Join(',', bridge.Ports.Where(port => !(mine && change is KeptChange.BridgePort && change.Links.Contains(port)))),
                mine && change is KeptChange.AddressOnBridge ? "" : string.Join(',', bridge.Addresses),
                mine && change is KeptChange.SpanningTreeOff ? "" : bridge.Stp,
                mine && change is KeptChange.SpanningTreeOff or KeptChange.ForwardDelay ? "" : bridge.ForwardDelaySeconds);
        }
    }
}
