using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class OvsPortOrFlowsTests
{
    private const string Normal = "NXST_FLOW reply (xid=0x4):\n cookie=0x0, duration=0.5s, table=0, n_packets=0, n_bytes=0, idle_age=0, priority=0 actions=NORMAL\n";
    private const string NoFlow = "NXST_FLOW reply (xid=0x4):\n";
    private const string Other = "NXST_FLOW reply (xid=0x4):\n cookie=0x0, table=0, priority=10,in_port=1 actions=output:2\n cookie=0x0, table=0, priority=0 actions=drop\n";

    [Theory]
    [InlineData("", "", HopVerdict.Passes)]
    [InlineData("100", "", HopVerdict.Passes)]
    [InlineData("100", "100,200", HopVerdict.Passes)]
    [InlineData("100", "200", HopVerdict.Stops)]
    public void Trace_StandaloneBridge_GoesByTagsAndTrunks(string tag, string trunks, HopVerdict verdict)
    {
        var trace = Assert.IsType<TraceAnswer.Followed>(GuestTracer.Trace(Host(tag: tag, trunks: trunks).View(), "vnet0")).Paths[0];

        Assert.Equal(verdict, trace.Verdict);
        Assert.Equal(("ovsbr0", "eno2"), (trace.Bridge, trace.Uplink));
    }

    [Theory]
    [InlineData("secure", Other)]
    [InlineData("", Other)]
    public void Trace_FlowsOfAController_AreNotEvaluated(string failMode, string flows)
        => Assert.Equal(HopVerdict.CannotTell, Assert.IsType<TraceAnswer.Followed>(GuestTracer.Trace(Host(failMode: failMode, flows: flows).View(), "vnet0")).Verdict);

    [Fact]
    public void Judge_StandaloneBridge_IsClearForAllRules()
    {
        var view = Host().View();

        Assert.Equivalent(Verdict.Clear, OvsPortOrFlows.Rule.Judge(view), strict: true);
        Assert.Equivalent(Verdict.Clear, BridgeVnetDetached.Rule.Judge(view), strict: true);
    }

    [Fact]
    public void Judge_TapInNoBridge_IsAddedWhereItsDefinitionSays()
    {
        var view = Host(attached: false).View();

        var finding = Assert.Single(OvsPortOrFlows.Rule.Judge(view).Findings);

        Assert.Equal(("vnet0", "ovsbr0", Certainty.Certain, "ovs/add-port"), (finding.Subject, finding.Bridge, finding.Certainty, finding.Repair));
        Assert.Empty(BridgeVnetDetached.Rule.Judge(view).Findings);
    }

    [Theory]
    [InlineData("100", 100, 0)]
    [InlineData("200", 100, 1)]
    [InlineData("", 100, 1)]
    public void Judge_TagOtherThanTheDefinitions_IsSet(string tag, int wanted, int findings)
    {
        var verdict = OvsPortOrFlows.Rule.Judge(Host(tag: tag, wanted: wanted).View());

        Assert.Equal(findings, verdict.Findings.Length);
        Assert.All(verdict.Findings, finding => Assert.Equal(("ovs/set-tag", Risk.D1), (finding.Repair, finding.Risk)));
    }

    [Theory]
    [InlineData("secure", "false", NoFlow, Certainty.Certain)]
    [InlineData("secure", "false", Other, Certainty.Likely)]
    [InlineData("secure", "false", Normal, null)]
    [InlineData("secure", "true", NoFlow, null)]
    [InlineData("standalone", "false", NoFlow, null)]
    [InlineData("", "false", Other, null)]
    public void Judge_FailModeControllerAndFlows_DecideTogether(string failMode, string connected, string flows, Certainty? certainty)
    {
        var verdict = OvsPortOrFlows.Rule.Judge(Host(failMode: failMode, connected: connected, flows: flows).View());

        Assert.Equal(certainty, verdict.Findings.Select(finding => (Certainty?)finding.Certainty).SingleOrDefault());
        Assert.All(verdict.Findings, finding => Assert.Contains("set-fail-mode", finding.Question, StringComparison.Ordinal));
    }

    [Fact]
    public void Judge_PortCouldNotBeOpened_AsksWhy()
    {
        var finding = Assert.Single(OvsPortOrFlows.Rule.Judge(Host(error: "could not open network device vnet0 (No such device)").View()).Findings);

        Assert.Contains("No such device", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_NotReadAndAGuestIsMeantForIt_CannotTell()
    {
        var host = new FakeHost().Nic("eno2").Tap("vnet0", null).Missing("e.ovs", "the Open vSwitch database needs root").Section("e.dom", "xml", Domain(null));

        Assert.Equal("e.ovs", Assert.Single(OvsPortOrFlows.Rule.Judge(host.View()).Undecided).Section);
    }

    [Fact]
    public void Judge_NotReadAndATapHasNoMaster_CannotTell()
        => Assert.Equal("e.ovs", Assert.Single(OvsPortOrFlows.Rule.Judge(new FakeHost().Nic("eno2").Tap("vnet0", null).Missing("e.ovs", "needs root").View()).Undecided).Section);

    [Fact]
    public void Judge_NotReadAndNobodyIsMeantForIt_IsClear()
        => Assert.Equivalent(Verdict.Clear, OvsPortOrFlows.Rule.Judge(FakeHost.Healthy().Missing("e.ovs", "needs root").View()), strict: true);

    /// <summary>ovsbr0 with eno2 and the guest's vnet0, as ovs-vsctl prints it.</summary>
    private static FakeHost Host(
        string tag = "", string trunks = "", string failMode = "", string connected = "", string flows = Normal, bool attached = true, int? wanted = null, string error = "")
    {
        string Set(string values) => values.Length == 0 ? """["set",[]]""" : values.Contains(',', StringComparison.Ordinal) ? $"""["set",[{values}]]""" : values;
        string Text(string value) => value.Length == 0 ? """["set",[]]""" : $"\"{value}\"";
        var ports = string.Join(',', new[] { "p0", "p1", attached ? "p2" : "" }.Where(id => id.Length > 0).Select(id => $"""["uuid","{id}"]"""));
        var controller = connected.Length == 0 ? """["set",[]]""" : """["uuid","c1"]""";
        var tap = attached ? $$""",[["uuid","p2"],"vnet0",{{Set(tag)}},["set",[]],["set",[]],["uuid","i2"]]""" : "";
        var tables = $$"""
            {"data":[["ovsbr0",["set",[{{ports}}]],{{Text(failMode)}},{{controller}}]],"headings":["name","ports","fail_mode","controller"]}
            {"data":[[["uuid","p0"],"ovsbr0",["set",[]],["set",[]],["set",[]],["uuid","i0"]],[["uuid","p1"],"eno2",["set",[]],{{Set(trunks)}},["set",[]],["uuid","i1"]]{{tap}}],"headings":["_uuid","name","tag","trunks","vlan_mode","interfaces"]}
            {"data":[{{(connected.Length == 0 ? "" : $"""[["uuid","c1"],"tcp:192.0.2.1:6653",{connected}]""")}}],"headings":["_uuid","target","is_connected"]}
            {"data":[[["uuid","i0"],"ovsbr0","internal",["set",[]]],[["uuid","i1"],"eno2","",["set",[]]],[["uuid","i2"],"vnet0","",{{Text(error)}}]],"headings":["_uuid","name","type","error"]}
            """;
        var host = new FakeHost().Nic("eno2").Tap("vnet0", null).Section("e.ovs", "tables", tables).Section("e.ovs", "flows ovsbr0", flows).Section("e.dom", "xml", Domain(wanted)).Section("e.tc", "qdiscs", "[]");
        foreach (var section in new[] { "e.nft", "e.ipt", "e.ebt", "e.sysctl" })
        {
            host.Absent(section, "not in use");
        }

        return host;
    }

    private static string Domain(int? tag)
        => $"<domain type='kvm' id='1'><name>vm1</name><uuid>00000000-0000-4000-8000-000000000001</uuid><devices><interface type='bridge'><mac address='52:54:00:aa:bb:01'/><source bridge='ovsbr0'/><virtualport type='openvswitch'/>{(tag is null ? "" : $"<vlan><tag id='{tag}'/></vlan>")}<target dev='vnet0'/></interface></devices></domain>\n";
}
