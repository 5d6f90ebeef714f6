using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Probes;

public class ProbePlanTests
{
    private static readonly ProbeWish s_active = new(ProbeMode.Active, ProbeWish.Everything);

    [Fact]
    public void For_NoneWished_IsEmpty() => Assert.True(Plan(ProbedHost.Plain(), ProbeWish.Nothing).IsEmpty);

    [Fact]
    public void For_CertainFinding_IsEmpty() => Assert.True(Plan(new FakeHost().Bridge("br0", up: false).Nic("eno2", "br0").Tap("vnet0", "br0"), s_active).IsEmpty);

    [Fact]
    public void For_Passive_ListensAndReadsAgainAndSendsNothing()
    {
        var plan = Plan(ProbedHost.Plain(), new(ProbeMode.Passive, ProbeWish.Everything));

        Assert.True(plan.ReadsAgain);
        Assert.Equal(["tap", "vnet0", ProbedHost.Mac, "up", "eno2", "-", "br", "br0", "-"], plan.Watch.Skip(2));
        Assert.True(plan is { Dhcp.IsEmpty: true, Who.IsEmpty: true, DontFragment.IsEmpty: true });
    }

    [Fact]
    public void For_PassiveWhenEveryAddressIsKnown_IsEmpty()
        => Assert.True(Plan(Known(), new(ProbeMode.Passive, ProbeWish.Everything)).IsEmpty || !Known().Diagnose().Undecided.IsEmpty);

    [Fact]
    public void For_CertainDriftBesideAGuestWithoutAddress_ListensAndAsks()
    {
        Assert.Equal((HostConfigDrift.Id, Certainty.Certain), (Drifted(ProbedHost.Plain()).Diagnose().Primary!.Id, Drifted(ProbedHost.Plain()).Diagnose().Primary!.Certainty));
        Assert.NotEmpty(Plan(Drifted(ProbedHost.Plain()), new(ProbeMode.Passive, ProbeWish.Everything)).Watch);
        Assert.NotEmpty(Plan(Drifted(ProbedHost.Plain()), s_active).Dhcp);
    }

    [Fact]
    public void For_CertainDriftAloneWhenEveryAddressIsKnown_CallsForNothing()
    {
        // All that this host did not say is left out here: each of it alone would call for a second read.
        var known = Drifted(Known());
        var diagnosis = known.Diagnose() with { Undecided = [] };

        Assert.Equal(HostConfigDrift.Id, Assert.Single(diagnosis.Findings).Id);
        Assert.True(ProbePlan.For(known.View(), diagnosis, new(ProbeMode.Passive, ProbeWish.Everything)).IsEmpty);
    }

    [Fact]
    public void For_CertainDriftBesideACertainCause_IsEmpty()
        => Assert.True(Plan(Drifted(new FakeHost().Bridge("br0").Nic("eno2", "br0", "BROADCAST,MULTICAST").Tap("vnet0", "br0")), s_active).IsEmpty);

    [Fact]
    public void For_Active_KeepsTheGuestsStyleOfAddressBackUnlessAllowed()
    {
        var plan = Plan(ProbedHost.Plain(), s_active);

        Assert.Null(Assert.Single(plan.Dhcp).GuestMac);
        Assert.Contains(plan.Withheld, entry => entry.Section == "p.dhcp" && entry.Why.Contains("--may-take-port-down", StringComparison.Ordinal));
    }

    [Fact]
    public void For_ActiveAndAllowed_UsesOneFixedAddressForABridge()
    {
        var wish = s_active with { MayTakePortDown = true };
        var host = ProbedHost.Plain().Section("e.self", "self", "uid=0\nconnection=\nuptime=1.0\n");

        var mac = Assert.Single(Plan(host, wish).Dhcp).GuestMac;
        Assert.Equal("02:c0:b0:00:00:00", mac);
        Assert.Equal(mac, Assert.Single(Plan(host, wish).Dhcp).GuestMac);
    }

    [Fact]
    public void For_OurSessionRunsOverTheUplink_NeverSendsAGuestsStyleOfAddress()
    {
        var host = ProbedHost.Plain().Section("e.self", "self", "uid=0\nconnection=10.0.0.1 4711 10.20.0.42 22\nuptime=1.0\n");

        Assert.Null(Assert.Single(Plan(host, s_active with { MayTakePortDown = true }).Dhcp).GuestMac);
    }

