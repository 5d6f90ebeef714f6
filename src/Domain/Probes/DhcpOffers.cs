using System.Collections.Immutable;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Probes;

/// <summary>An OFFER that answered P.dhcp.</summary>
/// <param name="After">Time since the probe began.</param>
/// <param name="ToGuest">Whether it is for the guest-style hardware address, not for the host's.</param>
/// <param name="Source">Hardware address it came from.</param>
/// <param name="Server">The server's id; <see langword="null"/> when it names none.</param>
/// <param name="Address">The address offered.</param>
/// <param name="Mask">Subnet mask.</param>
/// <param name="Router">First router.</param>
/// <param name="Link">Where it was seen.</param>
public sealed record DhcpOffer(TimeSpan After, bool ToGuest, string Source, string? Server, string? Address, string? Mask, string? Router, string Link);

/// <summary>What P.dhcp came to on one bridge: DISCOVERs from the host's own hardware address and, where allowed, from a guest-style one. No lease was taken.</summary>
/// <param name="Bridge">Bridge asked from.</param>
/// <param name="HostMac">The host's hardware address.</param>
/// <param name="GuestMac">The guest-style address; <see langword="null"/> when it was not used.</param>
/// <param name="Offers">The answers in order.</param>
/// <param name="Waited">How long was listened.</param>
public sealed record DhcpOffers(string Bridge, string HostMac, string? GuestMac, ImmutableArray<DhcpOffer> Offers, TimeSpan Waited)
{
    /// <summary>Shorter waits prove nothing: a server that pings an address first answers after three seconds.</summary>
    public static readonly TimeSpan Enough = TimeSpan.FromSeconds(7);

    /// <summary>Whether the host's own address was offered a lease.</summary>
    public bool ForHost => Offers.Any(offer => !offer.ToGuest);

    /// <summary>Whether the guest-style address was; <see langword="null"/> when it was not used.</summary>
    public bool? ForGuest => GuestMac is null ? null : Offers.Any(offer => offer.ToGuest);

    /// <summary>Whether silence is an answer.</summary>
    public bool WaitedEnough => Waited >= Enough;

    /// <summary>Reads the output of <see cref="ProbeProgram.Dhcp"/>; <see langword="null"/> when it was not asked, with the reason told.</summary>
    public static DhcpOffers? Read(string bridge, PartOutput part, Action<string> fail)
    {
        var offers = ImmutableArray.CreateBuilder<DhcpOffer>();
        var (begun, host, guest, sent) = (false, "", (string?)null, false);
        TimeSpan? waited = null;
        foreach (var words in ProbeSections.Words(part))
        {
            switch (words)
            {
                case ["cob-dhcp", "1"]:
                    begun = true;
                    break;
                case ["off", var link, .. var why] when begun:
                    fail($"{link}: {string.Join(' ', why)}");
                    return null;
                case ["on", _, var own, var other] when begun && DhcpTraceRequest.IsMac(own):
                    (host, guest) = (own, DhcpTraceRequest.IsMac(other) ? other : null);
                    break;
                case ["sent", ..] when begun:
                    sent = true;
                    break;
                case ["offer", var after, ("host" or "guest") and var who, var source, var server, var address, var mask, var router, var link]
                    when begun && HopTrace.Time(after) is { } time && DhcpTraceRequest.IsMac(source):
                    offers.Add(new(time, who == "guest", source, ProbeText.Address(server), ProbeText.Address(address), ProbeText.Address(mask), ProbeText.Address(router), link));
                    break;
                case ["end", var after] when begun:
                    waited = HopTrace.Time(after);
                    break;
            }
        }

        if (host.Length > 0 && sent && (waited is not null || offers.Count > 0))
        {
            return new(bridge, host, guest, offers.ToImmutable(), waited ?? TimeSpan.Zero);
        }

        fail("the probe did not answer as it does");
        return null;
    }
}
