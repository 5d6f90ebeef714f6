using ChatOpsBot.Domain.Evidence;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Evidence;

public class NetworkEvidenceTests
{
    [Theory]
    [InlineData("libvirt")]
    [InlineData("libvirt-files")]
    public void Read_CapturedNetworks_StateAndMode(string fixture)
    {
        var networks = Collected.Known(NetworkEvidence.Source.Read(Collected.Fixture("e.net", fixture))).Networks.OrderBy(network => network.Name).ToArray();

        Assert.Equal(["default", "lan", "off"], networks.Select(network => network.Name));
        Assert.Equal([true, true, false], networks.Select(network => network.Active));
        Assert.Equal([true, false, false], networks.Select(network => network.ServesDhcp));
        Assert.Equal([true, false, true], networks.Select(network => network.HasNoUplinkByDesign));
    }

    [Fact]
    public void Read_ForwardWithoutMode_IsNat()
        => Assert.Equal("nat", Assert.Single(Read("<network><name>n</name><forward/><bridge name='virbr1'/></network>").Networks).ForwardMode);

    [Fact]
    public void Read_PassthroughWithInterfaces_NamesTheDevice()
    {
        var network = Assert.Single(Read("<network><name>n</name><forward mode='bridge'><interface dev='eno3'/></forward><virtualport type='openvswitch'/><ip family='ipv6' address='fd00::1' prefix='64'/></network>").Networks);

        Assert.Equal(("eno3", "openvswitch", false), (network.Device, network.VirtualPort, network.HasNoUplinkByDesign));
        Assert.Equal(["fd00::1/64"], network.Addresses);
    }

    [Fact]
    public void Read_NetworkCalledLikeAState_IsNotActiveByIt()
        => Assert.False(Assert.Single(Read("<network><name>x active</name></network>").Networks).Active);

    [Theory]
    [InlineData("<network><name>n</name>")]
    [InlineData("<!DOCTYPE x><network/>")]
    public void Read_CutOrBomb_IsMissing(string xml)
        => Assert.Contains("XML is not well-formed", Collected.Missing(NetworkEvidence.Source.Read(Collected.Section("e.net", Collected.Part("files", xml)))));

    [Fact]
    public void Read_ListedNetworkWithoutDefinition_IsMissing()
        => Assert.Contains("1 networks", Collected.Missing(NetworkEvidence.Source.Read(
            Collected.Section("e.net", Collected.Part("listed", "11111111-1111-4111-8111-111111111101"), Collected.Part("xml", "", "virsh: exit code 124\n")))));

    [Fact]
    public void Read_NoNetworks_IsKnownAndEmpty()
        => Assert.Empty(Collected.Known(NetworkEvidence.Source.Read(Collected.Section("e.net", Collected.Part("listed", "")))).Networks);

    private static VirtualNetworkFacts Read(string xml) => Collected.Known(NetworkEvidence.Source.Read(Collected.Section("e.net", Collected.Part("files", xml))));
}
