using System.Text;
using ChatOpsBot.Domain.Evidence;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Evidence;

public class DomainEvidenceTests
{
    private const string Uuid = "11111111-1111-4111-8111-111111111101";

    [Theory]
    [InlineData("libvirt")]
    [InlineData("libvirt-files")]
    public void Read_CapturedHost_BothGuests(string fixture)
    {
        var facts = Collected.Known(DomainEvidence.Source.Read(Collected.Fixture("e.dom", fixture)));

        Assert.Equal(["off1", "web & 'one'; list"], facts.Guests.Select(guest => guest.Name).Order());
        var web = facts.Guests.Single(guest => guest.IsRunning);
        Assert.Equal(["br0", "br0", "br1"], web.Interfaces.Select(nic => nic.SourceBridge));
        Assert.Equal("br1", web.Interfaces[0].PersistentBridge);
        Assert.Equal(fixture == "libvirt-files", web.AgentConnected);
    }

    [Fact]
    public void Read_CapturedQemuProcess_GuestWithMacsAndTheGap()
    {
        var facts = Collected.Known(DomainEvidence.Source.Read(Collected.Fixture("e.dom", "qemu-process")));

        Assert.Equal(3, Assert.Single(facts.Guests).Interfaces.Length);
        Assert.Single(facts.Gaps);
    }

    [Fact]
    public void Read_LiveAndStoredDiffer_BothBridgesAreKnown()
    {
        var live = Domain("vm1", "<interface type='bridge'><mac address='52:54:00:AA:00:01'/><source bridge='br1'/><target dev='vnet0'/></interface>", "id='3'");
        var stored = Domain("vm1", "<interface type='bridge'><mac address='52:54:00:aa:00:01'/><source bridge='br0'/></interface>");

        var guest = Assert.Single(Xml($"{Uuid}paused\n{live}{stored}").Guests);

        Assert.Equal(("paused", true), (guest.State, guest.IsRunning));
        Assert.Equal(("br1", "br0", "vnet0", "52:54:00:aa:00:01"), (guest.Interfaces[0].SourceBridge, guest.Interfaces[0].PersistentBridge, guest.Interfaces[0].Target, guest.Interfaces[0].Mac));
    }

    [Fact]
    public void Read_EveryMemberOfANic_IsTyped()
    {
        var nic = Assert.Single(Assert.Single(Xml(Domain("vm1", """
            <interface type='network'><mac address='52:54:00:aa:00:01'/><source network='n' portgroup='p' bridge='ovsbr0'/>
            <vlan trunk='yes'><tag id='42'/><tag id='47' nativeMode='untagged'/><tag id='x'/></vlan><virtualport type='openvswitch'><parameters interfaceid='1'/></virtualport>
            <model type='virtio'/><link state='down'/><port isolated='yes'/><filterref filter='clean-traffic'/><target dev='vnet5'/></interface>
            """)).Guests).Interfaces);

        Assert.Equal(("network", "n", "ovsbr0", "openvswitch", "clean-traffic"), (nic.Type, nic.SourceNetwork, nic.SourceBridge, nic.VirtualPort, nic.Filter));
        Assert.Equal([42, 47], nic.VlanTags);
        Assert.True(nic.LinkDown && nic.Isolated);
    }

    [Fact]
    public void Read_DirectNicAndActualOfStatusFile_AreTyped()
    {
        const string Devices = """
            <interface type='direct'><source dev='eno1' mode='bridge'/></interface>
            <interface type='network'><source network='lan'/><actual type='bridge'><source bridge='br7'/><virtualport type='openvswitch'/></actual></interface>
            """;
        var text = $"<domstatus state='running' pid='7'>{Domain("vm1", Devices, "id='1'")}</domstatus>";

        var guest = Assert.Single(Collected.Known(DomainEvidence.Source.Read(Collected.Section("e.dom", Collected.Part("files", text), Collected.Part("qemu", $"qemu\0-uuid\0{Uuid}\0")))).Guests);

        Assert.Equal("running", guest.State);
        Assert.Equal("eno1", guest.Interfaces[0].SourceDevice);
        Assert.Equal(("br7", "openvswitch"), (guest.Interfaces[1].SourceBridge, guest.Interfaces[1].VirtualPort));
    }

