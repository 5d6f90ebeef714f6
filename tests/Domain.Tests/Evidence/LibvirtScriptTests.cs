using ChatOpsBot.Domain.Evidence;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Evidence;

/// <summary>One run of the libvirt rows' scripts on a host with a real libvirtd and a real QEMU guest.</summary>
public sealed class LibvirtRun
{
    /// <summary>Results by label; empty when this machine cannot make such a host.</summary>
    public IReadOnlyDictionary<string, SectionOutput> Sections { get; } =
        Environment.IsPrivilegedProcess && Machine.Has("libvirtd", "virtlogd", "virsh", "qemu-system-x86_64")
            ? Collected.RunOnHost(
                LibvirtHost.Setup,
                new("dom-root", DomainEvidence.Source),
                new("dom-user", DomainEvidence.Source, AsUser: true),
                new("net-root", NetworkEvidence.Source),
                new("net-user", NetworkEvidence.Source, AsUser: true),
                new("nwf-root", NetworkFilterEvidence.Source),
                new("nwf-user", NetworkFilterEvidence.Source, AsUser: true),
                new("srv-root", ServerEvidence.Source),
                new("sock-root", SocketEvidence.Source),
                new("agent-closed", AgentEvidence.Source),
                new("dom-refused", DomainEvidence.Source, LibvirtHost.RefuseLogins, AsUser: true),
                new("net-refused", NetworkEvidence.Source, AsUser: true),
                new("nwf-refused", NetworkFilterEvidence.Source, AsUser: true),
                new("agent-open", AgentEvidence.Source, LibvirtHost.OpenAgent),
                new("dom-root-files", DomainEvidence.Source, LibvirtHost.EndDaemon),
                new("dom-user-files", DomainEvidence.Source, AsUser: true),
                new("net-root-files", NetworkEvidence.Source),
                new("net-user-files", NetworkEvidence.Source, AsUser: true),
                new("nwf-user-files", NetworkFilterEvidence.Source, AsUser: true),
                new("dom-dead-guest", DomainEvidence.Source, LibvirtHost.EndGuests))
            : new Dictionary<string, SectionOutput>();
}

/// <summary>The scripts of the libvirt rows against a real libvirtd and a real QEMU guest.</summary>
[Trait("Needs", "root")]
[Trait("Slow", "yes")]
public class LibvirtScriptTests : IClassFixture<LibvirtRun>
{
    private readonly LibvirtRun _run;

    public LibvirtScriptTests(LibvirtRun run)
    {
        Machine.NeedRoot();
        Machine.NeedTool("libvirtd", "virtlogd", "virsh", "qemu-system-x86_64");
        _run = run;
    }

    [Theory]
    [InlineData("dom-root", "libvirt")]
    [InlineData("dom-user", "libvirt")]
    [InlineData("dom-root-files", "libvirt files")]
    public void Domains_FromLibvirt_AllGuestsAndTheirNics(string label, string origin)
    {
        var facts = Collected.Known(DomainEvidence.Source.Read(_run.Sections[label]));

        Assert.Empty(facts.Gaps);
        var web = Assert.Single(facts.Guests, guest => guest.Name == "web & 'one'; list");
        var off = Assert.Single(facts.Guests, guest => guest.Name == "off1");
        Assert.Equal(2, facts.Guests.Length);
        Assert.Equal(("running", origin, LibvirtHost.WebUuid), (web.State, web.Origin, web.Uuid));
        Assert.Equal(("shut off", false), (off.State, off.IsRunning));
        Assert.Equal(["52:54:00:aa:bb:01", "52:54:00:aa:bb:02", "52:54:00:aa:bb:03"], web.Interfaces.Select(nic => nic.Mac));
        Assert.Equal(["br0", "br0", "br1"], web.Interfaces.Select(nic => nic.SourceBridge));
        Assert.Equal("lan", web.Interfaces[2].SourceNetwork);
        Assert.Equal(["vnet0", "vnet1", "vnet2"], web.Interfaces.Select(nic => nic.Target));
        Assert.Equal([false, true, false], web.Interfaces.Select(nic => nic.LinkDown));
        Assert.Equal([true, false, false], web.Interfaces.Select(nic => nic.Isolated));
        Assert.Equal(["clean-traffic", null, null], web.Interfaces.Select(nic => nic.Filter));
        Assert.Equal(["br1", null, null], web.Interfaces.Select(nic => nic.PersistentBridge));
        Assert.Equal("virtio", web.Interfaces[0].Model);
    }

    [Theory]
    [InlineData("dom-user-files", "no libvirt daemon runs, asking its socket would start one, and its files need root")]
    [InlineData("dom-refused", "libvirt: failed to connect to the hypervisor: authentication unavailable: no polkit agent available to authenticate action 'org.libvirt.unix.monitor'")]
    public void Domains_WithoutRights_AreTheQemuProcessesWithTheGapNamed(string label, string gap)
    {
        var facts = Collected.Known(DomainEvidence.Source.Read(_run.Sections[label]));

        var guest = Assert.Single(facts.Guests);
        Assert.Equal(("web & 'one'; list", "running", "qemu process"), (guest.Name, guest.State, guest.Origin));
        Assert.Equal(["52:54:00:aa:bb:01", "52:54:00:aa:bb:02", "52:54:00:aa:bb:03"], guest.Interfaces.Select(nic => nic.Mac));
        Assert.StartsWith(gap[..40], Assert.Single(facts.Gaps));
    }

