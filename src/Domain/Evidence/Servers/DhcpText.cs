using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace ChatOpsBot.Domain.Evidence.Servers;

/// <summary>Pools and leases as dnsmasq, ISC dhcpd and Kea write them. Lines of any other form are passed over.</summary>
internal static partial class DhcpText
{
    /// <summary>Ranges out of <c>dhcp-range=...</c>, <c>range A B;</c> and <c>"pool": "A - B"</c>.</summary>
    public static ImmutableArray<DhcpPool> Pools(string text)
    {
        var pools = ImmutableArray.CreateBuilder<DhcpPool>();
        foreach (var line in text.Split('\n'))
        {
            var addresses = Address().Matches(line).Select(match => match.Value).Where(IsAddress).ToArray();
            if (addresses.Length >= 2)
            {
                pools.Add(new(addresses[0], addresses[1]));
            }
            else if (addresses.Length == 1 && line.TrimStart().StartsWith("range ", StringComparison.Ordinal))
            {
                pools.Add(new(addresses[0], addresses[0]));
            }
        }

        return [.. pools.Distinct()];
    }

    /// <summary>Leases of all three servers; these append, so the last word about an address counts.</summary>
    public static ImmutableArray<DhcpLease> Leases(string text)
    {
        var leases = new Dictionary<string, DhcpLease>(StringComparer.Ordinal);
        DhcpLease? open = null;
        foreach (var line in text.Split('\n'))
        {
            if (FromDnsmasq(line) is { } dnsmasq)
            {
                leases[dnsmasq.Address] = dnsmasq;
            }
            else if (FromKea(line) is { } kea)
            {
                leases[kea.Address] = kea;
            }
            else if (line.StartsWith("lease ", StringComparison.Ordinal) && line.Split(' ') is [_, var address, ..] && IsAddress(address))
            {
                open = new(address, null, null, null, null, "active");
            }
            else if (open is not null && line.StartsWith('}'))
            {
                leases[open.Address] = open;
                open = null;
            }
            else if (open is not null)
            {
                open = WithIsc(open, line.Trim().TrimEnd(';'));
            }
        }

        return [.. leases.Values];
    }

    // 1700000000 52:54:00:aa:00:01 10.0.0.5 name 01:52:54:00:aa:00:01
    private static DhcpLease? FromDnsmasq(string line)
        => line.Split(' ') is [var until, var mac, var address, var name, var client] && long.TryParse(until, out var seconds) && IsAddress(address)
            ? new(address, IpText.Mac(mac), Star(client), Star(name), seconds == 0 ? null : At(seconds), "active")
            : null;

    // address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,...
    private static DhcpLease? FromKea(string line)
        => line.Split(',') is [var address, var mac, var client, var lifetime, var until, _, _, _, var name, var state, ..] && IsAddress(address)
            ? new(
                address,
                IpText.Mac(mac),
                client.Length > 0 ? client : null,
                name.Length > 0 ? name : null,
                long.TryParse(until, out var seconds) ? At(seconds) : null,
                (state, lifetime) switch { ("1", _) => "declined", ("2", _) => "expired", (_, "0") => "released", _ => "active" })
            : null;

    private static DhcpLease WithIsc(DhcpLease lease, string line) => line.Split(' ', 3) switch
    {
        ["binding", "state", var state] => lease with { State = state },
        ["hardware", "ethernet", var mac] => lease with { Mac = IpText.Mac(mac) },
        ["uid", var id, ..] => lease with { ClientId = id.Trim('"') },
        ["client-hostname", var name, ..] => lease with { HostName = name.Trim('"') },
        ["ends", _, var when] when DateTimeOffset.TryParseExact(
            when, "yyyy/MM/dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) => lease with { Expires = at },
        _ => lease,
    };

    private static string? Star(string text) => text == "*" ? null : text;

    private static DateTimeOffset? At(long seconds) => seconds is > 0 and < 253_402_300_799 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    private static bool IsAddress(string text)
        => text.Count(c => c == '.') == 3 && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork;

    [GeneratedRegex(@"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")]
    private static partial Regex Address();
}
