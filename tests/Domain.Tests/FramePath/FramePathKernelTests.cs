using System.Collections.Immutable;
using System.Net;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.FramePath;
using Xunit;

namespace ChatOpsBot.Domain.Tests.FramePath;

/// <summary>Asks the kernel itself: each certain answer of the evaluator must be what a real frame meets.</summary>
public sealed class FramePathKernelTests(ITestOutputHelper output)
{
    private const string Guest = "52:54:00:00:00:01";
    private const string Other = "52:54:00:00:00:02";
    private const string Server = "02:00:00:00:00:99";
    private const int RuleSets = 70;

    [Theory]
    [InlineData(1)]
    [Trait("Needs", "root")]
    public void Walk_RandomRuleSets_AgreesWithTheKernel(int seed)
    {
        if (KernelLab.Obstacle() is { } obstacle)
        {
            Assert.Skip(obstacle);
        }

        using var lab = KernelLab.Create("r");
        var (passed, dropped, open, refused) = (0, 0, 0, 0);
        var wrong = new List<string>();
        for (var i = 0; i < RuleSets; i++)
        {
            var code = lab.Run(new RandomRules((seed * 100_000) + i).Script(lab.Folder));
            if (code != 0)
            {
                refused++;
                output.WriteLine($"rule set {i} was refused: {File.ReadAllText(Path.Combine(lab.Folder, "stderr")).Trim().Split('\n')[0]}");
                continue;
            }

            var (tables, netfilter) = Read(lab.Folder);
            foreach (var probe in Probes())
            {
                var walk = FramePathEvaluator.Walk(tables, netfilter, probe.Frame);
                switch (walk.Fate)
                {
                    case FrameFate.Passes:
                        passed++;
                        break;
                    case FrameFate.Dropped:
                        dropped++;
                        break;
                    default:
                        open++;
                        continue;
                }

                if (Arrives(lab, probe, expected: walk.Fate is FrameFate.Passes) != walk.Fate is FrameFate.Passes)
                {
                    wrong.Add($"rule set {i}, {probe.Frame.Name} from {probe.Frame.InPort}, tag {probe.Frame.VlanId}: {walk.Fate}");
                    File.WriteAllText(Path.Combine(Path.GetTempPath(), $"cob-fw-wrong-{i}.sh"), new RandomRules((seed * 100_000) + i).Script("/tmp"));
                }
            }
        }

        var certain = passed + dropped;
        output.WriteLine($"{certain} certain answers compared with the kernel ({passed} pass, {dropped} drop), {open} left open, {refused} rule sets refused by the kernel.");
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong.Take(20)));
        Assert.True(passed >= 70 && dropped >= 70, $"too few certain answers: {passed} pass, {dropped} drop");
        Assert.True(certain >= 4 * open, $"too many open answers: {open} beside {certain}");
        Assert.True(refused <= RuleSets / 5, $"too many rule sets refused: {refused}");
    }

    /// <summary>Each match as a rule that only counts: what the kernel counted must be what the evaluator says of that rule.</summary>
    [Fact]
    [Trait("Needs", "root")]
    public void Walk_EveryMatchByItself_MatchesWhatTheKernelCounts()
    {
        if (KernelLab.Obstacle() is { } obstacle)
        {
            Assert.Skip(obstacle);
        }

        using var lab = KernelLab.Create("m");
        Assert.Equal(0, lab.Run(MatchRules.Script()));
        var before = Counted(lab);
        var (compared, open, matched) = (0, 0, 0);
        var wrong = new List<string>();
        foreach (var probe in Probes())
        {
            Assert.Equal(0, lab.Run(MatchRules.OnlyTowards(probe.Frame.OutPort)));
            Assert.True(lab.Passes(probe.Frame.InPort, probe.Frame.OutPort, probe.Bytes(), 2000));
            var after = Counted(lab);
            foreach (var (place, rule) in after)
            {
                var fate = FramePathEvaluator.Walk([Alone(place, rule)], FrameLending.On, probe.Frame).Fate;
                var counted = rule.Packets > before[place].Packets;
                switch (fate)
                {
                    case FrameFate.MayDrop:
                        open++;
                        continue;
                    case FrameFate.Dropped:
                        matched++;
                        break;
                }

                compared++;
                if (counted != fate is FrameFate.Dropped)
                {
                    wrong.Add($"{place.Table.Family} {place.Chain.Hook} {place.Chain.Priority} \"{rule.Text}\": the kernel {(counted ? "counts" : "does not count")} the {probe.Frame.Name} from {probe.Frame.InPort}, tag {probe.Frame.VlanId}");
                }
            }

            before = after;
        }

        output.WriteLine($"{compared} matches compared with the kernel's counters ({matched} match), {open} left open.");
        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong\n{string.Join(Environment.NewLine, wrong.Take(40))}");
        Assert.True(compared > 2000 && matched > 400 && compared > 4 * open, $"too few: {compared} compared, {matched} match, {open} open");
    }

    private static Dictionary<(FilterTable Table, FilterChain Chain, int Index), FilterRule> Counted(KernelLab lab)
    {
        Assert.Equal(0, lab.Run(RandomRules.Listings(lab.Folder)));
        var view = FirewallFiles.View(lab.Folder);
        return (from table in Firewall.Read(view).Tables
                from chain in table.Chains.Values
                from rule in chain.Rules.Select((rule, index) => (rule, index))
                select ((TableOf(table), ChainOf(chain), rule.index), rule.rule)).ToDictionary();

        static FilterTable TableOf(FilterTable table) => new() { Family = table.Family, Name = table.Name, Section = "", Chains = NoChains };
        static FilterChain ChainOf(FilterChain chain) => new() { Name = chain.Name, Hook = chain.Hook, Priority = chain.Priority, Devices = [], Rules = [] };
    }

    private static ImmutableDictionary<string, FilterChain> NoChains { get; } = ImmutableDictionary<string, FilterChain>.Empty;

    /// <summary>The rule alone in its place, with a drop behind its tests: the frame then ends exactly when they all hold.</summary>
    private static FilterTable Alone((FilterTable Table, FilterChain Chain, int Index) place, FilterRule rule)
        => place.Table with { Chains = NoChains.Add(place.Chain.Name, place.Chain with { Rules = [rule with { Steps = [.. rule.Steps, new RuleStep.Decide(new RuleVerdict.Drop("drop"))] }] }) };

    /// <summary>A frame that seems lost is sent again with more patience: a busy machine must not look like a filter.</summary>
    private static bool Arrives(KernelLab lab, Probe probe, bool expected)
        => lab.Passes(probe.Frame.InPort, probe.Frame.OutPort, probe.Bytes(), expected ? 200 : 10)
            || (expected && lab.Passes(probe.Frame.InPort, probe.Frame.OutPort, probe.Bytes(), 2000));

    private static (ImmutableArray<FilterTable> Tables, FrameLending Netfilter) Read(string folder)
    {
        var view = FirewallFiles.View(folder);
        var firewall = Firewall.Read(view);
        Assert.Empty(firewall.Gaps);
        var sysctl = Assert.IsType<FactReading<SysctlFacts>.Known>(view.Read(SysctlEvidence.Source)).Value;
        var active = Assert.IsType<BridgeNetfilter.Active>(sysctl.BridgeNetfilter);
        var isOn = active.CallIptables == true || File.ReadAllText(Path.Combine(folder, "own.txt")).Trim() == "1";
        return (firewall.Tables, new(isOn ? LendingState.On : LendingState.Off, LendingState.Off, active.FilterVlanTagged));
    }

    private static IEnumerable<Probe> Probes()
    {
        var (any, all, server, offered) = (IPAddress.Any, IPAddress.Broadcast, IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.50"));
        yield return new(BridgedFrame.DhcpDiscover("br0", "vnet0", "eth0", Guest), Guest, "ff:ff:ff:ff:ff:ff", any, all);
        yield return new(BridgedFrame.DhcpDiscover("br0", "vnet1", "eth0", Other), Other, "ff:ff:ff:ff:ff:ff", any, all);
        yield return new(BridgedFrame.DhcpDiscover("br0", "vnet0", "eth0", Guest) with { VlanId = 5 }, Guest, "ff:ff:ff:ff:ff:ff", any, all);
        yield return new(BridgedFrame.DhcpOffer("br0", "eth0", "vnet0", Guest, broadcast: true), Server, "ff:ff:ff:ff:ff:ff", server, all);
        yield return new(BridgedFrame.DhcpOffer("br0", "eth0", "vnet0", Guest, broadcast: false), Server, Guest, server, offered);
        yield return new(
            BridgedFrame.DhcpOffer("br0", "eth0", "vnet1", Other, broadcast: true) with { SourceMac = Server, Source = server, Name = "OFFER of a known server" }, Server, "ff:ff:ff:ff:ff:ff", server, all);
    }

    private sealed record Probe(BridgedFrame Frame, string From, string To, IPAddress Source, IPAddress Destination)
    {
        private static ulong _token = 0x636f622d66726d00;

        public byte[] Bytes() => WireFrame.Dhcp(From, To, Source, Destination, Frame.SourcePort ?? 0, Frame.DestinationPort ?? 0, Frame.VlanId, ++_token);
    }
}
