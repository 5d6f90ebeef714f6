using System.Collections.Immutable;
using System.Text;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Support;

namespace ChatOpsBot.Domain.Tests.FramePath;

/// <summary>Captured listings of a firewall, one file per tool, as the parts of the sections that the collector would bring.</summary>
internal static class FirewallFiles
{
    private static readonly (string Section, string Part, string File)[] Layout =
    [
        ("e.nft", "json", "nft.json"),
        ("e.nft", "text", "nft.txt"),
        ("e.ipt", "nft4", "iptables-nft.txt"),
        ("e.ipt", "nft6", "ip6tables-nft.txt"),
        ("e.ipt", "legacy4", "iptables-legacy.txt"),
        ("e.ipt", "legacy6", "ip6tables-legacy.txt"),
        ("e.ebt", "nft", "ebtables-nft.txt"),
        ("e.sysctl", "values", "sysctl.txt"),
    ];

    /// <summary>Folder of a captured case.</summary>
    public static string Case(string name) => RepositoryFiles.At("tests", "Fixtures", "e.nft", name);

    /// <summary>A view of nothing but these files; a file that is missing is a part that was not run.</summary>
    public static HostView View(string folder) => View(Sections(folder));

    public static HostView View(ImmutableSortedDictionary<string, SectionOutput> sections)
        => new(new HostSnapshot("host42", DateTimeOffset.UnixEpoch, TimeSpan.Zero, sections), new HostEntry { Name = "host42", Address = "192.0.2.1" });

    public static ImmutableSortedDictionary<string, SectionOutput> Sections(string folder)
        => (from entry in Layout group entry by entry.Section).ToImmutableSortedDictionary(
            section => section.Key,
            section => new SectionOutput(section.Key, section.SelectMany(entry => Parts(folder, entry.Part, entry.File)).ToImmutableArray() is { IsEmpty: false } parts ? parts : [Absent()]));

    /// <summary>A listing of nftables that is not whole is there table by table too.</summary>
    private static IEnumerable<PartOutput> Parts(string folder, string part, string file)
    {
        if (File.Exists(Path.Combine(folder, file)))
        {
            yield return Exited(part, File.ReadAllBytes(Path.Combine(folder, file)));
        }

        foreach (var table in part == "json" ? Directory.GetFiles(folder, "nft-table-*.json") : [])
        {
            yield return Exited("json " + string.Join(' ', Path.GetFileNameWithoutExtension(table).Split('-', 4)[2..]), File.ReadAllBytes(table));
        }
    }

    public static PartOutput Exited(string name, byte[] output) => new(name, PartEnd.Exited, 0, output, ReadOnlyMemory<byte>.Empty);

    public static PartOutput Absent() => new("", PartEnd.Absent, 0, ReadOnlyMemory<byte>.Empty, Encoding.UTF8.GetBytes("nothing of that kind is in use"));

    public static SectionOutput NotPermitted(string id)
        => new(id, [new("", PartEnd.NoPrivilege, 0, ReadOnlyMemory<byte>.Empty, Encoding.UTF8.GetBytes("needs root, sudo -n refused"))]);
}
