using System.Diagnostics;
using System.Text;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Support;

namespace ChatOpsBot.Domain.Tests.Evidence;

/// <summary>Section outputs for tests: written out, out of a fixture folder, or by running the row's own script on this machine.</summary>
/// <remarks>
/// A fixture folder holds <c>N.out</c> per part in order, beside it <c>N.name</c>, and where they differ from nothing and success <c>N.err</c>
/// and <c>N.end</c> (<see cref="PartEnd"/> and exit code). That is what the vocabulary below writes.
/// </remarks>
internal static class Collected
{
    /// <summary>The words that the collector program offers to scripts, in their smallest form.</summary>
    private const string Vocabulary = """
        part_n=0 uid=$(id -u)
        end() { printf '%s' "$1" >"$COB/$part_n.end"; }
        run_part() {
            part_n=$((part_n + 1)); part_out=$COB/$part_n.out; printf '%s' "$1" >"$COB/$part_n.name"; shift
            command -v "$1" >/dev/null || { : >"$COB/$part_n.out"; printf '%s is not installed' "$1" >"$COB/$part_n.err"; end 'NotInstalled 127'; return 127; }
            timeout -k 1 "$COB_LIMIT" "$@" >"$COB/$part_n.out" 2>"$COB/$part_n.err"; code=$?
            case $code in 124 | 137) end "TimedOut $code" ;; 0) ;; *) end "Exited $code" ;; esac
            return $code
        }
        part() { run_part "$@" </dev/null; }
        part_in() { run_part "$@"; }
        put() { part_n=$((part_n + 1)); printf '%s' "$1" >"$COB/$part_n.name"; printf '%s' "$2" >"$COB/$part_n.out"; }
        limit() { timeout -k 1 "$COB_LIMIT" "$@"; }
        masked() { name=$1 filter=$2; shift 2; part "$name" sh -c 'filter=$1; shift; "$@" | sed -E "$filter"' sh "$filter" "$@"; }
        stop() { part_n=$((part_n + 1)); printf '%s' "$2" >"$COB/$part_n.err"; : >"$COB/$part_n.out"; end "$1 0"; }
        absent() { stop Absent "$*"; }
        missing() { stop NoPrivilege "$*"; }
        have() { command -v "$1" >/dev/null; }
        no_modules() { ! [ -e /proc/modules ]; }
        loaded() { [ -d "/sys/module/$1" ] || grep -qs "^$1 " /proc/modules; }
        is_root() { [ "$uid" = 0 ]; }
        newline='
        '
        runs() { for name; do case $running$newline in *":$name$newline"*) return 0 ;; esac; done; return 1; }
        nft_tells_all=
        part_text() { text= out=$(wc -c <"$part_out"); [ "$out" -le 6144 ] && text=$(cat "$part_out"); }

        """;

    /// <summary>The look at the processes that the program takes for all rows.</summary>
    private static string Daemons { get; } = CollectorProgram.Text.Split("daemons='", 2)[1].Split('\'', 2)[0];

    public static SectionOutput Section(string id, params ReadOnlySpan<PartOutput> parts) => new(id, [.. parts]);

    public static PartOutput Part(string name, string text, string error = "", int code = 0, PartEnd end = PartEnd.Exited)
        => new(name, end, code, Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(error));

    public static SectionOutput Fixture(string id, string name) => Load(id, Path.Combine(FixtureRoot(), id, name));

    public static string FixturePath(string path) => Path.Combine(FixtureRoot(), path);

    public static T Known<T>(FactReading<T> reading)
        => reading is FactReading<T>.Known(var fact) ? fact : throw new Xunit.Sdk.XunitException($"expected a fact, got {reading}");

    public static string Missing<T>(FactReading<T> reading)
        => reading is FactReading<T>.Missing(var reason) ? reason : throw new Xunit.Sdk.XunitException($"expected Missing, got {reading}");

    public static string Absent<T>(FactReading<T> reading)
        => reading is FactReading<T>.Absent(var why) ? why : throw new Xunit.Sdk.XunitException($"expected Absent, got {reading}");

