using System.Text;
using ChatOpsBot.Domain.Evidence;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Evidence;

/// <summary>What a host says whose tools do not know the options that are asked for. Texts: iproute2 ip/ip.c and bridge/bridge.c; Debian 11 busybox (tests/lab/old-debian.sh).</summary>
public class OldToolTests
{
    [Theory]
    [InlineData("Option \"-j\" is unknown, try \"ip -help\".\n", 255, "cannot print JSON, iproute2 of 2018 or newer can: Option")]
    [InlineData("BusyBox v1.30.1 (Debian 1:1.30.1-6+b3) multi-call binary.\n\nUsage: ip [OPTIONS] address|route|link|tunnel|neigh|rule [COMMAND]\n", 1, "is BusyBox's and cannot print what is needed")]
    public void Read_ToolWithoutJson_IsMissingAndSaysWhy(string stderr, int exitCode, string said)
    {
        var part = new PartOutput("links", PartEnd.Exited, exitCode, default, Encoding.UTF8.GetBytes(stderr));

        var missing = Assert.IsType<FactReading<LinkFacts>.Missing>(LinkEvidence.Source.Read(new SectionOutput("e.link", [part])));

        Assert.Contains(said, missing.Reason, StringComparison.Ordinal);
    }
}
