using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Application.Tests.Observation;

/// <summary>Rows that ask one tool together, in the real program, with a tool of the tests' own that answers well or not.</summary>
[Trait("Needs", "root")]
public sealed class SharedRunTests
{
    private const string Nonce = "0123456789abcdef0123456789abcdef";

    // Answers with its process id, so that runs can be told apart. What it is asked for decides how; MODE what it does in a batch.
    private const string Tool = """
        #!/bin/sh
        one() {
            case $1 in
            bad) echo 'no such list' >&2; exit 2 ;;
            empty) echo '[ ]' ;;
            hostile) printf '[{"ifname":"a]b[\\"}{\\\\","alias":"]\\n[","x":[[],{"y":"["}]}]\n' ;;
            broken) printf '[{"ifname":"%s"}\n]\n' "it's" ;;
            *) printf '[{"is":"%s","pid":%s}]\n' "$1" "$$" ;;
            esac
        }
        shift
        [ "$1" = -s ] && shift
        case $1 in
        -batch)
            case MODE in
            none) echo 'Option "-batch" is unknown' >&2; exit 255 ;;
            slow) sleep 30 ;;
            torn) one x ;;
            esac
            while read -r word; do one "$word"; done <"$2"
            ;;
        *) one "$1" ;;
        esac
        """;

    [Fact]
    public async Task Run_RowsOfOneTool_AskTogetherAndEachGetsItsOwn()
    {
        var frames = await RunAsync("good", Row("e.a", "one", "two"), Row("e.b", "hostile"), Row("e.c", "broken", "empty"), Row("e.d", "three"));

        Assert.Empty(frames.Problems);
        Assert.Equal(["e.a", "e.b", "e.c", "e.d"], frames.Sections.Keys);
        Assert.Single(new[] { Pid(frames, "e.a", "one"), Pid(frames, "e.a", "two"), Pid(frames, "e.d", "three") }.Distinct());
        Assert.Equal("""[{"ifname":"a]b[\"}{\\","alias":"]\n[","x":[[],{"y":"["}]}]""" + "\n", frames.Sections["e.b"].Part("hostile")!.Text);
        Assert.Equal("[{\"ifname\":\"it's\"}\n]\n", frames.Sections["e.c"].Part("broken")!.Text);
        Assert.Equal("[ ]\n", frames.Sections["e.c"].Part("empty")!.Text);
        Assert.All(frames.Sections.Values.SelectMany(section => section.Parts), part => Assert.Equal((PartEnd.Exited, 0), (part.End, part.ExitCode)));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("slow")]
    public async Task Run_ToolThatCannotBeAskedTogether_EachRowAsksAlone(string mode)
    {
        var frames = await RunAsync(mode, Row("e.a", "one", "two"), Row("e.b", "three"));

        Assert.Empty(frames.Problems);
        Assert.Equal(3, new[] { Pid(frames, "e.a", "one"), Pid(frames, "e.a", "two"), Pid(frames, "e.b", "three") }.Distinct().Count());
    }

    [Fact]
    public async Task Run_OneListThatFails_CostsNoOther()
    {
        var frames = await RunAsync("good", Row("e.a", "one"), Row("e.b", "bad"), Row("e.c", "two"));

        Assert.Empty(frames.Problems);
        Assert.Contains("\"one\"", frames.Sections["e.a"].Part("one")!.Text, StringComparison.Ordinal);
        Assert.Contains("\"two\"", frames.Sections["e.c"].Part("two")!.Text, StringComparison.Ordinal);
        Assert.Equal((PartEnd.Exited, 2, "no such list"), frames.Sections["e.b"].Part("bad") is { } bad ? (bad.End, bad.ExitCode, bad.ErrorLine) : default);
    }

    [Fact]
    public async Task Run_ToolThatIsNotThere_EachRowSaysSo()
    {
        var frames = await RunAsync("good", RowOf("e.a", "cobnone", ["one"]), RowOf("e.b", "cobnone", ["two"]));

        Assert.All(frames.Sections.Values, section => Assert.Equal((PartEnd.NotInstalled, "cobnone is not installed"), (section.Parts[0].End, section.Parts[0].ErrorLine)));
        Assert.Equal(2, frames.Sections.Count);
    }

    [Fact]
    public async Task Run_AnotherNumberOfLists_IsToldAndARunForEachHasThem()
    {
        EvidenceSource[] rows = [Row("e.a", "one"), Row("e.b", "two"), new EvidenceSource<string>("e.c", Privilege.Login, "put x y", _ => new FactReading<string>.Known(""))];
        var torn = await RunAsync("torn", rows);
        var single = await RunAsync("torn", rows, sharesRuns: false);

        Assert.True(torn.HasTornBatch);
        Assert.Equal(["e.c"], torn.Sections.Keys);
        Assert.Equal("a tool answered with 3 lists instead of 2", Assert.Single(torn.Problems));
        Assert.False(single.HasTornBatch);
        Assert.Equal(["e.a", "e.b", "e.c"], single.Sections.Keys);
    }

    private static string Pid(CollectorFrames frames, string section, string part) => frames.Sections[section].Part(part)!.Text.Split("\"pid\":", 2)[1];

    private static EvidenceSource<string> Row(string id, params ReadOnlySpan<string> lists) => RowOf(id, "cobtool", lists);

    private static EvidenceSource<string> RowOf(string id, string tool, ReadOnlySpan<string> lists)
        => new(id, Privilege.Login, [.. Listings(tool, lists.ToArray())], _ => new FactReading<string>.Known("")) { TimeLimitSeconds = 1, OutputCap = 65536 };

    private static IEnumerable<ToolListing> Listings(string tool, string[] lists) => lists.Select(list => new ToolListing(list, tool, "-s", list));

    private static async Task<CollectorFrames> RunAsync(string mode, params EvidenceSource[] rows) => await RunAsync(mode, rows, sharesRuns: true);

    private static async Task<CollectorFrames> RunAsync(string mode, EvidenceSource[] rows, bool sharesRuns)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        var shell = new LocalShell
        {
            Prefix =
            [
                "unshare", "-m", "sh", "-c",
                "mount -t tmpfs none /usr/local/sbin && printf '%s\\n' \"$1\" >/usr/local/sbin/cobtool && chmod 755 /usr/local/sbin/cobtool && shift && exec \"$@\"",
                "sh", Tool.Replace("MODE", mode, StringComparison.Ordinal),
            ],
        };
        var command = new RemoteCommand(CollectorProgram.Argv(CollectorProgram.Compose(rows), Nonce, "auto", sharesRuns));
        var outcome = await shell.RunAsync(new HostEntry { Name = "local", Address = "local" }, command, null, TestContext.Current.CancellationToken);
        return CollectorFrames.Parse(Assert.IsType<ShellOutcome.Completed>(outcome).Stdout.Span, Nonce);
    }
}