    [Fact]
    public void Domains_StatusFileOutlivedItsProcess_GuestIsShutOff()
    {
        var facts = Collected.Known(DomainEvidence.Source.Read(_run.Sections["dom-dead-guest"]));

        Assert.Equal("shut off", Assert.Single(facts.Guests, guest => guest.Uuid == LibvirtHost.WebUuid).State);
    }

    [Fact]
    public void AnyScript_SecretsOfGuests_NeverLeaveTheHost()
    {
        var all = string.Concat(_run.Sections.Values.SelectMany(section => section.Parts).Select(part => part.Text));

        Assert.Contains(LibvirtHost.WebUuid, all);
        Assert.DoesNotContain("canary", all);
    }

    [Theory]
    [InlineData("net-root")]
    [InlineData("net-user")]
    [InlineData("net-root-files")]
    public void Networks_FromLibvirt_AllWithTheirState(string label)
    {
        var facts = Collected.Known(NetworkEvidence.Source.Read(_run.Sections[label]));

        Assert.Equal(["default", "lan", "off"], facts.Networks.Select(network => network.Name).Order());
        Assert.Equal([true, true, false], facts.Networks.OrderBy(network => network.Name).Select(network => network.Active));
        Assert.Equal(["nat", "bridge", null], facts.Networks.OrderBy(network => network.Name).Select(network => network.ForwardMode));
        Assert.Equal(["virbr0", "br1", "virbr7"], facts.Networks.OrderBy(network => network.Name).Select(network => network.Bridge));
        Assert.Equal([true, false, true], facts.Networks.OrderBy(network => network.Name).Select(network => network.HasNoUplinkByDesign));
        Assert.Equal(["192.168.122.1/24"], facts.Networks.Single(network => network.Name == "default").Addresses);
        Assert.Equal("libvirt", facts.Networks.Single(network => network.Name == "off").MacTableManager);
    }

    [Theory]
    [InlineData("net-user-files", "need root")]
    [InlineData("net-refused", "failed to connect to the hypervisor: ")]
    public void Networks_WithoutRights_AreMissing(string label, string reason)
        => Assert.Contains(reason, Collected.Missing(NetworkEvidence.Source.Read(_run.Sections[label])));

    [Theory]
    [InlineData("nwf-root")]
    [InlineData("nwf-user")]
    public void NetworkFilters_BoundFilter_IsRead(string label)
    {
        var binding = Assert.Single(Collected.Known(NetworkFilterEvidence.Source.Read(_run.Sections[label])).Bindings);

        Assert.Equal(("vnet0", "clean-traffic", "52:54:00:aa:bb:01", "web & 'one'; list"), (binding.Port, binding.Filter, binding.Mac, binding.Guest));
        Assert.Empty(binding.AdmittedAddresses);
    }

    [Theory]
    [InlineData("nwf-user-files", "need root")]
    [InlineData("nwf-refused", "failed to connect to the hypervisor: ")]
    public void NetworkFilters_WithoutRights_AreMissing(string label, string reason)
        => Assert.Contains(reason, Collected.Missing(NetworkFilterEvidence.Source.Read(_run.Sections[label])));

    [Fact]
    public void Agent_NoOpenChannel_IsAbsent()
        => Assert.Equal("no running guest has an open agent channel", Collected.Absent(AgentEvidence.Source.Read(_run.Sections["agent-closed"])));

    [Fact]
    public void Agent_OpenChannel_AddressesBelongToTheGuestThatWasAsked()
    {
        var guest = Assert.Single(Collected.Known(AgentEvidence.Source.Read(_run.Sections["agent-open"])).Guests);

        Assert.Equal(LibvirtHost.WebUuid, guest.Uuid);
        Assert.Contains(new AgentAddress("my lan", "52:54:00:aa:bb:01", "10.20.0.7", 16), guest.Addresses);
        Assert.Contains(new AgentAddress("eth9", "52:54:00:aa:bb:09", null, null), guest.Addresses);
    }

    [Fact]
    public void Server_DnsmasqOfLibvirt_IsSeen()
    {
        var facts = Collected.Known(ServerEvidence.Source.Read(_run.Sections["srv-root"]));

        Assert.Contains(facts.Servers, server => server.Program == "dnsmasq");
    }

    [Fact]
    public void Socket_DnsmasqOfLibvirt_HoldsPort67()
    {
        var socket = Assert.Single(Collected.Known(SocketEvidence.Source.Read(_run.Sections["sock-root"])).Sockets);

        Assert.Equal(("0.0.0.0", "virbr0", "dnsmasq"), (socket.Address, socket.Device, Assert.Single(socket.Owners).Program));
    }
}