    [Fact]
    public void Read_AttributesAndElementsShuffled_SameFacts()
    {
        var first = Xml("<domain type='kvm' id='1'><name>a</name><uuid>" + Uuid + "</uuid><devices><interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0' x='1'/></interface></devices></domain>");
        var second = Xml("<domain id='1' type='kvm'><devices><interface x:y='1' xmlns:x='urn:x' type='bridge'><source x='1' bridge='br0'/><mac address='52:54:00:00:00:01'/></interface></devices><uuid>" + Uuid + "</uuid><name>a</name></domain>");

        Assert.Equal(Show(first.Guests[0]), Show(second.Guests[0]));
    }

    [Fact]
    public void Read_NamesAndMetadataThatLookLikeBorders_AreText()
    {
        var hostile = $"<domain type='kvm' id='1'><name>a&lt;/domain&gt; 22222222-2222-4222-8222-222222222202running</name><uuid>{Uuid}</uuid><metadata><x><![CDATA[</domain><domain><name>evil</name></domain>]]><!-- </domain> --><name>inner</name></x></metadata><description>22222222-2222-4222-8222-222222222202crashed</description></domain>";

        var facts = Xml($"{Uuid}running\n{hostile}");

        Assert.Equal("a</domain> 22222222-2222-4222-8222-222222222202running", Assert.Single(facts.Guests).Name);
    }

    [Theory]
    [InlineData("<!DOCTYPE d [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><domain><name>&b;</name></domain>")]
    [InlineData("<!DOCTYPE d [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><domain><name>&a;</name></domain>")]
    [InlineData("<domain><name>&bomb;</name></domain>")]
    [InlineData("<domain><name>a</name><devices><interface")]
    [InlineData("<domain></domain")]
    [InlineData("<domain><name>\u0001</name></domain>")]
    public void Read_BombsAndCutXml_AreMissing(string xml)
        => Assert.Contains("XML is not well-formed", Collected.Missing(DomainEvidence.Source.Read(Collected.Section("e.dom", Collected.Part("xml", xml)))));

    [Fact]
    public void Read_ElementsNestedWithoutEnd_IsMissing()
        => Collected.Missing(DomainEvidence.Source.Read(Collected.Section("e.dom", Collected.Part("xml", "<domain><devices>" + string.Concat(Enumerable.Repeat("<interface>", 50_000))))));

    [Theory]
    [InlineData("<other/>")]
    [InlineData("<domain/>")]
    [InlineData("<domain><uuid>x</uuid></domain>")]
    [InlineData("<domstatus state='running'><other/></domstatus>")]
    [InlineData("some text")]
    public void Read_OtherDocuments_AreNoGuests(string xml) => Assert.Empty(Xml(xml).Guests);

    [Fact]
    public void Read_DefinitionOfAListedGuestLacking_IsMissing()
        => Assert.Equal("libvirt did not give the definitions of 1 guests: virsh: exit code 124", Collected.Missing(DomainEvidence.Source.Read(
            Collected.Section("e.dom", Collected.Part("listed", Uuid), Collected.Part("xml", "", "virsh: exit code 124\n")))));

    [Fact]
    public void Read_GuestEndedBetweenListAndDump_IsNoHole()
        => Assert.Empty(Collected.Known(DomainEvidence.Source.Read(
            Collected.Section("e.dom", Collected.Part("listed", Uuid), Collected.Part("xml", Uuid, $"error: failed to get domain '{Uuid}'\nvirsh: exit code 1\n")))).Guests);

    [Fact]
    public void Read_NoGuestAtAll_IsKnownAndEmpty() => Assert.Empty(Collected.Known(DomainEvidence.Source.Read(Collected.Section("e.dom", Collected.Part("listed", "")))).Guests);

    [Fact]
    public void Read_OutputWasCut_IsMissing()
        => Assert.Equal("the output was larger than its cap", Collected.Missing(DomainEvidence.Source.Read(Collected.Section("e.dom", Collected.Part("xml", "<domain>", end: PartEnd.Truncated)))));

    [Fact]
    public void Read_OnlyReasons_AreTheReasonOfMissing()
        => Assert.Equal("libvirt: failed to connect: no rights; hidden", Collected.Missing(DomainEvidence.Source.Read(
            Collected.Section("e.dom", Collected.Part("virsh", "", "error: failed to connect\nerror: no rights\n", 1), Collected.Part("why", "hidden")))));

