using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>
/// All evidence rows. The collector starts them in this order, so slow ones stand first. A new row is one file and one line here.
/// </summary>
public static class Catalogue
{
    /// <summary>One line per row.</summary>
    public static ImmutableArray<EvidenceSource> All { get; } =
    [
        DomainEvidence.Source,
        NetworkEvidence.Source,
        KernelLogEvidence.Source,
        ServiceLogEvidence.Source,
        NftEvidence.Source,
        IptablesEvidence.Source,
        EbtablesEvidence.Source,
        NetworkFilterEvidence.Source,
        AgentEvidence.Source,
        ConfigEvidence.Source,
        SocketEvidence.Source,
        LldpEvidence.Source,
        OvsEvidence.Source,
        ServerEvidence.Source,
        NicEvidence.Source,
        TrafficControlEvidence.Source,
        LinkEvidence.Source,
        FdbEvidence.Source,
        OsEvidence.Source,
        NeighbourEvidence.Source,
        RouteEvidence.Source,
        AddressEvidence.Source,
        PortEvidence.Source,
        VlanEvidence.Source,
        MdbEvidence.Source,
        SysctlEvidence.Source,
        BondEvidence.Source,
        DiskEvidence.Source,
        SelfEvidence.Source,
    ];
}
