using ChatOpsBot.Domain.Diagnosis.Hops;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// Server and guest are on one host, the answer's checksum was left to hardware that it never meets, and a strict client drops it. That a capture on the host calls a checksum bad proves nothing,
/// so checksums are not looked at. Source: catalogue offload.dhcp-checksum; https://github.com/lxc/incus/issues/1997.
/// </summary>
public static class OffloadDhcpChecksum
{
    /// <summary>Fault id.</summary>
    public const string Id = "offload.dhcp-checksum";

    private static FaultArticle Article { get; } = new()
    {
        What = "A DHCP server on the same host answers, the answer reaches the guest's port with a checksum that only a NIC would fill in, and a strict client drops it.",
        DecidedBy = "A trace shows the OFFER go out by the guest's port without having come in by the uplink, and the guest asks again. A bad checksum in a capture on the host is normal and no proof.",
        ConfusedWith = ["dhcp.client-silent", "nf.nwfilter-drop", "dhcp.rogue-server"],
        RepairedBy = "Checksums filled before they leave: ethtool -K TAP tx off, or an iptables mangle rule with CHECKSUM --checksum-fill for UDP port 68.",
        Messages = ["bad udp checksums", "invalid UDP checksum", "* bad udp checksums in * packets"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = new(Id, Article, view => Verdict.Join(GuestHops.Of(view).Where(guest => guest.End == HopEnd.AnswerIgnored).Select(Judge)));

    private static Verdict Judge(GuestHops guest) => Verdict.From(
    [
        new()
        {
            Id = Id,
            Subject = guest.Port.Link.Name,
            Bridge = guest.Bridge.Name,
            Scope = Scope.Guest,
            Certainty = guest.AnswerFromUplink ? Certainty.Possible : Certainty.Likely,
            Summary = guest.AnswerFromUplink
                ? $"{guest.Port.Guest} is sent OFFERs from the network and asks again as if none had come: the cause is inside the guest"
                : $"{guest.Port.Guest} is sent OFFERs by a server on this host and asks again as if none had come: it may drop them for their checksum",
            Because = [guest.Line],
            Question = guest.AnswerFromUplink
                ? $"What does the DHCP client of {guest.Port.Guest} log? The OFFER reaches its port {guest.Port.Link.Name}; a filter inside the guest or the client itself drops it."
                : $"Does the client of {guest.Port.Guest} log \"bad udp checksums\"? Then: ethtool -K {guest.Port.Link.Name} tx off (D0, undone by tx on), and see whether it gets its lease.",
            Risk = Risk.D0,
        },
    ]);
}
