using ChatOpsBot.Domain.Diagnosis.Hops;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The switch shuts the port because spanning-tree frames came out of it, from our bridge or from a guest that bridges. Source: catalogue switch.bpdu-guard.
/// </summary>
public static class SwitchBpduGuard
{
    /// <summary>Fault id.</summary>
    public const string Id = "switch.bpdu-guard";

    private const double ShutWithinSeconds = 30;

    private static FaultArticle Article { get; } = new()
    {
        What = "The switch took the port down because it heard spanning tree from it: STP was switched on here, or a guest bridges.",
        DecidedBy = "The carrier was lost within 30 s of spanning tree coming to life on the bridge, and the bridge runs it; the link returns only after the switch's recovery time.",
        ConfusedWith = ["switch.port-security", "nic.uplink-no-carrier", "nic.link-errors"],
        RepairedBy = "Switch spanning tree off on the bridge, or drop 01:80:c2:00:00:00 out of the uplink, then ask for the port to be recovered.",
        Messages = ["SPANTREE-2-BLOCK_BPDUGUARD", "bpduguard error detected", "BPDU guard"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = new(Id, Article, Judge);

    private static Verdict Judge(HostView view)
        => Verdict.From(LinkFall.After(view, TimeSpan.FromSeconds(ShutWithinSeconds)).Where(fall => fall.Bridge.Link.Bridge is { StpState: > 0 }).Select(fall => new Finding
        {
            Id = Id,
            Subject = fall.Uplink,
            Bridge = fall.Bridge.Name,
            Scope = Scope.Bridge,
            Certainty = Certainty.Likely,
            Summary = $"{fall.Uplink} lost its carrier {GuestHops.Seconds(fall.Between)} after {fall.Trigger}, and {fall.Bridge.Name} speaks spanning tree: the switch guards against that",
            Because = fall.Lines.Add(new("e.link", $"{fall.Bridge.Name}: stp_state {fall.Bridge.Link.Bridge?.StpState}")),
            Question = $"Has {SwitchPort.Of(view, fall.Bridge)} been shut by BPDU guard (err-disabled)? Spanning tree on {fall.Bridge.Name} has to be off before the port is brought back (ip link set {fall.Bridge.Name} type bridge stp_state 0).",
            Risk = Risk.D0,
        }));
}
