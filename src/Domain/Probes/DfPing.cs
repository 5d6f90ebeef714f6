using System.Globalization;
using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Probes;

/// <summary>A ping of one size that must not be cut into fragments (P.df).</summary>
/// <param name="Bridge">The bridge whose way it concerns.</param>
/// <param name="Target">IPv4 address.</param>
/// <param name="Size">Bytes of the IP packet, headers included.</param>
/// <param name="Passed">Whether one came back.</param>
/// <param name="Said">What ping said about a packet that is too long; <see langword="null"/> when nothing.</param>
public sealed partial record DfPing(string Bridge, string Target, int Size, bool Passed, string? Said)
{
    /// <summary>IPv4 and ICMP headers.</summary>
    public const int Headers = 28;

    /// <summary>Name of the part with such a ping.</summary>
    public static string PartName(string bridge, string target, int size) => string.Create(CultureInfo.InvariantCulture, $"{bridge} {target} {size}");

    /// <summary>Reads ping's output; <see langword="null"/> when the part is none.</summary>
    public static DfPing? Read(PartOutput part)
    {
        if (part.Name.Split(' ') is not [var bridge, var target, var bytes] || !int.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var size))
        {
            return null;
        }

        var text = part.Text;
        var received = Received().Match(text);
        return received.Success ? new(bridge, target, size, received.Groups[1].Value != "0", TooLong().Match(text) is { Success: true } said ? said.Value.Trim() : null) : null;
    }

    // iputils and busybox: "2 packets transmitted, 1 received"; "2 packets transmitted, 1 packets received".
    [GeneratedRegex(@"transmitted, (\d{1,6}) (?:packets )?received")]
    private static partial Regex Received();

    [GeneratedRegex(@"(?i)(?:Frag needed[^\n]{0,80}|message too long[^\n]{0,80})")]
    private static partial Regex TooLong();
}
