using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>Reads the notations that filter tools print for numbers and addresses. All answers are in network order.</summary>
internal static class Literals
{
    public static bool TryMac(string text, out UInt128 value)
    {
        value = 0;
        var parts = text.Split(':');
        if (parts.Length != 6)
        {
            return false;
        }

        foreach (var part in parts)
        {
            if (part.Length is 0 or > 2 || !byte.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
            {
                return false;
            }

            value = value << 8 | octet;
        }

        return true;
    }

    public static bool TryAddress(string text, out UInt128 value)
    {
        value = 0;

        // IPAddress also takes "1" and "0x7f.1"; the tools never print those.
        if (!text.Contains('.') && !text.Contains(':') || !IPAddress.TryParse(text, out var address) || text.Contains('%'))
        {
            return false;
        }

        value = Number(address);
        return true;
    }

    public static UInt128 Number(IPAddress address)
    {
        UInt128 value = 0;
        foreach (var octet in address.GetAddressBytes())
        {
            value = value << 8 | octet;
        }

        return value;
    }

    /// <summary>Bits of an address in that notation.</summary>
    public static int Width(string address) => address.Contains(':') ? 128 : 32;

    /// <summary>The mask of a prefix.</summary>
    public static UInt128 Mask(int length, int width)
    {
        var all = width == 128 ? UInt128.MaxValue : ((UInt128)1 << width) - 1;
        return length <= 0 ? 0 : length >= width ? all : all & (all << (width - length));
    }

    /// <summary>Decimal or, behind 0x, hexadecimal.</summary>
    public static bool TryNumber(string text, out UInt128 value)
        => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? UInt128.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    /// <summary>A device name in which the character at the end, if it is there, stands for anything.</summary>
    public static Operand Device(string text, char wildcard)
        => text.EndsWith(wildcard) ? new Operand.Device(text[..^1], IsPrefix: true) : new Operand.Device(text, IsPrefix: false);

    /// <summary>Whether an address is one of IPv4.</summary>
    public static bool IsV4(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork;
}
