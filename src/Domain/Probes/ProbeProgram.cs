using System.Collections.Immutable;
using System.Text;

namespace ChatOpsBot.Domain.Probes;

/// <summary>
/// A probe's program: the same in Perl, which is essential on Debian and Ubuntu, and in Python 3 for hosts without it. It travels on standard input, so that nothing is left on the host.
/// </summary>
public sealed class ProbeProgram
{
    /// <summary>Exit code of a host that has neither language.</summary>
    public const int NoInterpreter = 127;

    private const string End = "cob-program-end";

    private readonly ReadOnlyMemory<byte> _text;

    private ProbeProgram(string name) => _text = Encoding.UTF8.GetBytes(
        $"""
        if command -v perl >/dev/null 2>&1; then
        exec perl - "$@" <<'{End}'
        {Resource(name + ".pl")}
        {End}
        fi
        if command -v python3 >/dev/null 2>&1; then
        exec python3 - "$@" <<'{End}'
        {Resource(name + ".py")}
        {End}
        fi
        exit 127

        """);

    /// <summary>P.trace.</summary>
    public static ProbeProgram Trace { get; } = new("trace");

    /// <summary>P.arp.</summary>
    public static ProbeProgram Arp { get; } = new("arp");

    /// <summary>P.trace hop by hop together with P.lldp: prints DHCP, ARP of guests, LLDP and spanning tree on many links at once.</summary>
    public static ProbeProgram Watch { get; } = new("watch");

    /// <summary>P.dhcp.</summary>
    public static ProbeProgram Dhcp { get; } = new("dhcp");

    /// <summary>P.arp that counts all who answer.</summary>
    public static ProbeProgram Who { get; } = new("who");

    /// <summary>What to give on standard input.</summary>
    public ReadOnlyMemory<byte> Text => _text;

    /// <summary>What to run, as root: raw sockets need it.</summary>
    public static ImmutableArray<string> Argv(params ReadOnlySpan<string> arguments) => ["/bin/sh", "-s", "--", .. arguments];

    private static string Resource(string name)
    {
        using var stream = typeof(ProbeProgram).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the program {name} is not part of this build");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().TrimEnd('\n');
    }
}
