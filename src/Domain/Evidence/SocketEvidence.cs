using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>E.sock: who listens on UDP port 67 of this host.</summary>
public static partial class SocketEvidence
{
    // /proc/net/udp says at the cost of one process whether there is anybody at all. Only then ss is asked for the name, and only when its
    // question does not make the kernel load a module.
    private const string Script = """
        [ -r /proc/net/udp ] || { missing '/proc/net/udp cannot be read'; return; }
        if part udp grep -E '^ *[0-9]+: [0-9A-F]{8}:0043 ' /proc/net/udp; then
            if have ss && { no_modules || { loaded inet_diag && loaded udp_diag; }; }; then
                part ss ss -Hulnp 'sport = :67'
            fi
        fi
        """;

    /// <summary>The evidence row.</summary>
    public static EvidenceSource<DhcpSocketFacts> Source { get; } = new("e.sock", Privilege.RootIfPossible, Script, Parse);

    private static FactReading<DhcpSocketFacts> Parse(SectionOutput section)
    {
        var table = section.Part("udp");
        if (table is null || (SectionProblem.Reason(table) is { } reason && table is not { End: PartEnd.Exited, ExitCode: 1 }))
        {
            return new FactReading<DhcpSocketFacts>.Missing(table is null ? "the section printed nothing" : SectionProblem.Reason(table) ?? "");
        }

        if (section.Part("ss") is { End: PartEnd.Exited, ExitCode: 0 } ss)
        {
            return new FactReading<DhcpSocketFacts>.Known(new([.. ss.Text.Split('\n').Select(FromSs).OfType<UdpSocket>()]));
        }

        return new FactReading<DhcpSocketFacts>.Known(new([.. table.Text.Split('\n').Select(FromProc).OfType<UdpSocket>()]));
    }

    // UNCONN 0 0 0.0.0.0%br0:67 0.0.0.0:* users:(("dnsmasq",pid=123,fd=4))
    private static UdpSocket? FromSs(string line)
    {
        var words = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 5 || words[3].LastIndexOf(':') is not (>= 0 and var colon))
        {
            return null;
        }

        var local = words[3][..colon].Split('%', 2);
        var users = words.Length > 5 ? words[5] : "";
        return new(
            local[0] is "*" ? "0.0.0.0" : local[0].Trim('[', ']'),
            local.Length > 1 ? local[1] : null,
            [.. from user in User().Matches(users).Cast<Match>() select new SocketOwner(user.Groups[1].Value, int.TryParse(user.Groups[2].Value, out var pid) ? pid : 0)]);
    }

    //   12: 00000000:0043 00000000:0000 07 ...: the address is in the byte order of the machine, which is little-endian wherever KVM runs but s390x.
    private static UdpSocket? FromProc(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 1 && words[1].Length == 13 && uint.TryParse(words[1][..8], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value)
            ? new(new IPAddress(value).ToString(), null, [])
            : null;
    }

    [GeneratedRegex("""\("((?:[^"\\]|\\.)*)",pid=(\d+),""", RegexOptions.None, 1000)]
    private static partial Regex User();
}

/// <summary>Listeners on UDP port 67.</summary>
/// <param name="Sockets">Empty when nobody listens. A DHCP server with raw sockets (ISC, Kea by default) may serve all the same.</param>
public sealed record DhcpSocketFacts(ImmutableArray<UdpSocket> Sockets);

/// <summary>A UDP socket.</summary>
/// <param name="Address">Local address, <c>0.0.0.0</c> for all.</param>
/// <param name="Device">Interface it is bound to; <see langword="null"/> for none or when only the kernel's table was read.</param>
/// <param name="Owners">Processes that hold it; empty when the names could not be read.</param>
public sealed record UdpSocket(string Address, string? Device, ImmutableArray<SocketOwner> Owners);

/// <summary>A process that holds a socket.</summary>
/// <param name="Program">Command name.</param>
/// <param name="Pid">Process id.</param>
public sealed record SocketOwner(string Program, int Pid);
