using System.Text;
using ChatOpsBot.Domain.Evidence;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Evidence;

public class ConfigEvidenceTests
{
    [Fact]
    public void Ifupdown_BridgePortsContinuedOverLines_AreBothPorts()
    {
        var bridge = Read("debian-ifupdown-secrets").Find("br0")!;

        Assert.Equal(["eno2", "eno3"], bridge.Ports);
        Assert.Equal(["10.20.0.5/16", "auto"], bridge.Addresses);
        Assert.Equal((false, 0.0, "ifupdown"), (bridge.Stp, bridge.ForwardDelaySeconds, bridge.Manager));
        Assert.Equal("/etc/network/interfaces:18", bridge.Origin);
    }

    [Fact]
    public void Ifupdown_SourcedFileWithInherits_TakesTheParentsOptions()
    {
        var bridge = Read("debian-ifupdown-secrets").Find("br1")!;

        Assert.Equal(["bond0.100"], bridge.Ports);
        Assert.Equal((true, 2.0), (bridge.Stp, bridge.ForwardDelaySeconds));
    }

    [Fact]
    public void Ifupdown_RegexPorts_ArePatternsAndNamesAfterNoregex()
    {
        var bridge = Read("debian-ifupdown-secrets").Find("br2")!;

        Assert.Equal(["eth0"], bridge.Ports);
        Assert.True(bridge.Wants(new Link { Index = 1, Name = "enp3s0" }));
        Assert.False(bridge.Wants(new Link { Index = 1, Name = "venp3s0" }));
    }

    [Fact]
    public void Ifupdown_BridgeMadeByUpCommands_IsRead()
        => Assert.Equal(["eno9"], Read("debian-ifupdown-secrets").Find("br3")!.Ports);

    [Fact]
    public void Ifupdown_FileThatNothingSources_IsNotInForce()
    {
        var intent = Read("debian-ifupdown-secrets");

        Assert.Null(intent.Find("br9"));
        Assert.DoesNotContain("eno99", intent.Interfaces);
        Assert.DoesNotContain("template0", intent.Interfaces);
        Assert.Superset(new HashSet<string>(["eno1", "eno2", "eno3", "br0", "br1", "bond0", "eno4", "eno5", "bond0.100"]), intent.Interfaces.ToHashSet());
    }

    [Fact]
    public void Ifupdown2_Proxmox_BridgesWithAndWithoutPorts()
    {
        var intent = Read("proxmox");

        Assert.Equal(["bond0"], intent.Find("vmbr0")!.Ports);
        Assert.Equal((true, false), (intent.Find("vmbr0")!.VlanAware, intent.Find("vmbr0")!.Stp));
        Assert.Equal(["192.0.2.10/24"], intent.Find("vmbr0")!.Addresses);
        Assert.Empty(intent.Find("vmbr1")!.Ports);
    }

    [Theory]
    [InlineData("swp1-3", "swp2", true)]
    [InlineData("swp1-3", "swp4", false)]
    [InlineData("eno*", "eno4", true)]
    public void Ifupdown2_Glob_IsAPattern(string glob, string name, bool wanted)
    {
        var bridge = Files("/etc/network/interfaces", $"auto br0\niface br0\n bridge-ports glob {glob}\n").Find("br0")!;

        Assert.Equal(wanted, bridge.Wants(new Link { Index = 1, Name = name }));
    }

    [Fact]
    public void Ifupdown_TemplateLanguage_IsNamedAsUnread()
        => Assert.Contains("/etc/network/interfaces:1", Assert.Single(Files("/etc/network/interfaces", "%for i in range(3):\nauto eth0\n").Unread));

    [Fact]
    public void Ifupdown_FilesThatSourceEachOther_End()
        => Assert.Equal("br0", Assert.Single(Known(
            ("/etc/network/interfaces", "source /etc/network/interfaces\nsource a\nauto br0\niface br0 inet manual\n bridge_ports none\n"),
            ("/etc/network/a", "source interfaces\n")).Bridges).Name);

