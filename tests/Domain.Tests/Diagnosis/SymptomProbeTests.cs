using ChatOpsBot.Domain.Diagnosis;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

/// <summary>What proves that a repair has cured a fault, for each repairable finding of the kept cases, against the catalogue's "Verify".</summary>
public class SymptomProbeTests
{
    // Whoever gets no lease is cured by a lease. The others: what the fault took away is something else.
    private static readonly Dictionary<string, SymptomProbe[]> s_otherThanLease = new(StringComparer.Ordinal)
    {
        ["bridge.uplink-holds-ip"] = [SymptomProbe.GatewayArp], // the host's own network; guests go on
        ["bridge.mac-changed"] = [SymptomProbe.GatewayArp], // the same
        ["bridge.loop-storm"] = [SymptomProbe.GatewayArp], // nobody asks for a lease when it is over
        ["mtu.path-mismatch"] = [SymptomProbe.DontFragmentPing], // leases work all the time
        ["bridge.port-flags"] = [SymptomProbe.DhcpAck, SymptomProbe.DontFragmentPing], // an uplink that neither learns nor floods lets broadcasts pass
        ["nf.bridge-family-drop"] = [SymptomProbe.DhcpAck, SymptomProbe.GuestArp], // a rule that drops ARP alone
        ["kernel.table-limit"] = [SymptomProbe.DhcpAck, SymptomProbe.GatewayArp],
    };

    [Fact]
    public void Repairable_Findings_NameTheProbeOfTheirOwnSymptom()
    {
        var found = KeptCases.All.SelectMany(kept => Diagnostician.Diagnose(kept.Snapshot(), kept.Host, DiagnosisFocus.WholeHost).Findings.Where(finding => finding.Repair is not null)
            .Select(finding => (finding.Id, finding.Probe, kept.Name))).ToArray();

        Assert.True(found.Select(entry => entry.Id).Distinct().Count() >= 20, $"{found.Select(entry => entry.Id).Distinct().Count()} faults");
        KeptCases.AssertNone(found.Where(entry => !(s_otherThanLease.GetValueOrDefault(entry.Id) ?? [SymptomProbe.DhcpAck]).Contains(entry.Probe)).Select(entry => $"{entry.Name}: {entry.Id} is proved by {entry.Probe}").Distinct());
        Assert.All(s_otherThanLease.Where(pair => pair.Value.Length == 1), pair => Assert.Contains(found, entry => entry.Id == pair.Key && entry.Probe == pair.Value[0]));
        Assert.Contains(found, entry => entry is { Id: "nf.bridge-family-drop", Probe: SymptomProbe.GuestArp });
    }
}
