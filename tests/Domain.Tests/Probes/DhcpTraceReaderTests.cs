using System.Text;
using ChatOpsBot.Domain.Probes;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Probes;

public class DhcpTraceReaderTests
{
    private const string Lease = """
        Welcome to host42
        cob-trace 1
        on vnet0
        off vnet9 there is no such link
        ready
        dhcp 779 vnet0 in DISCOVER 52:54:00:00:2a:01 0.0.0.0 - all -
        dhcp 779 vnet0 out OFFER 52:54:00:00:2a:01 10.20.108.148 10.20.0.1 one -
        dhcp 779 vnet0 in REQUEST 52:54:00:00:2a:01 0.0.0.0 10.20.0.1 all -
        dhcp 789 vnet0 out ACK 52:54:00:00:2a:01 10.20.108.148 10.20.0.1 one whole
        end ack

        """;

    private static readonly TracedGuest Guest = new("vnet0", "52:54:00:00:2a:01");

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public void Append_ALeaseInChunksOfAnySize_SeesTheWholeAck(int chunk)
    {
        var trace = Read(Lease, chunk);

        Assert.Equal((true, TraceEnd.Acknowledged, 4), (trace.Listening, trace.End, trace.Messages.Length));
        Assert.Equal(["vnet0"], trace.Links);
        Assert.Equal(("vnet9", "there is no such link"), Assert.Single(trace.Lost));
        var ack = Assert.IsType<DhcpMessage>(trace.AckFor([Guest]));
        Assert.Equal(("10.20.108.148", "10.20.0.1"), (ack.Address, ack.Server));
        Assert.Null(trace.AckFor([Guest with { Mac = "52:54:00:00:2a:02" }]));
        Assert.NotNull(trace.AckFor([Guest with { Mac = null }]));
    }

    [Fact]
    public void AckFor_ARenewalBetweenTwoHosts_IsNoProof()
        => Assert.Null(Read(Lease.Replace(" one whole", " one -", StringComparison.Ordinal), 100).AckFor([Guest]));

    [Fact]
    public void AckFor_AnAckThatAGuestSends_IsNoProof()
        => Assert.Null(Read(Lease.Replace(" out ACK", " in ACK", StringComparison.Ordinal), 100).AckFor([Guest]));

    [Fact]
    public void Append_CutOffAtAnyByte_NeverThrowsAndNeverClaimsMore()
    {
        for (var length = 0; length < Lease.Length; length++)
        {
            var trace = Read(Lease[..length], 64);
            Assert.True(trace.End == TraceEnd.CutOff || length >= Lease.TrimEnd().Length, Lease[..length]);
        }
    }

    [Theory]
    [InlineData("dhcp 1 vnet0 out ACK 52:54:00:00:2a:01 10.0.0.1 10.0.0.2 one whole")] // before the program's first line
    [InlineData("cob-trace 1\ndhcp -1 vnet0 out ACK 52:54:00:00:2a:01 10.0.0.1 - one whole")]
    [InlineData("cob-trace 1\ndhcp 1 vnet0 out ACK 52:54:00:00:2A:01 10.0.0.1 - one whole")]
    [InlineData("cob-trace 1\ndhcp 1 vnet0 sideways ACK 52:54:00:00:2a:01 10.0.0.1 - one whole")]
    [InlineData("cob-trace 1\ndhcp 1 ../etc out ACK 52:54:00:00:2a:01 10.0.0.1 - one whole")]
    [InlineData("cob-trace 1\ndhcp 1 vnet0 out ACK 52:54:00:00:2a:01 10.0.0.1 - one whole and more")]
    public void Append_LinesThatAreNone_AreLeftOut(string text) => Assert.Empty(Read(text + "\n", 64).Messages);

    [Fact]
    public void Append_AFloodWithoutEnd_KeepsNoMoreThanItsLimit()
    {
        var message = "dhcp 1 vnet0 in DISCOVER 52:54:00:00:2a:01 0.0.0.0 - all -\n";
        var trace = Read("cob-trace 1\n" + string.Concat(Enumerable.Repeat(message, 2000)) + new string('x', 1_000_000), 4096);

        Assert.Equal(DhcpTraceRequest.MostMessages, trace.Messages.Length);
    }

    [Theory]
    [InlineData("vnet0", "52:54:00:00:2a:01", true)]
    [InlineData("vnet0", null, true)]
    [InlineData("-x", null, false)]
    [InlineData("a/b", null, false)]
    [InlineData("vnet0", "52:54:00:00:2a", false)]
    [InlineData("a-name-of-16-cha", null, false)]
    public void For_OnlyWhatCanBeALinkAndAMac(string link, string? mac, bool usable)
        => Assert.Equal(usable, DhcpTraceRequest.For([new(link, mac)], TimeSpan.FromSeconds(5)) is not null);

    [Fact]
    public void Read_ArpAnswers_SayWhoAnsweredOrWhyNotAsked()
    {
        Assert.Equal(["02:c0:b0:00:00:01"], Arp("banner\ncob-arp 1\non br0\nreply 02:c0:b0:00:00:01\nend\n", out _)?.Macs);
        Assert.Equal([], Arp("cob-arp 1\non br0\nend\n", out _)?.Macs);
        Assert.Null(Arp("cob-arp 1\noff br9 there is no such link\nend\n", out var why));
        Assert.Equal("br9: there is no such link", why);
        Assert.Null(Arp("cob-arp 1\non br0\nreply 02:c0:b0:00:00:01\n", out _)); // cut off
        Assert.Null(Arp("", out _));
    }

    private static ArpAnswer? Arp(string text, out string why) => ArpAnswer.Read(Encoding.UTF8.GetBytes(text), out why);

    private static DhcpTrace Read(string text, int chunk)
    {
        var reader = new DhcpTraceReader();
        var bytes = Encoding.UTF8.GetBytes(text).AsMemory();
        for (var at = 0; at < bytes.Length; at += chunk)
        {
            reader.Append(bytes.Slice(at, Math.Min(chunk, bytes.Length - at)));
        }

        return reader.Trace;
    }
}
