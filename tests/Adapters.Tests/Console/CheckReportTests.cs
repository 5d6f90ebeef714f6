using System.Globalization;
using ChatOpsBot.Adapters.Console.Terminal;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Console;

public class CheckReportTests
{
    private static readonly Dictionary<string, string> s_remedies = new() { ["e.nft"] = "log in as root" };

    private static readonly TerminalLook s_colours = new(Colour: true, Interactive: true, Width: 80);

    [Fact]
    public void Write_FaultToAPipe_IsPlainCompleteText()
        => Assert.Equal(
            """
            host42: FAULT br0 has no uplink port

              bridge.uplink-missing br0 (certain, concerns the bridge)
                because e.link eth0: master none
                because e.cfg: br0 ports eth0
                repair bridge/attach-uplink (D0: interrupts nothing)
                explains bridge.port-blocked vnet0: vnet0 is not forwarding

            Also found

              nf.forward-drop-on-bridge br0 (likely, concerns the host)
                FORWARD drops bridged frames
                because e.nft: policy drop
                ask Who owns the firewall of this host?

            Ruled out
              nic.uplink-no-carrier eth0 has LOWER_UP

            Not read
              e.nft needs root, sudo -n refused
                remedy log in as root

            Could not tell
              nf.bridge-family-drop (e.nft: needs root, sudo -n refused)

            Guests
              NAME  TAP    BRIDGE  MAC                ADDRESS
              vm1   vnet0  br0     52:54:00:aa:bb:01  unknown

            read in 413 ms at 2026-11-22 08:30:00 UTC

            """,
            Shown(TerminalLook.Plain, report => report.Write(Diagnoses.Fault, s_remedies)));

    [Fact]
    public void Write_Colours_SayTheSame()
    {
        var coloured = Shown(s_colours, report => report.Write(Diagnoses.Fault, s_remedies));

        Assert.Contains("\e[", coloured);
        Assert.Equal(
            Shown(s_colours with { Colour = false, Interactive = false }, report => report.Write(Diagnoses.Fault, s_remedies)),
            System.Text.RegularExpressions.Regex.Replace(coloured, "\e\\[[0-9;]*m", ""));
    }

    [Theory]
    [InlineData(OverallVerdict.Healthy, "host42: HEALTHY no known fault")]
    [InlineData(OverallVerdict.Inconclusive, "host42: INCONCLUSIVE nothing was found, but")]
    public void Write_Verdict_StandsFirst(OverallVerdict verdict, string first)
        => Assert.StartsWith(first, Shown(TerminalLook.Plain, report => report.Write(Diagnoses.Healthy with { Verdict = verdict }, s_remedies)));

    [Fact]
    public void Write_ConsequenceWithoutItsRoot_IsStillShown()
    {
        var orphan = Diagnoses.Fault.Findings[2] with { ConsequenceOf = "bridge.down br9" };

        Assert.Contains("bridge.port-blocked vnet0", Shown(TerminalLook.Plain, report => report.Write(Diagnoses.Fault with { Findings = [orphan] }, s_remedies)));
    }

    [Fact]
    public void Write_Unreachable_KeepsTheLineToAddWhole()
    {
        var line = "host42 ssh-rsa " + new string('A', 540);

        var shown = Shown(s_colours, report => report.Write(new CheckOutcome.Unreachable(
            "host42", DateTimeOffset.UnixEpoch, TimeSpan.Zero, ShellFailureKind.HostKeyUnknown, $"the key is in no known hosts file; add this line:\n{line}")));

        Assert.Contains("UNREACHABLE", shown);
        Assert.Contains(line, shown);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    public void Write_NarrowTerminal_NoLineIsWider(int width)
    {
        var wide = Diagnoses.Fault.Findings[0] with { Summary = string.Join(' ', Enumerable.Repeat("word", 60)), Because = [new("e.link", new string('x', 200)), new("e.nft", new string('漢', 90))] };

        var shown = Shown(new TerminalLook(false, false, width), report => report.Write(Diagnoses.Fault with { Findings = [wide] }, s_remedies));

        Assert.All(shown.Split('\n'), line => Assert.True(line.Sum(c => c > 0x2E80 ? 2 : 1) <= width, line));
        Assert.Equal(60, shown.Split(["word"], StringSplitOptions.None).Length - 1);
        Assert.Equal(200, shown.Count(c => c == 'x'));
        Assert.Equal(90, shown.Count(c => c == '漢'));
    }

    [Fact]
    public void Write_HostileTexts_NothingActsOnTheTerminal()
    {
        foreach (var hostile in Diagnoses.HostileTexts)
        {
            var finding = Diagnoses.Fault.Findings[0] with { Subject = hostile, Summary = hostile, Because = [new(hostile, hostile)], Repair = hostile, Question = hostile };
            var diagnosis = Diagnoses.Fault with
            {
                Host = hostile,
                Findings = [finding],
                Rejected = [new(hostile, hostile)],
                NotRead = [new(hostile, hostile)],
                Undecided = [new(hostile, hostile, hostile)],
                Guests = [new(hostile, hostile, hostile, hostile, hostile)],
            };

            foreach (var look in (TerminalLook[])[TerminalLook.Plain, s_colours])
            {
                var shown = Shown(look, report => report.Write(diagnosis, new Dictionary<string, string> { [hostile] = hostile }));

                // Our own colours are the only escapes there may be.
                var plain = System.Text.RegularExpressions.Regex.Replace(shown, "\e\\[[0-9;]*m", "");
                Assert.True(look.Colour || plain == shown, "colours in plain text");
                Assert.DoesNotContain(plain, c => char.IsControl(c) && c != '\n');
                Assert.DoesNotContain(plain, c => char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.Surrogate);
            }
        }
    }

    [Fact]
    public void Write_Markup_IsShownAsItIs()
        => Assert.Contains("[red]x[/] ", Shown(s_colours, report => report.Write(Diagnoses.Healthy with { Rejected = [new("a.b", "[red]x[/] y")] }, s_remedies)));

    [Fact]
    public void Write_AnyText_LeavesNoBlanksAtLineEnds()
        => Assert.All(Shown(TerminalLook.Plain, report => report.Write(Diagnoses.Fault, s_remedies)).Split('\n'), line => Assert.Equal(line.TrimEnd(), line));

    private static string Shown(TerminalLook look, Action<CheckReport> write)
    {
        using var output = new StringWriter { NewLine = "\n" };
        write(new CheckReport(new ReportWriter(look.Open(output), look.Width)));
        return output.ToString().ReplaceLineEndings("\n");
    }
}
