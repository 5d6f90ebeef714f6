using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

/// <summary>What each fault of the catalogue was seen in: a lab that can make it, hosts of a lab as a script read them, or what a host of others printed, with its public address.</summary>
public class CatalogueEvidenceTests
{
    /// <summary>Folders of fixtures that are not named after the fault.</summary>
    private static readonly ImmutableDictionary<string, string[]> s_elsewhere = ImmutableDictionary.CreateRange([KeyValuePair.Create("nic.driver-fault", new[] { "e.klog" })]);

    /// <summary>What the machine decides that the lab runs on: inside a virtual machine the switch's filter reads as the platform's.</summary>
    private const string OfThePlatform = "platform.outer-filter";

    /// <summary>Faults that the lab makes under User-Mode Linux. A trunk without the VLAN is listed there and refused: it takes a switch that speaks LLDP.</summary>
    private static readonly Lazy<ImmutableHashSet<string>> s_underUml = new(() =>
        [.. File.ReadLines(RepositoryFiles.At("tests", "lab", "uml-cases.sh")).Select(line => line.Split(' ')).Where(words => words is [_, "single", not "vlan.not-on-trunk"]).Select(words => words[2])]);

    [Fact]
    public void Catalogue_EveryFault_WasSeenSomewhere()
    {
        var rows = Catalogue.All.Select(rule => (rule.Id, Lab: InLab(rule.Id), Kept: Kept(rule.Id), Source: Source(rule.Id))).ToArray();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', rows.Select(row => $"{row.Id,-34} {(row.Lab ? "lab" : "-"),-5} {(row.Kept ? "kept" : "-"),-6} {row.Source ?? "-"}")));

        Assert.Equal(60, rows.Length);
        Assert.Equal([], rows.Where(row => row is { Lab: false, Kept: false, Source: null }).Select(row => row.Id));
    }

    [Fact]
    public void Recorded_EveryFolder_IsOfAFaultAndSaysWhereItIsFrom()
    {
        var folders = Directory.EnumerateDirectories(RepositoryFiles.At("tests", "Fixtures", "recorded")).Select(folder => Path.GetFileName(folder)!).ToArray(); // Never null: the folders have names.

        Assert.NotEmpty(folders);
        Assert.All(folders, id => Assert.True(Catalogue.All.Any(rule => rule.Id == id) && Source(id) is not null, id));
    }

    /// <summary>The six that no lab makes are all that rest on others' words; whoever can make one of them takes it out here.</summary>
    [Fact]
    public void Catalogue_FaultsThatNoLabMakes_AreKnown()
        => Assert.Equal(
            ["host.manager-took-port", "nf.conntrack-full", "nic.driver-fault", "nic.vf-spoofcheck", "nic.wifi-uplink", "vlan.not-on-trunk"],
            Catalogue.All.Select(rule => rule.Id).Where(id => !InLab(id) && !Kept(id)).Order(StringComparer.Ordinal));

    private static bool InLab(string id) => Directory.EnumerateFiles(RepositoryFiles.At("deploy", "lab", "faults"), $"{id}*.sh").Select(Path.GetFileNameWithoutExtension)
        .Any(name => name == id || name?.StartsWith(id + ".", StringComparison.Ordinal) == true) || s_underUml.Value.Contains(id);

    /// <summary>Whether a host of a lab, in which the fault was, was read by a script and the bot named it.</summary>
    private static bool Kept(string id) => KeptCases.All.Any(kept => kept.Kind == "single" && kept.Findings.Any(finding => finding.Split(' ')[0] == id)
        && kept.Expected.Any(expected => expected.Split('|').Contains(id)) && (id != OfThePlatform || kept.Name.StartsWith("switch.port-security", StringComparison.Ordinal)));

    private static string? Source(string id)
        => (s_elsewhere.TryGetValue(id, out var folder) ? RepositoryFiles.At(["tests", "Fixtures", .. folder, "SOURCE"]) : RepositoryFiles.At("tests", "Fixtures", "recorded", id, "SOURCE")) is var file
            && File.Exists(file) && File.ReadAllText(file).Split([' ', '\n', ';', ':'], StringSplitOptions.RemoveEmptyEntries).Any(word => word is "https" or "http" || word.StartsWith("//", StringComparison.Ordinal))
            ? file[(file.IndexOf("Fixtures", StringComparison.Ordinal) + 9)..] : null;
}
