using ChatOpsBot.Domain.Persistence;
using ChatOpsBot.Domain.Tests.Evidence;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Persistence;

public class NetplanEditorTests
{
    private const string Path = "/etc/netplan/00-installer-config.yaml";

    // As Ubuntu's server installer writes it, with a bridge added by hand.
    private const string Text = """
        # This is the network config written by 'subiquity'
        network:
          version: 2
          renderer: networkd
          ethernets:
            eno1:
              addresses: [192.0.2.10/24]   # management
            eno2:
              addresses:
              - 10.20.0.42/16
              routes:
              - to: default
                via: 10.20.0.1
              nameservers:
                addresses: [10.20.0.1]

          bridges:
            # the guests
            br0:
              interfaces:
                - eno3
              parameters:
                stp: true   # since 2019
            br9:
              interfaces: [eno9]
            br8: {}

        """;

    [Fact]
    public void LinkUp_NicThatIsNotListed_IsListed()
        => Shows(new KeptChange.LinkUp("eno3", "br0"), "        addresses: [10.20.0.1]\n", "        addresses: [10.20.0.1]\n    eno3: {}\n");

    [Fact]
    public void LinkUp_ListedNic_IsSoAlready()
        => Assert.Equal(Path, Edits.Already(Edits.Of(new KeptChange.LinkUp("eno2", "br0"), (Path, Text))));

    [Fact]
    public void LinkUp_ActivationMode_IsRefused()
        => Assert.Contains("activation-mode", Edits.Refusal(Edits.Of(new KeptChange.LinkUp("eno5", "br0"), (Path, Text.Replace("    eno1:\n", "    eno5:\n      activation-mode: off\n    eno1:\n", StringComparison.Ordinal)))), StringComparison.Ordinal);

    [Fact]
    public void BridgePort_BlockList_GetsALine()
        => Shows(new KeptChange.BridgePort("eno1x", "br0"), ("        - eno3\n", "        - eno3\n        - eno1x\n"), ("        addresses: [10.20.0.1]\n", "        addresses: [10.20.0.1]\n    eno1x: {}\n"));

    [Fact]
    public void BridgePort_InlineList_GetsAnItem()
        => Shows(new KeptChange.BridgePort("eno3", "br9"), ("[eno9]", "[eno9, eno3]"), ("        addresses: [10.20.0.1]\n", "        addresses: [10.20.0.1]\n    eno3: {}\n"));

    [Fact]
    public void BridgePort_EmptyBridge_GetsItsList()
        => Shows(new KeptChange.BridgePort("eno3", "br8"), ("    br8: {}\n", "    br8:\n      interfaces: [eno3]\n"), ("        addresses: [10.20.0.1]\n", "        addresses: [10.20.0.1]\n    eno3: {}\n"));

    [Fact]
    public void BridgePort_NicWithAddress_IsRefused()
        => Assert.Contains("gives eno1 an address", Edits.Refusal(Edits.Of(new KeptChange.BridgePort("eno1", "br0"), (Path, Text))), StringComparison.Ordinal);

    [Fact]
    public void SpanningTreeOff_Value_IsReplacedAndItsCommentStays()
        => Shows(new KeptChange.SpanningTreeOff("br0"), "stp: true   # since 2019", "stp: false   # since 2019");

    [Fact]
    public void SpanningTreeOff_NoParameters_AreAdded()
        => Shows(new KeptChange.SpanningTreeOff("br9"), "      interfaces: [eno9]\n", "      interfaces: [eno9]\n      parameters:\n        stp: false\n");

    [Fact]
    public void ForwardDelay_IsAdded()
        => Shows(new KeptChange.ForwardDelay("br0", 2), "# since 2019\n", "# since 2019\n        forward-delay: 2\n");

    [Fact]
    public void AddressOnBridge_MovesAddressesRoutesAndServers()
    {
        var edit = Edits.One(Edits.Of(new KeptChange.AddressOnBridge("eno2", "br0", ["10.20.0.42/16"]), (Path, Text)));

        Assert.Equal("""
            # This is the network config written by 'subiquity'
            network:
              version: 2
              renderer: networkd
              ethernets:
                eno1:
                  addresses: [192.0.2.10/24]   # management
                eno2: {}

              bridges:
                # the guests
                br0:
                  interfaces:
                    - eno3
                  parameters:
                    stp: true   # since 2019
                  addresses:
                  - 10.20.0.42/16
                  routes:
                  - to: default
                    via: 10.20.0.1
                  nameservers:
                    addresses: [10.20.0.1]
                br9:
                  interfaces: [eno9]
                br8: {}

            """, edit.New);
        Assert.Equal(FileCheck.Netplan, edit.Check);
    }

