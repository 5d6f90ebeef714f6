using System.Collections.Immutable;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Probes;

/// <summary>
/// How what the probes said gets into a snapshot: as sections beside those of the collector, each part the raw output of one program, so that a saved snapshot replays them.
/// </summary>
public static class ProbeSections
{
    /// <summary>P.trace: one part <c>watch</c>.</summary>
    public const string Trace = "p.trace";

    /// <summary>P.dhcp: one part for each bridge, named by it.</summary>
    public const string Dhcp = "p.dhcp";

    /// <summary>P.arp: one part for each bridge, named by it.</summary>
    public const string Arp = "p.arp";

    /// <summary>P.df: one part for each ping, named <c>BRIDGE TARGET BYTES</c>.</summary>
    public const string DontFragment = "p.df";

    /// <summary>P.lldp: one part <c>watch</c>.</summary>
    public const string Lldp = "p.lldp";

    /// <summary>P.nudge; a plan of its own, so never a section.</summary>
    public const string Nudge = "p.nudge";

    /// <summary>The snapshot with these sections in place of any of the same ids.</summary>
    public static HostSnapshot With(HostSnapshot snapshot, IEnumerable<SectionOutput> sections)
        => snapshot with { Sections = snapshot.Sections.SetItems(sections.Select(section => KeyValuePair.Create(section.Id, section))) };

    /// <summary>A program's output as a part.</summary>
    public static PartOutput Ran(string name, int exitCode, ReadOnlyMemory<byte> stdout) => new(name, PartEnd.Exited, exitCode, stdout, default);

    /// <summary>A probe that could not run, with the reason.</summary>
    public static PartOutput NotRun(string name, string why) => new(name, PartEnd.Unread, 0, default, System.Text.Encoding.UTF8.GetBytes(why));

    /// <summary>The whole lines of a part, each cut into words; what is longer than any line of ours is left out.</summary>
    internal static IEnumerable<string[]> Words(PartOutput part)
        => new ProbeLines().Append(part.Stdout).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>What the probes of one check said. A probe that was not run is <see langword="null"/> or empty here, which proves nothing.</summary>
public sealed record ProbeFacts
{
    /// <summary>Where DHCP messages went, hop by hop; <see langword="null"/> when nobody listened.</summary>
    public HopTrace? Trace { get; init; }

    /// <summary>Who answered a DISCOVER, one entry for each bridge asked from.</summary>
    public ImmutableArray<DhcpOffers> Dhcp { get; init; } = [];

    /// <summary>Who answered ARP, one entry for each bridge and address asked for.</summary>
    public ImmutableArray<ArpOwners> Arp { get; init; } = [];

    /// <summary>Pings that must not be cut into fragments.</summary>
    public ImmutableArray<DfPing> DontFragment { get; init; } = [];

    /// <summary>What switches said about themselves while somebody listened; <see langword="null"/> when nobody did.</summary>
    public SwitchTalk? Switches { get; init; }

    /// <summary>Probes that could not run, with the reasons.</summary>
    public ImmutableArray<(string Section, string Why)> Unread { get; init; } = [];

    /// <summary>The answer to the DISCOVERs sent from that bridge; <see langword="null"/> when none were sent.</summary>
    public DhcpOffers? DhcpOn(string bridge) => Dhcp.FirstOrDefault(offers => offers.Bridge == bridge);

    /// <summary>Whether an address answered ARP on that bridge; <see langword="null"/> when it was not asked for.</summary>
    public bool? Answers(string bridge, string address)
        => Arp.FirstOrDefault(owners => owners.Bridge == bridge && owners.Target == address) is { } owners ? !owners.Macs.IsEmpty : null;

    /// <summary>Reads them out of a snapshot. Never throws.</summary>
    public static ProbeFacts Read(HostSnapshot snapshot)
    {
        var unread = ImmutableArray.CreateBuilder<(string, string)>();
        return new()
        {
            Trace = Parts(ProbeSections.Trace).Select(HopTrace.Read).FirstOrDefault(trace => trace is { Listening: true }),
            Dhcp = [.. Parts(ProbeSections.Dhcp).Select(part => DhcpOffers.Read(part.Name, part, Fail(ProbeSections.Dhcp))).OfType<DhcpOffers>()],
            Arp = [.. Parts(ProbeSections.Arp).SelectMany(part => ArpOwners.Read(part.Name, part, Fail(ProbeSections.Arp)))],
            DontFragment = [.. Parts(ProbeSections.DontFragment).Select(DfPing.Read).OfType<DfPing>()],
            Switches = Parts(ProbeSections.Lldp).Select(SwitchTalk.Read).FirstOrDefault(talk => talk is not null),
            Unread = [.. unread.Distinct()],
        };

        IEnumerable<PartOutput> Parts(string id)
        {
            foreach (var part in snapshot.Sections.GetValueOrDefault(id)?.Parts ?? [])
            {
                if (part.End is PartEnd.Exited or PartEnd.Truncated or PartEnd.TimedOut)
                {
                    yield return part;
                }
                else
                {
                    unread.Add((id, SectionProblem.Reason(part) ?? "it could not be run"));
                }
            }
        }

        Action<string> Fail(string id) => why => unread.Add((id, why));
    }
}
