using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Probes;

/// <summary>A link to listen on and the guest that is waited for there.</summary>
/// <param name="Link">Host-side device of the guest.</param>
/// <param name="Mac">The guest's hardware address in lower case; <see langword="null"/> takes any guest behind the link.</param>
public readonly record struct TracedGuest(string Link, string? Mac);

/// <summary>What to trace: DHCP messages on some links until the first whole DHCPACK for one of the guests, or until the time is over.</summary>
public sealed record DhcpTraceRequest
{
    /// <summary>Links listened on at most; each costs a socket on the host.</summary>
    public const int MostGuests = 256;

    /// <summary>Messages reported at most, so that a guest in a DHCP storm cannot flood us.</summary>
    public const int MostMessages = 500;

    private DhcpTraceRequest(ImmutableArray<TracedGuest> guests, TimeSpan duration)
    {
        Guests = guests;
        Duration = duration;
    }

    /// <summary>The guests; at least one.</summary>
    public ImmutableArray<TracedGuest> Guests { get; }

    /// <summary>How long at most.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Arguments of <see cref="ProbeProgram.Trace"/>.</summary>
    public ImmutableArray<string> Arguments =>
    [
        ((int)Math.Ceiling(Duration.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture),
        MostMessages.ToString(System.Globalization.CultureInfo.InvariantCulture),
        .. Guests.SelectMany(guest => new[] { guest.Link, guest.Mac ?? "-" }),
    ];

    /// <summary>A request for those of the guests whose link and address can be ones; <see langword="null"/> when none is left.</summary>
    /// <param name="guests">The guests; those beyond <see cref="MostGuests"/> are left out.</param>
    /// <param name="duration">1 s to 10 min.</param>
    public static DhcpTraceRequest? For(IEnumerable<TracedGuest> guests, TimeSpan duration)
    {
        ImmutableArray<TracedGuest> usable = [.. guests.Where(guest => IsLink(guest.Link) && (guest.Mac is null || IsMac(guest.Mac))).Distinct().Take(MostGuests)];
        return usable.IsEmpty ? null : new(usable, TimeSpan.FromSeconds(Math.Clamp(duration.TotalSeconds, 1, 600)));
    }

    internal static bool IsLink(string name)
        => name.Length is > 0 and <= 15 && name is not ("." or "..") && !name.Any(c => c is '/' or ':' || char.IsWhiteSpace(c) || char.IsControl(c)) && name[0] != '-';

    internal static bool IsMac(string text)
        => text.Length == 17 && text.Select((c, index) => index % 3 == 2 ? c == ':' : char.IsAsciiHexDigitLower(c)).All(good => good);
}

/// <summary>One DHCP message that was seen.</summary>
/// <param name="After">Time since the trace began.</param>
/// <param name="Link">Where.</param>
/// <param name="ToGuest">Whether the host sent it into the link, towards the guest.</param>
/// <param name="Type">Its type in capitals, for example <c>DISCOVER</c> or <c>ACK</c>.</param>
/// <param name="Mac">The client's hardware address.</param>
/// <param name="Address">The address it gives; <see langword="null"/> when none.</param>
/// <param name="Server">The server; <see langword="null"/> when not named.</param>
/// <param name="ToAll">Whether it was a broadcast frame.</param>
/// <param name="Whole">An ACK to a guest that had asked by broadcast; a renewal between two hosts proves less, since broadcasts may still be lost.</param>
public sealed record DhcpMessage(TimeSpan After, string Link, bool ToGuest, string Type, string Mac, string? Address, string? Server, bool ToAll, bool Whole);

/// <summary>Why a trace ended.</summary>
public enum TraceEnd
{
    /// <summary>It was cut off; what was seen until then holds.</summary>
    CutOff,

    /// <summary>The DHCPACK that was waited for came.</summary>
    Acknowledged,

    /// <summary>Its time was over.</summary>
    Time,

    /// <summary>There were more messages than it reports.</summary>
    Messages,

    /// <summary>No link was left to listen on.</summary>
    Links,
}

/// <summary>What a trace saw.</summary>
public sealed record DhcpTrace
{
    /// <summary>Nothing yet.</summary>
    public static DhcpTrace Nothing { get; } = new();

    /// <summary>Whether the program said that it listens; what came before was not heard.</summary>
    public bool Listening { get; init; }

    /// <summary>Links that it listened on.</summary>
    public ImmutableArray<string> Links { get; init; } = [];

    /// <summary>Links that it could not listen on, or not any more, with the reason.</summary>
    public ImmutableArray<(string Link, string Why)> Lost { get; init; } = [];

    /// <summary>The messages, in order.</summary>
    public ImmutableArray<DhcpMessage> Messages { get; init; } = [];

    /// <summary>Why it ended.</summary>
    public TraceEnd End { get; init; }

    /// <summary>The first whole DHCPACK for one of these guests; <see langword="null"/> when there was none.</summary>
    public DhcpMessage? AckFor(IEnumerable<TracedGuest> guests)
        => Messages.FirstOrDefault(message => message is { Type: "ACK", ToGuest: true, Whole: true }
            && guests.Any(guest => guest.Link == message.Link && (guest.Mac ?? message.Mac) == message.Mac));

    /// <summary>How far the exchange got, in a few words for people.</summary>
    public string Reached => (Messages.Any(message => message is { ToGuest: false }), Messages.Any(message => message is { ToGuest: true, Type: "OFFER" }), Messages.LastOrDefault(message => message.Type == "NAK")) switch
    {
        (_, _, not null) => "the server refused the address that a guest asked for (DHCPNAK)",
        (_, true, _) => "a guest was offered an address, but no DHCPACK followed",
        (true, _, _) => "a guest asked, but nothing answered",
        _ when Links.IsEmpty => "no link could be listened on",
        _ => "no guest asked for an address",
    };
}