    [Theory]
    [InlineData("    eno2:\n", "    eno2: &nic\n", "could be read")]
    [InlineData("    eno2:\n", "    eno2x:\n      optional: |\n        x\n    eno2:\n", "is not edited")]
    [InlineData("    br0:\n", "    br0: {interfaces: [eno3]}\n    brx:\n", "on one line")]
    [InlineData("    eno1:\n", "    uplink:\n      match: {macaddress: \"52:54:00:00:00:01\"}\n    eno1:\n", "by match")]
    public void BridgePort_ConstructThatIsNotEdited_IsRefused(string before, string after, string why)
        => Assert.Contains(why, Edits.Refusal(Edits.Of(new KeptChange.BridgePort("eno7", "br0"), (Path, Text.Replace(before, after, StringComparison.Ordinal)))), StringComparison.Ordinal);

    [Fact]
    public void Edit_TwoFilesWithTheBridge_AreRefused()
        => Assert.Contains("several netplan files define br0", Edits.Refusal(Edits.Of(
            new KeptChange.SpanningTreeOff("br0"), (Path, Text), ("/etc/netplan/99-local.yaml", "network:\n  bridges:\n    br0:\n      dhcp4: true\n"))), StringComparison.Ordinal);

    [Fact]
    public async Task Edit_NewTexts_AreAcceptedByNetplanItself()
    {
        Machine.NeedTool("netplan");
        KeptChange[] changes =
        [
            new KeptChange.LinkUp("eno3", "br0"), new KeptChange.BridgePort("eno5", "br0"), new KeptChange.BridgePort("eno3", "br9"), new KeptChange.BridgePort("eno3", "br8"),
            new KeptChange.SpanningTreeOff("br0"), new KeptChange.SpanningTreeOff("br9"), new KeptChange.ForwardDelay("br0", 2), new KeptChange.AddressOnBridge("eno2", "br0", ["10.20.0.42/16"]),
        ];
        foreach (var change in changes)
        {
            // netplan wants every port defined, which the sample leaves to the change.
            var text = Text.Replace("    eno1:\n", "    eno9: {}\n" + (change is KeptChange.LinkUp or KeptChange.BridgePort { Link: "eno3" } ? "" : "    eno3: {}\n") + "    eno1:\n", StringComparison.Ordinal);
            if (change is KeptChange.BridgePort { Link: "eno3" })
            {
                text = text.Replace("        - eno3\n", "        - eno9\n", StringComparison.Ordinal).Replace("[eno9]", "[]", StringComparison.Ordinal);
            }

            var edit = Edits.One(Edits.Of(change, (Path, text)));
            var root = Directory.CreateTempSubdirectory("cob-netplan-");
            try
            {
                Directory.CreateDirectory(root.FullName + "/etc/netplan");
                await File.WriteAllTextAsync(root.FullName + Path, edit.New, TestContext.Current.CancellationToken);
                var end = await Programs.RunAsync(["netplan", "generate", "--root-dir", root.FullName], cancellationToken: TestContext.Current.CancellationToken);
                Assert.True(end.ExitCode == 0, $"{change}: {end.Stderr}");
                var units = string.Concat(Directory.EnumerateFiles(root.FullName + "/run/systemd/network").Order(StringComparer.Ordinal).Select(File.ReadAllText));
                Assert.Contains(change switch
                {
                    KeptChange.SpanningTreeOff => "STP=false",
                    KeptChange.ForwardDelay => "ForwardDelaySec=2",
                    KeptChange.AddressOnBridge => "[Match]\nName=br0\n\n[Network]\nLinkLocalAddressing=ipv6\nAddress=10.20.0.42/16",
                    KeptChange.BridgePort { Bridge: var bridge, Link: var link } => $"[Match]\nName={link}\n\n[Network]\nLinkLocalAddressing=no\nBridge={bridge}",
                    _ => "[Match]\nName=eno3\n",
                }, units, StringComparison.Ordinal);
            }
            finally
            {
                root.Delete(recursive: true);
            }
        }
    }

    private static void Shows(KeptChange change, string before, string after) => Shows(change, (before, after));

    private static void Shows(KeptChange change, params ReadOnlySpan<(string Before, string After)> replaced)
    {
        var expected = Text;
        foreach (var (before, after) in replaced)
        {
            expected = expected.Replace(before, after, StringComparison.Ordinal);
        }

        Assert.Equal(expected, Edits.One(Edits.Of(change, (Path, Text))).New);
    }
}
