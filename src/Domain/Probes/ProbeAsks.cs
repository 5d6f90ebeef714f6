using System.Collections.Immutable;
using System.Globalization;

namespace ChatOpsBot.Domain.Probes;

/// <summary>Something to send that waits for an approval.</summary>
/// <param name="Probe">The probe's id.</param>
/// <param name="Arguments">What exactly is sent from where, as the probe's program is told.</param>
/// <param name="Says">A sentence for whoever approves.</param>
/// <param name="Bridge">The bridge that it leaves from; <see langword="null"/> when it only listens.</param>
/// <param name="MayTakePortDown">Whether a switch with port security may shut the port because of it.</param>
public sealed record ProbeRequest(string Probe, ImmutableArray<string> Arguments, string Says, string? Bridge = null, bool MayTakePortDown = false)
{
    /// <summary>Names it: an approval covers this and nothing else.</summary>
    public string Line => string.Join(' ', [Probe, .. Arguments]);
}

/// <summary>A DISCOVER to send.</summary>
/// <param name="Bridge">From which bridge.</param>
/// <param name="GuestMac">Guest-style address, always the same for a bridge; <see langword="null"/> to ask with the host's own only.</param>
/// <param name="Uplinks">Links where answers are looked for as well.</param>
public sealed record DhcpAsk(string Bridge, string? GuestMac, ImmutableArray<string> Uplinks)
{
    /// <summary>Long enough for two addresses that a server pings one after the other before it offers them.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(8);

    /// <summary>Arguments of <see cref="ProbeProgram.Dhcp"/>.</summary>
    public ImmutableArray<string> Arguments => [Bridge, GuestMac ?? "-", Duration.TotalSeconds.ToString(CultureInfo.InvariantCulture), .. Uplinks];
}

/// <summary>Addresses to ask for by ARP.</summary>
/// <param name="Bridge">From which bridge.</param>
/// <param name="Sender">IPv4 address asked with; <see langword="null"/> for the form that fills nobody's cache.</param>
/// <param name="Targets">Whom for.</param>
public sealed record WhoAsk(string Bridge, string? Sender, ImmutableArray<string> Targets)
{
    /// <summary>How long answers are collected.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    /// <summary>Arguments of <see cref="ProbeProgram.Who"/>.</summary>
    public ImmutableArray<string> Arguments => [Bridge, Sender ?? "0.0.0.0", Duration.TotalSeconds.ToString(CultureInfo.InvariantCulture), .. Targets];
}

/// <summary>Pings that must not be cut.</summary>
/// <param name="Bridge">Over which bridge.</param>
/// <param name="Target">Whom to.</param>
/// <param name="Size">Bytes of the packet.</param>
public sealed record DfAsk(string Bridge, string Target, int Size);
