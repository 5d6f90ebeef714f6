using System.Collections.Immutable;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Tests.Evidence;
using Xunit;

namespace ChatOpsBot.Domain.Tests.FramePath;

public class FramePathEvaluatorTests
{
    private const string Unknown = """{"match": {"op": "==", "left": {"socket": {"key": "wildcard"}}, "right": 1}}""";
    private const string IsDhcp = """{"match": {"op": "==", "left": {"payload": {"protocol": "udp", "field": "dport"}}, "right": 67}}""";
    private const string IsTcp = """{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 67}}""";
    private const string Drop = """{"drop": null}""";
    private const string Accept = """{"accept": null}""";

    [Theory]
    [InlineData("passes", IsTcp, Unknown, Drop)]
    [InlineData("passes", Unknown, IsTcp, Drop)]
    [InlineData("may drop", Unknown, IsDhcp, Drop)]
    [InlineData("passes", Unknown, IsDhcp, Accept)]
    [InlineData("drops", IsDhcp, Drop)]
    [InlineData("passes", """{"log": {"prefix": "x"}}""")]
    [InlineData("may drop", """{"an invention": {}}""")]
    [InlineData("may drop", """{"xt": {"type": "target", "name": "TARPIT"}}""")]
    [InlineData("may drop", """{"queue": {"num": 1}}""")]
    [InlineData("may drop", """{"mangle": {"key": {"payload": {"protocol": "ether", "field": "daddr"}}, "value": "02:00:00:00:00:01"}}""")]
    [InlineData("passes", """{"mangle": {"key": {"payload": {"protocol": "ip", "field": "ttl"}}, "value": 1}}""")]
    [InlineData("may drop", """{"jump": {"target": "nowhere"}}""")]
    public void Walk_OneRuleBeforeAcceptPolicy_SaysOnlyWhatIsCertain(string expected, params string[] statements)
        => Assert.Equal(expected, Fate("accept", Rule("c", statements)));

    [Fact]
    public void Walk_UnclearRuleThatDropsBeforeAPolicyThatDrops_IsCertain()
        => Assert.Equal("drops", Fate("drop", Rule("c", Unknown, Drop)));

    [Fact]
    public void Walk_UnclearRuleThatAcceptsBeforeAPolicyThatDrops_IsOpen()
        => Assert.Equal("may drop", Fate("drop", Rule("c", Unknown, Accept)));

    [Fact]
    public void Walk_UnclearJumpIntoAChainThatOnlyLogs_DoesNotMatter()
        => Assert.Equal("drops", Fate("accept", Rule("c", Unknown, """{"jump": {"target": "sub"}}"""), Rule("c", IsDhcp, Drop), Rule("sub", """{"log": null}""")));

    [Fact]
    public void Walk_JumpComesBackAndGotoDoesNot()
    {
        Assert.Equal("drops", Fate("accept", Rule("c", """{"jump": {"target": "sub"}}"""), Rule("c", Drop), Rule("sub", IsTcp, Accept)));
        Assert.Equal("passes", Fate("accept", Rule("c", """{"goto": {"target": "sub"}}"""), Rule("c", Drop), Rule("sub", IsTcp, Accept)));
    }

    [Fact]
    public void Walk_MarkSetOnlyPerhaps_IsNotKnownAfterwards()
    {
        const string SetMark = """{"mangle": {"key": {"meta": {"key": "mark"}}, "value": 5}}""";
        const string IsMarked = """{"match": {"op": "==", "left": {"meta": {"key": "mark"}}, "right": 5}}""";

        Assert.Equal("drops", Fate("accept", Rule("c", SetMark), Rule("c", IsMarked, Drop)));
        Assert.Equal("may drop", Fate("accept", Rule("c", Unknown, SetMark), Rule("c", IsMarked, Drop)));
    }

    [Fact]
    public void Walk_ChainsThatCallEachOther_EndsWithoutAnAnswer()
        => Assert.Equal("may drop", Fate("accept", Rule("c", """{"jump": {"target": "sub"}}"""), Rule("sub", """{"jump": {"target": "sub"}}""")));

