using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ChatOpsBot.Domain.Probes;

/// <summary>Whom to ask for by ARP: at most <see cref="Requests"/> small broadcast frames, which no host minds.</summary>
/// <param name="Link">Bridge or NIC to ask from.</param>
/// <param name="Target">IPv4 address asked for.</param>
/// <param name="Sender">IPv4 address asked with; <see langword="null"/> sends the form of RFC 5227 that fills nobody's cache.</param>
public sealed record ArpRequest(string Link, string Target, string? Sender)
{
    /// <summary>Frames sent while nobody answers.</summary>
    public const int Requests = 3;

    /// <summary>How long each is waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Whether it can be sent at all.</summary>
    public bool IsUsable => DhcpTraceRequest.IsLink(Link) && IsAddress(Target) && (Sender is null || IsAddress(Sender));

    /// <summary>Arguments of <see cref="ProbeProgram.Arp"/>.</summary>
    public ImmutableArray<string> Arguments =>
    [
        Link, Target, Sender ?? "0.0.0.0", Requests.ToString(CultureInfo.InvariantCulture), Patience.TotalSeconds.ToString(CultureInfo.InvariantCulture),
    ];

    private static bool IsAddress(string text) => IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork && address.ToString() == text;
}

/// <summary>Who answered.</summary>
/// <param name="Macs">Hardware addresses, in order; empty when nobody answered in time.</param>
public sealed record ArpAnswer(ImmutableArray<string> Macs)
{
    /// <summary>Reads the output of <see cref="ProbeProgram.Arp"/>; <see langword="null"/> with the reason when the question was not asked. Never throws.</summary>
    public static ArpAnswer? Read(ReadOnlyMemory<byte> stdout, out string why)
    {
        why = "the probe did not answer as it does";
        var macs = ImmutableArray.CreateBuilder<string>();
        var (begun, ended) = (false, false);
        foreach (var line in new ProbeLines().Append(stdout))
        {
            switch (line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                case ["cob-arp", "1"]:
                    begun = true;
                    break;
                case ["off", var link, .. var reason] when begun:
                    why = $"{link}: {string.Join(' ', reason)}";
                    return null;
                case ["reply", var mac] when begun && DhcpTraceRequest.IsMac(mac):
                    macs.Add(mac);
                    break;
                case ["end"] when begun:
                    ended = true;
                    break;
            }
        }

        return ended ? new(macs.ToImmutable()) : null;
    }
}
