using System.Net;
using System.Net.Sockets;

namespace ChatOpsBot.Application.Chat.Wire;

/// <summary>Connects to chat platforms: to public addresses only, whatever a name resolves to, so that a forged address never leads into our own network.</summary>
public static class GuardedConnection
{
    /// <summary>Connects.</summary>
    /// <param name="context">Says where to.</param>
    /// <param name="toThisMachine">Whether the peer is a test peer, which is on this machine and nowhere else.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="HttpRequestException">The name resolves to nothing that may be connected to.</exception>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, bool toThisMachine, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        var allowed = addresses.Where(address => toThisMachine ? IPAddress.IsLoopback(address) : IsPublic(address)).ToArray();
        if (allowed.Length == 0)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, $"{context.DnsEndPoint.Host} resolves to no public address");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether an address is out in the world: not this machine, not a private or link-local network, not a special range.</summary>
    public static bool IsPublic(IPAddress address)
    {
        var ip = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (ip.AddressFamily == AddressFamily.InterNetworkV6)
        {
            // Global unicast is 2000::/3; of it, transition ranges can hide a private IPv4 address.
            var v6 = ip.GetAddressBytes();
            return (v6[0] & 0xE0) == 0x20 && !(v6[0] == 0x20 && v6[1] is 0x01 or 0x02 && (v6[1] == 0x02 || (v6[2] == 0 && v6[3] == 0)));
        }

        var b = ip.GetAddressBytes();
        return b[0] is not (0 or 10 or 127) and < 224
            && !(b[0] == 100 && b[1] is >= 64 and < 128)
            && !(b[0] == 169 && b[1] == 254)
            && !(b[0] == 172 && b[1] is >= 16 and < 32)
            && !(b[0] == 192 && (b[1] == 168 || (b[1] == 0 && b[2] is 0 or 2)))
            && !(b[0] == 198 && (b[1] is 18 or 19 || (b[1] == 51 && b[2] == 100)))
            && !(b[0] == 203 && b[1] == 0 && b[2] == 113);
    }
}
