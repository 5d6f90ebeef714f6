using System.Collections.Immutable;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Probes;

/// <summary>Who answered ARP for one address; all answers are counted, not only the first.</summary>
/// <param name="Bridge">Bridge asked from.</param>
/// <param name="Target">IPv4 address asked for.</param>
/// <param name="Macs">Distinct hardware addresses in order; empty when nobody answered.</param>
public sealed record ArpOwners(string Bridge, string Target, ImmutableArray<string> Macs)
{
    /// <summary>Reads the output of <see cref="ProbeProgram.Who"/>; nothing when it was not asked, with the reason told.</summary>
    public static ImmutableArray<ArpOwners> Read(string bridge, PartOutput part, Action<string> fail)
    {
        var owners = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var (begun, ended) = (false, false);
        foreach (var words in ProbeSections.Words(part))
        {
            switch (words)
            {
                case ["cob-who", "1"]:
                    begun = true;
                    break;
                case ["off", var link, .. var why] when begun:
                    fail($"{link}: {string.Join(' ', why)}");
                    return [];
                case ["asked", var target] when begun && ProbeText.Address(target) is not null:
                    owners.TryAdd(target, []);
                    break;
                case ["reply", var target, var mac] when DhcpTraceRequest.IsMac(mac) && owners.TryGetValue(target, out var macs) && !macs.Contains(mac):
                    macs.Add(mac);
                    break;
                case ["end"] when begun:
                    ended = true;
                    break;
            }
        }

        if (!ended)
        {
            fail("the probe did not answer as it does");
            return [];
        }

        return [.. owners.Select(pair => new ArpOwners(bridge, pair.Key, [.. pair.Value]))];
    }
}
