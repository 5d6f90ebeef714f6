using System.Net;
using System.Net.Sockets;
using System.Numerics;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>Addresses as configuration files and tools write them.</summary>
internal static class IpText
{
    /// <summary>Prefix length of <c>255.255.255.0</c>, <c>24</c> or <c>/24</c>; <see langword="null"/> when it is none.</summary>
    public static int? PrefixOf(string mask)
    {
        var text = mask.Trim().TrimStart('/');
        if (int.TryParse(text, out var bits))
        {
            return bits is >= 0 and <= 128 ? bits : null;
        }

        if (!IPAddress.TryParse(text, out var address) || address.AddressFamily != AddressFamily.InterNetwork)
        {
            return null;
        }

        var bytes = address.GetAddressBytes();
        var value = ((uint)bytes[0] << 24) | ((uint)bytes[1] << 16) | ((uint)bytes[2] << 8) | bytes[3];
        var ones = BitOperations.PopCount(value);
        return value == (ones == 0 ? 0 : uint.MaxValue << (32 - ones)) ? ones : null;
    }

    /// <summary>A hardware address in lower case with colons, or <see langword="null"/>.</summary>
    public static string? Mac(string? text)
    {
        var mac = text?.Trim().Trim('"').Replace('-', ':').ToLowerInvariant();
        return mac is { Length: 17 } && mac.Split(':') is { Length: 6 } bytes && bytes.All(b => b.Length == 2 && b.All(char.IsAsciiHexDigit)) ? mac : null;
    }
}