    [Fact]
    public void For_PolicyWantsApproval_SaysWhyItIsNotSent()
    {
        var plan = Plan(ProbedHost.Plain(), new(ProbeMode.Active, ProbeRules.Default));

        Assert.Empty(plan.Dhcp);
        Assert.Contains(plan.Withheld, entry => entry.Section == "p.dhcp" && entry.Why.Contains("approval", StringComparison.Ordinal));
        Assert.NotEmpty(plan.Who);
        Assert.Equal(("p.dhcp br0 - 8 eno2", false), (Assert.Single(plan.ToApprove).Line, plan.ToApprove[0].MayTakePortDown));
    }

    [Fact]
    public void For_Approved_SendsExactlyThatAndNothingElseOfTheProbe()
    {
        var wish = new ProbeWish(ProbeMode.Active, ProbeRules.Default) { MayTakePortDown = true };
        var host = ProbedHost.Plain().Section("e.self", "self", "uid=0\nconnection=\nuptime=1.0\n");
        var asked = Assert.Single(Plan(host, wish).ToApprove);
        var approved = Plan(host, wish with { Approved = [asked.Line] });

        Assert.True(asked.MayTakePortDown);
        Assert.Equal("02:c0:b0:00:00:00", Assert.Single(approved.Dhcp).GuestMac);
        Assert.Empty(approved.ToApprove);
        Assert.Empty(Plan(host, wish with { Approved = ["p.dhcp br1 - 8 eno2"] }).Dhcp);
    }

    [Fact]
    public void For_ListeningUnderApproval_IsAskedForOnceForAllBridges()
    {
        var rules = new ProbeRules(ImmutableSortedDictionary.CreateRange([KeyValuePair.Create("p.trace", ProbeUse.Approve)]));
        var wish = new ProbeWish(ProbeMode.Passive, rules);

        Assert.Equal("p.trace", Assert.Single(Plan(ProbedHost.Plain(2), wish).ToApprove).Line);
        Assert.NotEmpty(Plan(ProbedHost.Plain(2), wish with { Approved = ["p.trace"] }).Watch);
    }

    [Fact]
    public void For_PolicyForbids_SaysSo()
    {
        var rules = new ProbeRules(ImmutableSortedDictionary.CreateRange([KeyValuePair.Create("p.trace", ProbeUse.Deny), KeyValuePair.Create("p.arp", ProbeUse.Deny)]));
        var plan = Plan(ProbedHost.Plain(), new(ProbeMode.Active, rules));

        Assert.True(plan is { Watch.IsEmpty: true, Who.IsEmpty: true });
        Assert.Equal(["p.arp", "p.dhcp", "p.trace"], plan.Withheld.Select(entry => entry.Section).Order());
    }

    [Fact]
    public void For_AddressInTheEngineersWords_IsAskedFor()
    {
        var who = Assert.Single(Plan(ProbedHost.Plain(), s_active with { Because = "10.20.0.77 works now and then" }).Who);

        Assert.Equal(["10.20.0.1", "10.20.0.77", "10.20.0.253", "10.20.0.252"], who.Targets);
        Assert.Equal("10.20.0.42", who.Sender);
    }

    private static FakeHost Drifted(FakeHost host)
        => host.Section("e.cfg", "files", "/etc/network/interfaces\u00001:auto br0\n/etc/network/interfaces\u00002:iface br0 inet manual\n/etc/network/interfaces\u00003:    bridge_ports eno2\n/etc/network/interfaces\u00004:    bridge_stp on\n");

    private static FakeHost Known() => ProbedHost.Plain().Section("e.neigh", "entries", $$"""[{"dst":"10.20.0.7","dev":"br0","lladdr":"{{ProbedHost.Mac}}","state":["STALE"]}]""").Section("e.neigh", "tables", "[]");

    private static ProbePlan Plan(FakeHost host, ProbeWish wish) => ProbePlan.For(host.View(), host.Diagnose(), wish);
}