    [Fact]
    public void Netplan_FilesMerge_AndRunHidesEtc()
    {
        var bridge = Read("netplan-secrets").Find("br0")!;

        Assert.Equal(["eno2", "lan0", "eno6"], bridge.Ports);
        Assert.Equal(["10.20.0.5/16", "2001:db8::5/64"], bridge.Addresses);
        Assert.Equal((false, 4.0), (bridge.Stp, bridge.ForwardDelaySeconds));
        Assert.Equal("/etc/netplan/50-cloud-init.yaml:20", bridge.Origin);
        Assert.True(bridge.Wants(new Link { Index = 1, Name = "enp7s0" }));
        Assert.True(bridge.Wants(new Link { Index = 1, Name = "x", Address = "aa:bb:cc:00:11:22" }));
        Assert.False(bridge.Wants(new Link { Index = 1, Name = "cards" }));
    }

    [Fact]
    public void Netplan_BridgeAlsoInGeneratedFile_IsThereOnce()
        => Assert.Single(Read("netplan-secrets").Bridges, bridge => bridge.Name == "br0");

    [Fact]
    public void Netplan_Dhcp_IsDynamic()
    {
        var bridge = Read("netplan-secrets").Find("br1")!;

        Assert.Equal(["eno3"], bridge.Ports);
        Assert.Equal(["dhcp"], bridge.Addresses);
    }

    [Fact]
    public void Netplan_Anchor_IsNamedAsUnreadAndOtherFilesStay()
        => Assert.Equal("/etc/netplan/70-odd.yaml:2: uses anchors, aliases or tags", Assert.Single(Read("netplan-secrets").Unread));

    [Fact]
    public void Netplan_OnlyGeneratedFileReadable_StillGivesTheBridge()
    {
        var section = Collected.Section(
            "e.cfg",
            Collected.Part("units", "/run/systemd/network/10-netplan-br0.netdev\n/run/systemd/network/10-netplan-eno2.network"),
            Collected.Part(
                "files",
                Lines("/run/systemd/network/10-netplan-br0.netdev", "[NetDev]\nName=br0\nKind=bridge\n") + Lines("/run/systemd/network/10-netplan-eno2.network", "[Match]\nName=eno2\n[Network]\nBridge=br0\n"),
                "grep: /etc/netplan/50-cloud-init.yaml: Permission denied\n"));

        var intent = Collected.Known(ConfigEvidence.Source.Read(section));

        Assert.Equal(("netplan", "eno2"), (intent.Find("br0")!.Manager, Assert.Single(intent.Find("br0")!.Ports)));
        Assert.Equal("/etc/netplan/50-cloud-init.yaml: needs root", Assert.Single(intent.Unread));
    }

    [Theory]
    [InlineData("network: {version: 2, bridges: {br0: {interfaces: [a, 'b c', \"d\"]}}}", "a,b c,d")]
    [InlineData("network:\n  bridges:\n    br0:\n      interfaces:\n      - a\n      - b\n", "a,b")]
    [InlineData("network:\n  bridges:\n    \"br0\":\n      interfaces: []\n", "")]
    [InlineData("network:\n bridges:\n  br0: {}\n", "")]
    [InlineData("# c\n\n---\nnetwork:\n bridges:\n  br0:\n   interfaces: [a,  # one\n     b]\n", "a,b")]
    [InlineData("network:\n wifis: {w: {password: ***}}\n bridges:\n  br0:\n   key: ***\n   interfaces: [a]\n", "a")]
    [InlineData("network:\n bridges:\n  br0:\n   # note: this\n   openvswitch: {}\n   interfaces: [a]   # a: b\n", "a")]
    public void Netplan_FormsOfYaml_GiveThePorts(string yaml, string ports)
        => Assert.Equal(ports, string.Join(',', Files("/etc/netplan/1.yaml", yaml).Find("br0")!.Ports));

    [Theory]
    [InlineData("network:\n  bridges: *other\n")]
    [InlineData("network: !tag\n")]
    [InlineData("? a\n: b\n")]
    [InlineData("network:\n  <<: x\n")]
    [InlineData("network:\n\tbridges: {}\n")]
    [InlineData("network: [a, b\n")]
    [InlineData("network: \"open\n")]
    [InlineData("network:\n  a: b\n    c: d\n")]
    [InlineData("a: 1\n---\nb: 2\n")]
    [InlineData("network: {a: 1} x\n")]
    [InlineData("network:\n  renderer: one\n   two\n")]
    public void Netplan_OtherYaml_IsRefusedWithItsPlace(string yaml)
        => Assert.StartsWith("/etc/netplan/1.yaml:", Assert.Single(Files("/etc/netplan/1.yaml", yaml).Unread));