    [Fact]
    public void Read_ProxmoxWithRunningAndStoppedGuest_TapsOfTheRunningOne()
    {
        // Forms of /etc/pve/qemu-server/ID.conf (qm.conf(5)) and of the command line that qemu-server builds.
        var section = Collected.Section(
            "e.dom",
            Collected.Part("pve", "/etc/pve/qemu-server/100.conf\0name: web\n/etc/pve/qemu-server/100.conf\0net0: virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1,tag=10\n/etc/pve/qemu-server/100.conf\0[old]\n/etc/pve/qemu-server/100.conf\0net0: e1000=BC:24:11:00:00:01,bridge=vmbr9\n"
                + "/etc/pve/qemu-server/101.conf\0net1: model=virtio,macaddr=BC:24:11:00:00:02,bridge=vmbr0,link_down=1\n/etc/pve/qemu-server/900.conf\0template: 1\n"),
            Collected.Part("qemu", "/usr/bin/kvm\0-id\0100\0-name\0web,debug-threads=on\0-netdev\0type=tap,id=net0,ifname=tap100i0,script=/usr/libexec/qemu-server/pve-bridge,vhost=on\0-device\0virtio-net-pci,mac=BC:24:11:00:00:01,netdev=net0,bus=pci.0\0"));

        var guests = Collected.Known(DomainEvidence.Source.Read(section)).Guests;

        Assert.Equal(2, guests.Length);
        Assert.Equal(("web", "running", 100, "proxmox"), (guests[0].Name, guests[0].State, guests[0].ProxmoxId, guests[0].Origin));
        var nic = Assert.Single(guests[0].Interfaces);
        Assert.Equal(("vmbr0", "tap100i0", "virtio", "bc:24:11:00:00:01", true), (nic.SourceBridge, nic.Target, nic.Model, nic.Mac, nic.ProxmoxFirewall));
        Assert.Equal([10], nic.VlanTags);
        Assert.Equal(("VM 101", "shut off", true, null), (guests[1].Name, guests[1].State, guests[1].Interfaces[0].LinkDown, guests[1].Interfaces[0].Target));
    }

