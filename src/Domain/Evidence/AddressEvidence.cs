using System.Collections.Immutable;
using System.Text.Json;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>All addresses of the host.</summary>
/// <param name="Addresses">In kernel order.</param>
public sealed record AddressFacts(ImmutableArray<InterfaceAddress> Addresses)
{
    /// <summary>Addresses of one link.</summary>
    public IEnumerable<InterfaceAddress> Of(string link) => Addresses.Where(address => address.Link == link);
}

/// <summary>One address of one link.</summary>
/// <param name="Link">Interface name.</param>
/// <param name="Family"><c>inet</c> or <c>inet6</c>.</param>
/// <param name="Address">Without prefix length.</param>
/// <param name="PrefixLength">Bits of the subnet.</param>
/// <param name="Scope"><c>global</c>, <c>link</c> or <c>host</c>.</param>
/// <param name="IsDynamic">Whether a lease or router advertisement gave it.</param>
public sealed record InterfaceAddress(string Link, string Family, string Address, int PrefixLength, string Scope, bool IsDynamic)
{
    /// <summary>Whether the other end of a point-to-point link is given with it.</summary>
    public bool IsPeer { get; init; }

    /// <summary>Broadcast address, where one is set.</summary>
    public string? Broadcast { get; init; }
}

/// <summary>E.addr: the IP addresses of all links.</summary>
public static class AddressEvidence
{
    /// <summary>The evidence row.</summary>
    public static EvidenceSource<AddressFacts> Source { get; } = new("e.addr", Privilege.Login, [new("addresses", "ip", "-d -s -s", "addr show")], Parse);

    private static FactReading<AddressFacts> Parse(SectionOutput section)
    {
        if (!SectionProblem.TryText(section, "addresses", out var text, out var reason))
        {
            return new FactReading<AddressFacts>.Missing(reason);
        }

        using var json = JsonReading.ParseOrEmpty(text);
        var addresses =
            from link in json.RootElement.EnumerateArray()
            let name = link.Text("ifname")
            where name is not null
            from entry in link.Items("addr_info")
            let address = ReadAddress(name, entry)
            where address is not null
            select address;
        return new FactReading<AddressFacts>.Known(new([.. addresses]));
    }

    private static InterfaceAddress? ReadAddress(string link, JsonElement entry)
        => entry.Text("local") is { } address && entry.Text("family") is { } family
            ? new InterfaceAddress(link, family, address, (int)(entry.Number("prefixlen") ?? 0), entry.Text("scope") ?? "global", entry.Flag("dynamic") ?? false)
            {
                IsPeer = entry.Text("address") is not null,
                Broadcast = entry.Text("broadcast"),
            }
            : null;
}