    [Fact]
    public void Netplan_NestingWithoutEnd_IsRefused()
        => Assert.Single(Files("/etc/netplan/1.yaml", "network: " + new string('[', 100_000)).Unread);

    [Fact]
    public void Networkd_FirstMatchWins_DropInsAndMasksCount()
    {
        var intent = Read("networkd-secrets");
        var bridge = intent.Find("br0")!;

        Assert.Equal(["eno2", "eno3"], bridge.Ports);
        Assert.Equal(["10.20.0.9/16", "10.20.0.10/16", "dhcp"], bridge.Addresses);
        Assert.Equal((true, 4.0, false), (bridge.Stp, bridge.ForwardDelaySeconds, bridge.VlanAware));
        Assert.True(bridge.Wants(new Link { Index = 1, Name = "ens4" }));
        Assert.True(bridge.Wants(new Link { Index = 1, Name = "x", Address = "52:54:00:aa:aa:aa" }));
        Assert.Contains("eno2.50", intent.Interfaces);
    }

    [Fact]
    public void NetworkManager_PortsByNameAndUuid_WithoutThoseThatDoNotConnect()
    {
        var bridge = Read("nm-secrets").Find("br0")!;

        Assert.Equal(["eno2"], bridge.Ports);
        Assert.Equal(["52:54:00:bb:bb:bb"], bridge.PortMacs);
        Assert.Equal(["10.20.0.7/16"], bridge.Addresses);
        Assert.Equal((false, 4.0), (bridge.Stp, bridge.ForwardDelaySeconds));
        Assert.Equal("/etc/NetworkManager/system-connections/bridge br0.nmconnection:5", bridge.Origin);
    }