    [Theory]
    [InlineData("-netdev\0tap,id=n,ifname=tap7,script=no\0-device\0virtio-net-pci,netdev=n,mac=52:54:00:00:00:07\0", "ethernet tap7 52:54:00:00:00:07 virtio")]
    [InlineData("-nic\0tap,ifname=tap8,mac=52:54:00:00:00:08,model=e1000\0", "ethernet tap8 52:54:00:00:00:08 e1000")]
    [InlineData("-netdev\0bridge,id=n,br=br5\0-device\0e1000,netdev=n,mac=52:54:00:00:00:09\0", "bridge br5 52:54:00:00:00:09 e1000")]
    [InlineData("-net\0nic,macaddr=52:54:00:00:00:0A,model=rtl8139\0-net\0tap,ifname=tapA\0", "ethernet tapA 52:54:00:00:00:0a rtl8139")]
    [InlineData("-netdev\0user,id=n\0", "user")]
    [InlineData("-netdev\0{\"type\":\"tap\",\"fd\":\"3\",\"id\":\"n\"}\0-device\0{\"driver\":\"virtio-net-pci\",\"netdev\":\"n\",\"mac\":\"52:54:00:00:00:0b\"}\0", "ethernet 52:54:00:00:00:0b virtio")]
    public void Read_QemuStartedByHand_NicOfItsCommandLine(string arguments, string expected)
    {
        var guest = Assert.Single(Processes("qemu-system-x86_64\0-name\0a,,b\0" + arguments).Guests);

        var nic = Assert.Single(guest.Interfaces);
        Assert.Equal("a,b", guest.Name);
        Assert.Equal(expected, string.Join(' ', new[] { nic.Type, nic.Target, nic.SourceBridge, nic.Mac, nic.Model }.Where(word => word is not null)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0")]
    [InlineData("-name\0")]
    [InlineData("qemu\0-netdev\0{\"type\":")]
    [InlineData("qemu\0-netdev\0[1]\0-device\0{}\0-net\0nic\0-device\0,,,=\0-net\0tap\0-name\0")]
    [InlineData("qemu\0-device\0{\"mac\":{\"a\":1}}\0-id\099999999999\0-uuid")]
    public void Read_HostileCommandLine_NeverThrows(string arguments) => Assert.NotNull(Processes(arguments));

    [Fact]
    public void Read_FiveHundredGuests_UnderATenthOfASecond()
    {
        var text = new StringBuilder();
        var template = Collected.FixturePath("e.dom/libvirt");
        var body = File.ReadAllText(Path.Combine(template, "2.out"));
        var document = body[body.IndexOf("<domain", StringComparison.Ordinal)..(body.IndexOf("</domain>", StringComparison.Ordinal) + 9)];
        for (var i = 0; i < 500; i++)
        {
            var uuid = $"11111111-1111-4111-8111-{i:d12}";
            text.Append(uuid).Append("running\n").Append(document.Replace("11111111-1111-4111-8111-11111111aa01", uuid, StringComparison.Ordinal));
        }

        var section = Collected.Section("e.dom", Collected.Part("xml", text.ToString()));
        var best = TimeSpan.MaxValue;
        // Time of this thread on a processor, since other work on the machine is not meant; the best of some runs, since the first ones compile.
        for (var run = 0; run < 40 && best > TimeSpan.FromMilliseconds(100); run++)
        {
            var start = Machine.ThreadTime();
            Assert.Equal(500, Collected.Known(DomainEvidence.Source.Read(section)).Guests.Length);
            var took = Machine.ThreadTime() - start;
            best = took < best ? took : best;
        }

        Assert.True(best < TimeSpan.FromMilliseconds(100), $"took {best.TotalMilliseconds:f0} ms for {text.Length} bytes");
    }

    [Fact]
    [Trait("Needs", "root")]
    public void Script_HostWithoutLibvirtAndQemu_ProvesAbsence()
    {
        Machine.NeedRoot();

        var reading = DomainEvidence.Source.Read(Collected.RunOnHost("", new Step("none", DomainEvidence.Source))["none"]);

        Assert.Equal("no libvirt socket and no QEMU process", Collected.Absent(reading));
    }

    [Fact]
    [Trait("Needs", "root")]
    public void Script_ProcessesHidden_CannotProveAbsence()
    {
        Machine.NeedRoot();

        var reading = DomainEvidence.Source.Read(Collected.RunOnHost("mount -o remount,hidepid=2 /proc", new Step("hidden", DomainEvidence.Source, AsUser: true))["hidden"]);

        Assert.Equal("processes of other users are hidden (hidepid)", Collected.Missing(reading));
    }

    [Fact]
    [Trait("Needs", "root")]
    public void Script_SocketWithoutDaemon_IsNotAsked()
    {
        Machine.NeedRoot();
        Machine.NeedTool("python3", "virsh");
        const string Setup = "mkdir -p /run/libvirt\npython3 -c 'import socket; [socket.socket(socket.AF_UNIX).bind(\"/run/libvirt/\" + name) for name in (\"libvirt-sock\", \"libvirt-sock-ro\")]'\nprintf '#!/bin/sh\\ntouch /run/asked\\n' >/run/virsh\nchmod 755 /run/virsh\nmount --bind /run/virsh /usr/bin/virsh\n";

        var sections = Collected.RunOnHost(Setup, new("root", DomainEvidence.Source), new("user", DomainEvidence.Source, AsUser: true), new("net", NetworkEvidence.Source), new("agent", AgentEvidence.Source, "[ ! -e /run/asked ]"));

        Assert.Empty(Collected.Known(DomainEvidence.Source.Read(sections["root"])).Guests);
        Assert.Contains("would start one", Collected.Missing(DomainEvidence.Source.Read(sections["user"])));
    }

    private static GuestFacts Xml(string text) => Collected.Known(DomainEvidence.Source.Read(Collected.Section("e.dom", Collected.Part("xml", text))));

    private static GuestFacts Processes(string text) => Collected.Known(DomainEvidence.Source.Read(Collected.Section("e.dom", Collected.Part("qemu", text))));

    private static string Domain(string name, string devices, string attributes = "")
        => $"<domain type='kvm' {attributes}><name>{name}</name><uuid>{Uuid}</uuid><devices>{devices}</devices></domain>\n";

    private static string Show(Guest guest) => $"{guest.Name} {guest.Uuid} {guest.State} {string.Join(',', guest.Interfaces.Select(nic => $"{nic.Type} {nic.Mac} {nic.SourceBridge}"))}";
}
