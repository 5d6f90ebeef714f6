using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Persistence;

/// <summary>
/// The switch bridge-nf-call-iptables in sysctl.d(5). It does not exist before br_netfilter is loaded, which may be long after boot, so a rule of udev applies it then; sysctl.d(5)
/// gives that rule. Loading the module at boot instead would bring the filtering that is to be kept away.
/// </summary>
internal static partial class SysctlEditor
{
    /// <summary>The name of this place.</summary>
    public const string Manager = "sysctl.d";

    private const string NewFile = "/etc/sysctl.d/60-bridge-frames.conf";
    private const string RuleFile = "/etc/udev/rules.d/60-bridge-frames.rules";

    private const string NewText = """
        # Frames between ports of a bridge do not pass the IP filters of this host.
        # The switch does not exist before br_netfilter is loaded; 60-bridge-frames.rules in /etc/udev/rules.d applies it then.
        net.bridge.bridge-nf-call-iptables = 0

        """;

    private const string RuleText = """
        # The switches of net.bridge exist from now on: apply what sysctl.d says of them.
        ACTION=="add", SUBSYSTEM=="module", KERNEL=="br_netfilter", RUN+="/lib/systemd/systemd-sysctl --prefix=/net/bridge"

        """;

    public static EditOutcome Edit(ImmutableArray<ConfigurationFile> files)
    {
        // /etc/sysctl.d/99-sysctl.conf is a link to /etc/sysctl.conf.
        var settings = files.Where(file => file.Path.EndsWith(".conf", StringComparison.Ordinal) && file.Path != "/etc/sysctl.d/99-sysctl.conf").ToArray();
        var says = (from file in settings
                    from line in file.Lines.Index()
                    let match = Assignment().Match(line.Item)
                    where match.Success
                    select (File: file, Line: line.Index, IsOff: match.Groups["value"].Value == "0", Match: match)).ToArray();
        var edits = ImmutableArray.CreateBuilder<FileEdit>();
        switch (says.Where(one => !one.IsOff).ToArray())
        {
            case []:
                if (says.Length == 0)
                {
                    edits.Add(new(NewFile, null, NewText, FileCheck.None));
                }

                break;
            case [var only] when !only.File.Path.StartsWith("/etc/", StringComparison.Ordinal):
                return new EditOutcome.CannotTell($"{only.File.Path} switches it on and is not below /etc", "change it where it comes from");
            case [var only]:
                if (only.File.Exact is not { } old)
                {
                    return new EditOutcome.CannotTell($"{only.File.Path} could not be read byte for byte", "change it by hand");
                }

                var lines = old.Split('\n');
                var value = only.Match.Groups["value"];
                lines[only.Line] = lines[only.Line][..value.Index] + "0" + lines[only.Line][(value.Index + value.Length)..];
                edits.Add(new(only.File.Path, old, string.Join('\n', lines), FileCheck.None));
                break;
            case var several:
                return new EditOutcome.CannotTell(
                    $"several files switch it on: {string.Join(", ", several.Select(one => $"{one.File.Path}:{one.Line + 1}"))}", "leave one of them, then ask again");
        }

        if (!files.Any(file => file.Path.EndsWith(".rules", StringComparison.Ordinal) && file.Lines.Any(line => !line.TrimStart().StartsWith('#') && line.Contains("br_netfilter", StringComparison.Ordinal))))
        {
            edits.Add(new(RuleFile, null, RuleText, FileCheck.None));
        }

        return edits.Count == 0
            ? new EditOutcome.Already(says[0].File.Path)
            : new EditOutcome.Edited(Manager, edits.ToImmutable())
            {
                Remark = "The switch does not exist before br_netfilter is loaded, so a rule of udev applies the file at that moment.",
            };
    }

    [GeneratedRegex(@"^\s*-?net[./]bridge[./]bridge-nf-call-iptables\s*=\s*(?<value>\S+)\s*$", RegexOptions.None, 1000)]
    private static partial Regex Assignment();
}
