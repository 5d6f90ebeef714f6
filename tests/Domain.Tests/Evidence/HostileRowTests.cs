using System.Collections.Immutable;
using System.Text;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Evidence;

/// <summary>Every row over output that no tool should print: a value each time, never an exception, never a fact out of half an output.</summary>
public sealed class HostileRowTests
{
    private static readonly ImmutableArray<(EvidenceSource Source, Func<SectionOutput, object> Read, string Case)> s_rows =
    [
        Row(SelfEvidence.Source, "debian12-bridge"), Row(LinkEvidence.Source, "debian12-bridge"), Row(AddressEvidence.Source, "debian12-bridge"),
        Row(RouteEvidence.Source, "debian12-bridge"), Row(NeighbourEvidence.Source, "debian12-bridge"), Row(PortEvidence.Source, "debian12-bridge"),
        Row(FdbEvidence.Source, "debian12-bridge"), Row(VlanEvidence.Source, "filtering"), Row(MdbEvidence.Source, "debian12-bridge"),
        Row(SysctlEvidence.Source, "debian12-bridge"), Row(TrafficControlEvidence.Source, "filters"), Row(NicEvidence.Source, "optic"),
        Row(BondEvidence.Source, "lacp-without-partner"), Row(OsEvidence.Source, "debian12-bridge"), Row(DiskEvidence.Source, "debian12-bridge"),
    ];

    public static TheoryData<string> Ids => [.. s_rows.Select(row => row.Source.Id)];

    public static TheoryData<string> JsonIds => ["e.link", "e.addr", "e.route", "e.neigh", "e.port", "e.fdb", "e.vlan", "e.mdb", "e.tc"];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Read_Garbage_IsAValue(string id)
    {
        string[] garbage =
        [
            "", "\n", "\0", "[", "]", "{}", "null", "[null]", "[[]]", "[1,\"x\"]", "[{}]", "[{\"ifname\":7}]", "[{\"ifname\":\"x\",\"flags\":7,\"linkinfo\":[],\"stats64\":1}]",
            "[{\"ifname\":\"\\ud800\"}]", "[{\"ifname\":\"a\",\"mtu\":99999999999999999999}]", "[{\"dst\":null}]", "[{\"mac\":\"x\",\"ifname\":\"y\",\"vlan\":1e5}]",
            "1: lo: <LOOPBACK> mtu 65536", "Fehler: Ger\u00e4t nicht gefunden", ":::::\n:\n=\n%\n", new string('[', 10_000), "[{\"ifname\":\"x\",\"vlans\":{}}]",
            "[{\"mdb\":7,\"router\":[]}]", "uid=99999999999999", "uid=0\nclock=99999999999999999\nuptime=NaN\nconnection=a b c d e", "Slave Interface: \n: \n",
        ];
        var row = Find(id);
        foreach (var text in garbage)
        {
            row.Read(Replace(Sections.Fixture(id, row.Case), Encoding.UTF8.GetBytes(text)));
        }

        row.Read(Replace(Sections.Fixture(id, row.Case), [0xff, 0xfe, 0xc0, 0x80]));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Read_MutatedOutput_IsAValue(string id)
    {
        var row = Find(id);
        var section = Sections.Fixture(id, row.Case);
        var random = new Random(42);
        for (var round = 0; round < 500; round++)
        {
            row.Read(section with
            {
                Parts = [.. section.Parts.Select(part =>
                {
                    var bytes = part.Stdout.ToArray();
                    for (var count = random.Next(4); count > 0 && bytes.Length > 0; count--)
                    {
                        bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                    }

                    return part with { Stdout = bytes.AsMemory(0, random.Next(3) == 0 ? random.Next(bytes.Length + 1) : bytes.Length) };
                })],
            });
        }
    }

    [Theory]
    [MemberData(nameof(JsonIds))]
    public void Read_CutOutput_IsMissing(string id)
    {
        var row = Find(id);
        var section = Sections.Fixture(id, row.Case);
        var part = section.Parts.First(candidate => candidate.Name is not ("rules" or "tables" or "egress vnet0" or "ingress vnet0"));
        var cut = section with { Parts = section.Parts.Replace(part, part with { Stdout = part.Stdout[..(part.Stdout.Length / 2)] }) };

        Assert.StartsWith("Missing { Reason = unexpected output", row.Read(cut).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(JsonIds))]
    public void Read_TruncatedTimedOutOrFailed_IsMissingWithTheReason(string id)
    {
        var row = Find(id);
        var section = Sections.Fixture(id, row.Case);
        foreach (var (end, code, reason) in new[] { (PartEnd.Truncated, 0, "larger than its cap"), (PartEnd.TimedOut, 124, "time limit"), (PartEnd.Exited, 1, "exit code 1"), (PartEnd.NotInstalled, 127, "not installed") })
        {
            var failed = section with { Parts = [.. section.Parts.Select(part => part with { End = end, ExitCode = code })] };
            Assert.Matches($"^Missing.*{reason}", row.Read(failed).ToString());
        }
    }

    [Theory]
    [MemberData(nameof(JsonIds))]
    public void Read_ToolThatPrintsNothingForNothing_IsKnown(string id)
    {
        var row = Find(id);
        var section = Sections.Fixture(id, row.Case);
        var empty = section with { Parts = [.. section.Parts.Where(part => part.Name.IndexOf(' ') < 0).Select(part => part with { Stdout = default })] };

        Assert.StartsWith("Known", row.Read(empty).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Read_SectionThatEndedItself_SaysWhy(string id)
    {
        var row = Find(id);

        Assert.Equal("Absent { Why = nothing here }", row.Read(Sections.Of(id, Sections.Part("", PartEnd.Absent, "nothing here"))).ToString());
        Assert.Equal("Missing { Reason = no answer }", row.Read(Sections.Of(id, Sections.Part("x", "y"), Sections.Part("", PartEnd.Unread, "no answer"))).ToString());
        Assert.Equal("Missing { Reason = needs root, sudo -n refused }", row.Read(Sections.Of(id, Sections.Part("", PartEnd.NoPrivilege, "needs root, sudo -n refused"))).ToString());
        Assert.Equal("Missing { Reason = the section printed nothing }", row.Read(Sections.Of(id)).ToString());
    }

    private static (EvidenceSource Source, Func<SectionOutput, object> Read, string Case) Row<T>(EvidenceSource<T> source, string @case) => (source, section => source.Read(section), @case);

    private static (EvidenceSource Source, Func<SectionOutput, object> Read, string Case) Find(string id) => s_rows.Single(row => row.Source.Id == id);

    private static SectionOutput Replace(SectionOutput section, byte[] bytes) => section with { Parts = [.. section.Parts.Select(part => part with { Stdout = bytes })] };
}