    /// <summary>Runs the row's script on this machine, as the account of the tests.</summary>
    public static SectionOutput Run(EvidenceSource source)
    {
        var folder = Directory.CreateTempSubdirectory("cob-rows-");
        try
        {
            Execute("sh", [WriteFragment(folder.FullName, "run", source)]);
            return Load(source.Id, Path.Combine(folder.FullName, "run.out"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>
    /// Runs scripts as root in private mount, network and process name spaces with an empty <c>/run</c>, after pieces of shell that make the host;
    /// nothing on this machine changes. The caller skips without root.
    /// </summary>
    public static Dictionary<string, SectionOutput> RunOnHost(string setup, params ReadOnlySpan<Step> steps)
    {
        var folder = Directory.CreateTempSubdirectory("cob-rows-");
        try
        {
            if (OperatingSystem.IsLinux())
            {
                // The scripts of a login without rights write here too.
                File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_111_111);
            }

            var host = new StringBuilder($"set -e\nmount -t tmpfs none /run\nmount -t sysfs none /sys\n{setup}\n");
            foreach (var step in steps)
            {
                var fragment = WriteFragment(folder.FullName, step.Label, step.Source);
                var user = step.AsUser ? "setpriv --reuid 65534 --regid 65534 --clear-groups " : "";
                host.Append($"{step.Before}\n{user}sh '{fragment}'\n");
            }

            var path = Path.Combine(folder.FullName, "host");
            File.WriteAllText(path, host.ToString());
            Execute("unshare", ["-m", "-n", "-p", "-i", "--fork", "--mount-proc", "--propagation", "private", "sh", path]);
            var sections = new Dictionary<string, SectionOutput>();
            foreach (var step in steps)
            {
                sections.Add(step.Label, Load(step.Source.Id, Path.Combine(folder.FullName, $"{step.Label}.out")));
                Keep(step, Path.Combine(folder.FullName, $"{step.Label}.out"));
            }

            return sections;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>How many processes each script starts on such a host; the caller skips without root.</summary>
    public static Dictionary<string, int> CountProcesses(string setup, params IEnumerable<EvidenceSource> sources)
    {
        var folder = Directory.CreateTempSubdirectory("cob-rows-");
        try
        {
            // In a process name space of its own the numbers are handed out one after another, so their distance is the count.
            var nothing = new EvidenceSource<string>("nothing", Privilege.Login, ":", _ => new FactReading<string>.Absent(""));
            var host = new StringBuilder($"set -e\nmount -t tmpfs none /run\nmount -t sysfs none /sys\n{setup}\nnext() {{ sh -c 'echo $$' >>'{folder.FullName}/pids'; }}\nnext\n");
            EvidenceSource[] all = [nothing, .. sources];
            foreach (var source in all)
            {
                host.Append($"sh '{WriteFragment(folder.FullName, source.Id, source)}'\nnext\n");
            }

            var path = Path.Combine(folder.FullName, "host");
            File.WriteAllText(path, host.ToString());
            Execute("unshare", ["-m", "-n", "-p", "-i", "--fork", "--mount-proc", "--propagation", "private", "sh", path]);
            var pids = File.ReadAllLines(Path.Combine(folder.FullName, "pids")).Select(int.Parse).ToArray();
            return all.Select((source, i) => (source.Id, Count: pids[i + 1] - pids[i] - (pids[1] - pids[0]))).Skip(1).ToDictionary(pair => pair.Id, pair => pair.Count);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string WriteFragment(string folder, string label, EvidenceSource source)
    {
        var path = Path.Combine(folder, label);
        var head = $"COB='{path}.out' COB_LIMIT={source.TimeLimitSeconds} LC_ALL=C PATH=$PATH:/usr/sbin:/sbin\nexport LC_ALL PATH\nmkdir \"$COB\"\n";
        var look = source.Script.Contains("run", StringComparison.Ordinal) ? $"running=$(grep -sE '{Daemons}' /proc/[0-9]*/comm)\n" : "";
        File.WriteAllText(path, $"{head}{Vocabulary}{look}row() {{\n{source.Script}\n}}\nrow\nexit 0\n");
        return path;
    }

    private static SectionOutput Load(string id, string folder)
    {
        var parts = from file in Directory.EnumerateFiles(folder, "*.out")
                    let stem = file[..^4]
                    orderby int.Parse(Path.GetFileName(stem))
                    let end = (TextOf(stem + ".end") is { Length: > 0 } text ? text : "Exited 0").Split(' ')
                    select new PartOutput(TextOf(stem + ".name"), Enum.Parse<PartEnd>(end[0]), int.Parse(end[1]), File.ReadAllBytes(file), BytesOf(stem + ".err"));
        return new SectionOutput(id, [.. parts]);
    }

    private static byte[] BytesOf(string path) => File.Exists(path) ? File.ReadAllBytes(path) : [];

    private static string TextOf(string path) => Encoding.UTF8.GetString(BytesOf(path)).TrimEnd('\n');

    private static string FixtureRoot() => RepositoryFiles.At("tests", "Fixtures");

    // With COB_KEEP=DIR the raw parts of every run stay behind, to be looked at and made fixtures.
    private static void Keep(Step step, string output)
    {
#pragma warning disable RS0030 // a switch for people who work on tests, not a setting
        var keep = Environment.GetEnvironmentVariable("COB_KEEP");
#pragma warning restore RS0030
        if (keep is not null)
        {
            var target = Directory.CreateDirectory(Path.Combine(keep, step.Source.Id, step.Label));
            foreach (var file in Directory.EnumerateFiles(output))
            {
                File.Copy(file, Path.Combine(target.FullName, Path.GetFileName(file)), overwrite: true);
            }
        }
    }

    private static void Execute(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
#pragma warning disable RS0030 // scripts of rows are shown on a real shell here; the adapter has its own tests
        using var process = Process.Start(start)!; // not null: no shell execute
#pragma warning restore RS0030
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(60_000))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end");
        }

        if (error.Result.Length > 0 || process.ExitCode != 0)
        {
            throw new InvalidOperationException($"the script ended with {process.ExitCode} and wrote to standard error: {error.Result}");
        }
    }
}

/// <summary>One script run of a test host.</summary>
/// <param name="Label">Name of the result; a file name.</param>
/// <param name="Source">The row.</param>
/// <param name="Before">Shell that changes the host before it.</param>
/// <param name="AsUser">Run as an account without rights.</param>
internal sealed record Step(string Label, EvidenceSource Source, string Before = "", bool AsUser = false);
