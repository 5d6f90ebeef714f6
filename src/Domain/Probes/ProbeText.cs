using System.Net;
using System.Net.Sockets;

namespace ChatOpsBot.Domain.Probes;

/// <summary>Words of the probes' outputs.</summary>
internal static class ProbeText
{
    /// <summary>An IPv4 address as it is usually written; <see langword="null"/> for 0.0.0.0 and anything else.</summary>
    public static string? Address(string text)
        => text != "0.0.0.0" && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork && address.ToString() == text ? text : null;

    /// <summary>An address as a number, to compare it with a subnet; <see langword="null"/> when it is none.</summary>
    public static uint? Number(string? text)
        => text is not null && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork
            ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes())
            : null;

    /// <summary>A number as an address.</summary>
    public static string Dotted(uint number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{number >> 24}.{(number >> 16) & 255}.{(number >> 8) & 255}.{number & 255}");

    /// <summary>Whether two addresses are in one subnet of that many bits; <see langword="null"/> when one is none.</summary>
    public static bool? SameSubnet(string? one, string? other, int bits)
        => bits is >= 0 and <= 32 && Number(one) is { } first && Number(other) is { } second ? bits == 0 || ((first ^ second) >> (32 - bits)) == 0 : null;

    /// <summary>Bits of a mask such as 255.255.0.0; <see langword="null"/> when it is none.</summary>
    public static int? Bits(string? mask)
        => Number(mask) is { } number && System.Numerics.BitOperations.LeadingZeroCount(~number) is var bits && (bits == 32 || number << bits == 0) ? bits : null;
}
