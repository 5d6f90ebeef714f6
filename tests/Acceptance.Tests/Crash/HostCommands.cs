using ChatOpsBot.Acceptance.Tests.Lab;

namespace ChatOpsBot.Acceptance.Tests.Crash;

/// <summary>What was run on a host, written down by the host itself: the programs that change networks are called through a wrapper that notes each call.</summary>
/// <param name="host">The host, of the lab.</param>
internal sealed class HostCommands(string host)
{
    // "ip" derives its command from its own name, so the real ones keep theirs.
    private const string Wrap = """
        set -eu
        [ ! -d /usr/lib/cob-real ] || exit 0
        mkdir /usr/lib/cob-real
        for program in PROGRAMS; do
            path=$(command -v "$program") || continue
            real=$(readlink -f "$path")
            cp "$real" "/usr/lib/cob-real/$program"
            printf '#!/bin/sh\necho "%s $*" >>/run/cob-commands\nexec /usr/lib/cob-real/%s "$@"\n' "$program" "$program" >/run/cob-wrapper
            chmod 755 /run/cob-wrapper
            cp /run/cob-wrapper "$real.new"
            mv "$real.new" "$real"
        done
        """;

    private static readonly string[] s_programs = ["ip", "bridge", "nft", "ethtool", "sysctl"];

    /// <summary>Whether a call of that is written down: a shell is not, only what it calls.</summary>
    public static bool Notes(IReadOnlyList<string> argv) => s_programs.Contains(argv[0]);

    /// <summary>Begins to write down, with an empty list.</summary>
    public async Task BeginAsync() => (await ShellAsync($"({Wrap.Replace("PROGRAMS", string.Join(' ', s_programs), StringComparison.Ordinal)})\n: >/run/cob-commands")).Expect();

    /// <summary>How often exactly that was called.</summary>
    public async Task<int> CountAsync(IEnumerable<string> argv)
    {
        var wanted = string.Join(' ', argv);
        return (await ShellAsync("cat /run/cob-commands")).Expect().Split('\n').Count(line => line == wanted);
    }

    /// <summary>States of the plans that the host's guard remembers.</summary>
    public async Task<IReadOnlyList<string>> PlansAsync()
        => (await ShellAsync("for s in /run/chatops/*/state/*; do [ ! -e \"$s\" ] || echo \"${s##*/}\"; done")).Expect().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>How many processes of the guard live: those that hold the lock of a plan.</summary>
    public async Task<int> GuardsAsync()
        => int.Parse((await ShellAsync("n=0; for p in /run/chatops/*/watch /run/chatops/*/run; do [ ! -e \"$p\" ] || flock -n -s \"$p\" true || n=$((n + 1)); done; echo $n")).Expect(), System.Globalization.CultureInfo.InvariantCulture);

    private Task<Support.ProgramEnd> ShellAsync(string script) => LabFixture.LabAsync("exec", host, "--", "sh", "-c", script);
}