    [Fact]
    public void Nmcli_TerseLines_AreDevices()
    {
        // Line form of nmcli 1.42: colons inside a field are escaped.
        var section = Collected.Section("e.cfg", Collected.Part("nmcli", "eno2:ethernet:connected:Wired connection 1\nvnet0:tun:connected (externally):vnet0\nbr\\:0:bridge:unmanaged:\n"));

        var devices = Collected.Known(ConfigEvidence.Source.Read(section)).Devices;

        Assert.Equal(new ManagedDevice("eno2", "connected", "Wired connection 1", "NetworkManager"), devices[0]);
        Assert.Equal(new ManagedDevice("br:0", "unmanaged", null, "NetworkManager"), devices[2]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0")]
    [InlineData("/etc/network/interfaces\0")]
    [InlineData("/etc/network/interfaces\0x:auto br0")]
    [InlineData("/etc/network/interfaces\u00001:iface")]
    [InlineData("/etc/network/interfaces\u00001:iface br0 inet\n/etc/network/interfaces\u00002: bridge_ports regex ((((\n")]
    [InlineData("/etc/netplan/a.yaml\u00001:\0\0\0: {[\n/etc/netplan/a.yaml\u00002:-\n")]
    [InlineData("/etc/systemd/network/a.network\u00001:[Match]\n/etc/systemd/network/a.network\u00002:Name=[z-a] ! [\n/etc/systemd/network/a.network\u00003:[Network]\n/etc/systemd/network/a.network\u00004:Bridge=br0\n")]
    public void Read_HostileOrCutFiles_NeverThrows(string files)
    {
        var reading = ConfigEvidence.Source.Read(Collected.Section("e.cfg", Collected.Part("files", files)));

        Assert.All(Collected.Known(reading).Bridges, bridge => Assert.False(bridge.Wants(new Link { Index = 1, Name = "eno1" })));
    }

    [Fact]
    public void Read_OutputWasCut_IsMissing()
        => Assert.Equal("the output was larger than its cap", Collected.Missing(ConfigEvidence.Source.Read(Collected.Section("e.cfg", Collected.Part("files", "x", end: PartEnd.Truncated)))));

    [Theory]
    [Trait("Needs", "root")]
    [InlineData("debian-ifupdown-secrets")]
    [InlineData("proxmox")]
    [InlineData("netplan-secrets")]
    [InlineData("networkd-secrets")]
    [InlineData("nm-secrets")]
    public void Script_TreeOfFiles_BringsTheirIntentWithoutSecrets(string name)
    {
        Machine.NeedRoot();
        var tree = Collected.FixturePath($"e.cfg/{name}");

        var sections = Collected.RunOnHost(Mount(tree), new("root", ConfigEvidence.Source), new("user", ConfigEvidence.Source, "chmod -R go= /etc/netplan /etc/NetworkManager 2>/dev/null || true", AsUser: true));

        var expected = Read(name);
        var actual = Collected.Known(ConfigEvidence.Source.Read(sections["root"]));
        Assert.Equal(expected.Bridges.Select(Show), actual.Bridges.Select(Show));
        Assert.Equal(expected.Interfaces.Order(), actual.Interfaces.Order());
        Assert.Equal(expected.Unread, actual.Unread);
        Assert.DoesNotContain("canary", string.Concat(sections.Values.SelectMany(section => section.Parts).Select(part => part.Text)));
        var user = Collected.Known(ConfigEvidence.Source.Read(sections["user"]));
        Assert.Equal(name is "netplan-secrets" or "nm-secrets", user.Unread.Any(line => line.EndsWith("needs root", StringComparison.Ordinal)));
    }

    [Fact]
    [Trait("Needs", "root")]
    public void Script_NoFiles_IsAbsent()
    {
        Machine.NeedRoot();

        var section = Collected.RunOnHost("mount -t tmpfs none /etc", new Step("none", ConfigEvidence.Source))["none"];

        Assert.StartsWith("no configuration file of", Collected.Absent(ConfigEvidence.Source.Read(section)));
    }

    private static string Mount(string tree)
        => $"mkdir /run/lib\nmount --bind /usr/lib/systemd /run/lib\nmount -t tmpfs none /etc\ncp -r '{tree}'/etc/. /etc/\n[ ! -d '{tree}/run' ] || cp -r '{tree}'/run/. /run/\n"
            + $"if [ -d '{tree}/usr' ]; then mount -t tmpfs none /usr/lib/systemd; cp -r '{tree}'/usr/lib/systemd/. /usr/lib/systemd/; fi\n";

    private static string Show(ConfiguredBridge bridge)
        => $"{bridge.Name} {string.Join(',', bridge.Ports)} {string.Join(',', bridge.PortPatterns)} {string.Join(',', bridge.PortMacs)} {string.Join(',', bridge.Addresses)} {bridge.Stp} {bridge.ForwardDelaySeconds} {bridge.VlanAware} {bridge.Origin} {bridge.Manager}";

    private static NetworkIntent Files(string path, string text) => Known((path, text));

    private static NetworkIntent Known(params ReadOnlySpan<(string Path, string Text)> files)
    {
        var output = new StringBuilder();
        foreach (var (path, text) in files)
        {
            output.Append(Lines(path, text));
        }

        return Collected.Known(ConfigEvidence.Source.Read(Collected.Section("e.cfg", Collected.Part("files", output.ToString()))));
    }

    // What the script's grep prints; the tests that run the script show that it does.
    private static string Lines(string path, string text)
        => string.Concat(text.TrimEnd('\n').Split('\n').Select((line, i) => $"{path}\0{i + 1}:{line}\n"));

    private static NetworkIntent Read(string name)
    {
        var root = Collected.FixturePath($"e.cfg/{name}");
        var paths = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        var units = paths.Select(path => path[root.Length..]).Where(path => path.Contains("/systemd/network/", StringComparison.Ordinal) && !path.EndsWith(".conf", StringComparison.Ordinal));
        var files = string.Concat(paths.Where(path => new FileInfo(path).Length > 0).Select(path => Lines(path[root.Length..], File.ReadAllText(path))));
        return Collected.Known(ConfigEvidence.Source.Read(Collected.Section("e.cfg", Collected.Part("units", string.Join('\n', units)), Collected.Part("files", files))));
    }
}
