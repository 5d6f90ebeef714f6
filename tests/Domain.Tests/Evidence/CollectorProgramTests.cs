using System.Reflection;
using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Evidence;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Evidence;

public sealed partial class CollectorProgramTests
{
    [Fact]
    public void Text_WholeCatalogue_FitsOneArgument()
        // The kernel takes 128 KiB in one argument.
        => Assert.True(CollectorProgram.Text.Length < 100 * 1024, $"{CollectorProgram.Text.Length} characters");

    [Fact]
    public void Text_WholeCatalogue_NeverEvaluatesData()
    {
        Assert.DoesNotContain("eval ", CollectorProgram.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', CollectorProgram.Text);
        Assert.All(CollectorProgram.Text, c => Assert.True(c is '\n' or '\t' or (>= ' ' and < (char)127), $"character {(int)c}"));
    }

    [Fact]
    public void Catalogue_Ids_AreUniqueAndWellFormed()
    {
        Assert.Distinct(Catalogue.All.Select(source => source.Id));
        Assert.All(Catalogue.All, source => Assert.Matches("^[ep]\\.[a-z0-9-]+$", source.Id));
        Assert.All(Catalogue.All, source => Assert.InRange(source.TimeLimitSeconds, 1, 30));
        Assert.All(Catalogue.All, source => Assert.InRange(source.OutputCap, 4096, 64 * 1024 * 1024));
    }

    [Fact]
    public void Catalogue_EveryRowWithAScript_IsInIt()
    {
        var declared = typeof(EvidenceSource).Assembly.GetTypes()
            .Select(type => type.GetProperty("Source", BindingFlags.Public | BindingFlags.Static))
            .Where(property => property is not null && property.PropertyType.IsSubclassOf(typeof(EvidenceSource)))
            .Select(property => (EvidenceSource)property!.GetValue(null)!)
            .Where(source => source.Script.Length > 0)
            .ToArray();

        Assert.True(declared.Length >= 15);
        Assert.All(declared, source => Assert.Contains(source, Catalogue.All));
    }

    [Fact]
    public void Argv_AnyRun_CarriesTheProgramUnchanged()
    {
        var argv = CollectorProgram.Argv(CollectorProgram.Text, "abc", "never");

        Assert.Equal(["nice", "-n", "10", "/bin/sh", "-c", CollectorProgram.Text, "chatops", "abc", "never", "shared"], argv);
        Assert.Equal("single", CollectorProgram.Argv(CollectorProgram.Text, "abc", "never", sharesRuns: false)[^1]);
    }

    [Fact]
    public void Catalogue_ScriptsThatEndTheirSection_Return()
    {
        // They are functions of one shell: the words for an end do not leave them.
        var ends = from source in Catalogue.All
                   from line in source.Script.Split('\n')
                   where EndWord().IsMatch(line)
                   select line.Trim();

        Assert.NotEmpty(ends);
        Assert.All(ends, line => Assert.Equal(EndWord().Count(line), EndWithReturn().Count(line)));
        Assert.All(Catalogue.All, source => Assert.DoesNotMatch(@"(^|[;{&|]|then|do)\s*exit\b", source.Script));
    }

    [Fact]
    public void Catalogue_Scripts_LeaveTheVariablesOfTheProgramAlone()
        => Assert.All(
            Catalogue.All,
            source => Assert.DoesNotMatch(@"(?m)(^|[\s;{(])(D|N|rows?|section|count|cap|time_limit|filter|running|newline|blanks|runs|items|root_reason|sudo_mode|max_wire|watchdog)=", source.Script));

    [Fact]
    public void Catalogue_RowsReadAfterAnother_HaveItsRights()
        => Assert.All(Catalogue.All.Where(source => source.After is not null), source => Assert.Equal(source.After!.Privilege, source.Privilege)); // not null: just asked

    [Fact]
    public void Text_RowsOfOneTool_AskItOnce()
    {
        Assert.Contains("ip -j -d -s -s -batch ", CollectorProgram.Text, StringComparison.Ordinal);
        Assert.Contains("bridge -j -d -s -batch ", CollectorProgram.Text, StringComparison.Ordinal);
        Assert.All(Catalogue.All.SelectMany(source => source.Listings), listing => Assert.Matches("^[a-z]+$", listing.Part));
    }

    [GeneratedRegex("""(?<![\w'"-])(absent|missing) ['"]""")]
    private static partial Regex EndWord();

    [GeneratedRegex("""(?<![\w'"-])(absent|missing) ('[^']*'|"[^"]*"); return""")]
    private static partial Regex EndWithReturn();
}
