using System.Collections.Immutable;
using System.Text;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Application.Commands;

/// <summary>The part of <c>doctor</c> that looks at what reading guests and guarding repairs need on a host. Changes nothing.</summary>
/// <param name="shell">Runs programs on hosts.</param>
public sealed class HostNeeds(IHostShell shell)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    // Each line is a word and yes, no or none.
    private const string AsAccount = """
        say() { echo "$1 $2"; }
        has() { if command -v "$1" >/dev/null 2>&1; then say "$1" yes; else say "$1" no; fi; }
        socket=none
        for file in /run/libvirt/libvirt-sock /run/libvirt/virtqemud-sock /var/run/libvirt/libvirt-sock; do
            [ -S "$file" ] || continue
            if [ -w "$file" ]; then socket=yes; break; fi
            socket=no
        done
        say libvirt "$socket"
        if [ "$(id -u)" = 0 ]; then say journal yes; else
            say journal no
            for group in $(id -nG); do case $group in adm | systemd-journal) say journal yes ;; esac; done
        fi
        if [ -d /run/systemd/system ]; then say systemd yes; else say systemd no; fi
        has perl
        has python3
        has setsid
        """;

    private const string AsRoot = """
        if [ -d /run ] && [ -w /run ]; then echo run yes; else echo run no; fi
        """;

    /// <summary>All that it runs, for a host where only what is known beforehand may run.</summary>
    public static ImmutableArray<string> Scripts { get; } = [AsAccount, AsRoot];

    /// <summary>Examines a host.</summary>
    /// <param name="host">Which.</param>
    /// <param name="account">The login as commands shall name it.</param>
    /// <param name="cancellationToken">Ends the look, on the host too.</param>
    public async Task<ImmutableArray<Point>> RunAsync(HostEntry host, string account, CancellationToken cancellationToken)
    {
        if (await AskAsync(host, AsAccount, asRoot: false, cancellationToken) is not { } answers)
        {
            return [new(PointState.Note, "needs", "the host did not say what it has")];
        }

        var root = await AskAsync(host, AsRoot, asRoot: true, cancellationToken);
        return
        [
            answers.GetValueOrDefault("libvirt") switch
            {
                "yes" => new(PointState.Good, "libvirt socket", $"{account} may use it"),
                "no" when root is not null => new(PointState.Good, "libvirt socket", "is used through sudo"),
                "no" => new(PointState.Gap, "libvirt socket", $"{account} may not use it, so guests are only known by their taps", $"usermod -aG libvirt {account}"),
                _ => new(PointState.Note, "libvirt socket", "there is none; guests are found by their QEMU processes"),
            },
            answers.GetValueOrDefault("journal") == "yes" || root is not null
                ? new(PointState.Good, "journal", "may be read")
                : new(PointState.Gap, "journal", $"{account} may not read all of it, so logs of services are missing", $"usermod -aG systemd-journal {account}"),
            answers.GetValueOrDefault("systemd") == "yes"
                ? new(PointState.Good, "systemd", "is process 1: the guard of a repair runs as a service of its own")
                : new(PointState.Note, "systemd", "is not process 1: the guard of a repair runs as a detached process"),
            .. GuardPoints(answers, root),
            answers.GetValueOrDefault("perl") == "yes" ? new(PointState.Good, "probes", "perl is there")
                : answers.GetValueOrDefault("python3") == "yes" ? new(PointState.Good, "probes", "python3 is there")
                : new(PointState.Gap, "probes", "neither perl nor python3 is there, so a guest's lease cannot be watched", "apt-get install perl-base"),
        ];
    }

    private static IEnumerable<Point> GuardPoints(ImmutableSortedDictionary<string, string> answers, ImmutableSortedDictionary<string, string>? root)
    {
        if (root is null)
        {
            yield return new(PointState.Note, "repairs", "need root: this account diagnoses, and a plan is shown as commands to run by hand");
            yield break;
        }

        yield return root.GetValueOrDefault("run") == "yes"
            ? new(PointState.Good, "guard", "/run can be written")
            : new(PointState.Gap, "guard", "/run cannot be written, so no repair can be guarded and none is begun", "mount -o remount,rw /run");
        yield return answers.GetValueOrDefault("setsid") == "yes"
            ? new(PointState.Good, "guard", "setsid is there")
            : new(PointState.Gap, "guard", "setsid is missing, so a guard would end with our login", "apt-get install util-linux");
    }

    private async Task<ImmutableSortedDictionary<string, string>?> AskAsync(HostEntry host, string script, bool asRoot, CancellationToken cancellationToken)
    {
        var outcome = await shell.RunAsync(host, new(["/bin/sh", "-c", script]) { TimeLimit = s_limit, OutputCap = 4096, AsRoot = asRoot }, null, cancellationToken);
        return outcome is ShellOutcome.Completed { ExitCode: 0 } completed
            ? Encoding.UTF8.GetString(completed.Stdout.Span).Split('\n')
                .Select(line => line.Split(' ', 2))
                .Where(words => words.Length == 2)
                .Aggregate(ImmutableSortedDictionary<string, string>.Empty, (all, words) => all.SetItem(words[0], words[1].Trim()))
            : null;
    }
}
