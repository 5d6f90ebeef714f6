using System.Buffers.Binary;
using System.Net;

namespace ChatOpsBot.Domain.Tests.FramePath;

/// <summary>Real bytes of DHCP messages.</summary>
internal static class WireFrame
{
    public static byte[] Dhcp(string source, string destination, IPAddress from, IPAddress to, ushort sourcePort, ushort destinationPort, int? vlan, ulong token)
    {
        var message = new byte[248];
        message[0] = (byte)(sourcePort == 68 ? 1 : 2);
        (message[1], message[2]) = (1, 6);
        Mac(source).CopyTo(message, 28);
        new byte[] { 99, 130, 83, 99 }.CopyTo(message, 236);
        BinaryPrimitives.WriteUInt64BigEndian(message.AsSpan(240), token);

        var udp = new byte[8];
        BinaryPrimitives.WriteUInt16BigEndian(udp, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(2), destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(4), (ushort)(8 + message.Length));

        var ip = new byte[20];
        (ip[0], ip[8], ip[9]) = (0x45, 64, 17);
        BinaryPrimitives.WriteUInt16BigEndian(ip.AsSpan(2), (ushort)(28 + message.Length));
        from.GetAddressBytes().CopyTo(ip, 12);
        to.GetAddressBytes().CopyTo(ip, 16);
        BinaryPrimitives.WriteUInt16BigEndian(ip.AsSpan(10), Checksum(ip));

        byte[] tag = vlan is { } id ? [0x81, 0x00, (byte)(id >> 8), (byte)id] : [];
        return [.. Mac(destination), .. Mac(source), .. tag, 0x08, 0x00, .. ip, .. udp, .. message];
    }

    private static byte[] Mac(string text) => Convert.FromHexString(text.Replace(":", "", StringComparison.Ordinal));

    private static ushort Checksum(ReadOnlySpan<byte> header)
    {
        var sum = 0;
        for (var i = 0; i < header.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(header[i..]);
        }

        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