    [Fact]
    public void Walk_ChainsThatFanOutWithoutEnd_GivesUpInTime()
    {
        // 40 levels of two calls each would be 2^40 rules.
        var rules = Enumerable.Range(0, 40).SelectMany(i => new[] { i, i }.Select(_ => Rule(i == 0 ? "c" : $"s{i}", $$"""{"jump": {"target": "s{{i + 1}}" } }""")));

        Assert.Equal("may drop", Fate("accept", [.. rules, Rule("s40", IsTcp, Drop)]));
    }

    [Fact]
    public void Walk_VlanFilteringBridge_LeavesTheIpLayerOpen()
    {
        var tables = Tables("inet", "drop");
        var frame = BridgedFrame.DhcpDiscover("br0", "vnet0", "eth0", null) with { MayBeTaggedInside = true };

        Assert.IsType<FrameFate.MayDrop>(FramePathEvaluator.Walk(tables, new(LendingState.On, LendingState.On, false), frame).Fate);
        Assert.IsType<FrameFate.Dropped>(FramePathEvaluator.Walk(tables, new(LendingState.On, LendingState.On, true), frame).Fate);
    }

    [Fact]
    public void Walk_ArpNeverMeetsTheIpLayer()
        => Assert.Empty(FramePathEvaluator.Walk(Tables("inet", "drop"), FrameLending.On, BridgedFrame.ArpRequest("br0", "vnet0", "eth0", null, null, null)).Stations);

    [Fact]
    public void Walk_DropOnTheBridgeHidesNothingBehindIt()
    {
        var walk = FramePathEvaluator.Walk([.. Tables("bridge", "drop"), .. Tables("inet", "drop")], FrameLending.On, BridgedFrame.DhcpDiscover("br0", "vnet0", "eth0", null));

        Assert.Equal(FilterFamily.Bridge, Assert.IsType<FrameFate.Dropped>(walk.FateIn(PathLayer.Bridge)).By.Family);
        Assert.Equal(FilterFamily.Inet, Assert.IsType<FrameFate.Dropped>(walk.FateIn(PathLayer.Ip)).By.Family);
    }

    [Fact]
    public void Walk_Stations_AreInTheOrderOfTheKernel()
    {
        var tables = ImmutableArray.Create(
            ("bridge", "prerouting", -300), ("inet", "prerouting", 0), ("bridge", "prerouting", 100), ("bridge", "forward", -200), ("inet", "forward", 0), ("bridge", "forward", 0),
            ("bridge", "postrouting", 300), ("inet", "postrouting", 0));
        var shuffled = tables.Reverse().SelectMany(place => Tables(place.Item1, "accept", place.Item2, place.Item3)).ToImmutableArray();

        var walk = FramePathEvaluator.Walk(shuffled, FrameLending.On, BridgedFrame.DhcpDiscover("br0", "vnet0", "eth0", null));

        Assert.Equal(tables, walk.Stations.Select(station => (station.Family.ToString().ToLowerInvariant(), station.Hook.ToString().ToLowerInvariant(), station.Priority)));
    }

    private static string Fate(string policy, params string[] rules)
        => FramePathEvaluator.Walk(Tables("bridge", policy, rules: rules), FrameLending.Off, BridgedFrame.DhcpDiscover("br0", "vnet0", "eth0", null)).Fate switch
        {
            FrameFate.Passes => "passes",
            FrameFate.Dropped => "drops",
            _ => "may drop",
        };

    private static string Rule(string chain, params string[] statements) => $$"""{"rule": {"family": "FAMILY", "table": "t", "chain": "{{chain}}", "expr": [{{string.Join(", ", statements)}}] } }""";

    private static ImmutableArray<FilterTable> Tables(string family, string policy, string hook = "forward", int priority = 0, params string[] rules)
    {
        var subs = Enumerable.Range(1, 40).Select(i => $"s{i}").Append("sub").Select(name => $$"""{"chain": {"family": "{{family}}", "table": "t", "name": "{{name}}" } }""");
        var start = $$"""{"chain": {"family": "{{family}}", "table": "t", "name": "c", "type": "filter", "hook": "{{hook}}", "prio": {{priority}}, "policy": "{{policy}}" } }""";
        var json = $$"""{"nftables": [{{string.Join(", ", [start, .. subs, .. rules.Select(rule => rule.Replace("FAMILY", family, StringComparison.Ordinal))])}}] }""";
        return Collected.Known(NftEvidence.Source.Read(Collected.Section("e.nft", Collected.Part("text", ""), Collected.Part("json", json)))).Tables;
    }
}
