using System.Text;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Application.Tests.Observation;

/// <summary>The real program with rows of the tests' own, run by the real shell of this machine.</summary>
public sealed class CollectorProgramOnThisHostTests
{
    private const string Nonce = "0123456789abcdef0123456789abcdef";

    /// <summary>A host where neither /dev/shm nor /tmp can be written.</summary>
    private static readonly string[] s_noRoomForFiles =
        ["unshare", "-m", "sh", "-c", "mount -t tmpfs -o ro none /dev/shm && mount -t tmpfs -o ro none /tmp && exec \"$@\"", "sh"];

    private static readonly string[] s_nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];

    public static TheoryData<bool> Ways => [true, false];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Part_AnyEnd_IsTold(bool hasFiles)
    {
        var frames = await RunAsync(hasFiles, Row("e.a", """
            part good printf 'a\0b\377\n\n'
            part bad sh -c 'echo out; echo why >&2; exit 3'
            part none no-such-tool --x
            part slow sleep 30
            part big yes
            part 'name with
            line end' true
            put text 'some text'
            printf 'list\n' | part_in fed cat
            part after echo after
            part alone cat
            """, limit: 8, cap: 65536));

        Assert.Empty(frames.Problems);
        var section = frames.Sections["e.a"];
        Assert.Equal(["good", "bad", "none", "slow", "big", "name with\nline end", "text", "fed", "after", "alone"], section.Parts.Select(part => part.Name));
        Assert.Equal("a\0b"u8.ToArray().Append((byte)0xff).Concat("\n\n"u8.ToArray()), section.Part("good")!.Stdout.ToArray());
        Assert.Equal((PartEnd.Exited, 3, "out\n", "why"), (section.Part("bad")!.End, section.Part("bad")!.ExitCode, section.Part("bad")!.Text, section.Part("bad")!.ErrorLine));
        Assert.Equal((PartEnd.NotInstalled, "no-such-tool is not installed"), (section.Part("none")!.End, section.Part("none")!.ErrorLine));
        Assert.Equal(PartEnd.TimedOut, section.Part("slow")!.End);
        Assert.Equal(PartEnd.Truncated, section.Part("big")!.End);
        Assert.Equal(string.Concat(Enumerable.Repeat("y\n", 32768)), section.Part("big")!.Text);
        Assert.Equal("some text", section.Part("text")!.Text);
        Assert.Equal("list\n", section.Part("fed")!.Text);
        Assert.Equal("after\n", section.Part("after")!.Text);
        Assert.Empty(section.Part("alone")!.Text);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Section_AnyEnd_IsClosed(bool hasFiles)
    {
        var frames = await RunAsync(
            hasFiles,
            Row("e.absent", "part x echo 1\nabsent there is none of it; return\npart y echo 2"),
            Row("e.missing", "missing no answer from  it"),
            Row("e.exit", "part x echo 1\nexit 7"),
            Row("e.empty", ""),
            Row("e.noise", "echo to stdout; echo to stderr >&2; set -f; IFS=,; part x echo 'a b'; absent a,b c"),
            Row("e.fails", "no_such_function\ncat /no/such/file\npart x echo 1"));

        Assert.Empty(frames.Problems);
        Assert.Equal(["e.absent", "e.empty", "e.exit", "e.fails", "e.missing", "e.noise"], frames.Sections.Keys);
        Assert.Equal([PartEnd.Exited, PartEnd.Absent], frames.Sections["e.absent"].Parts.Select(part => part.End));
        Assert.Equal("there is none of it", frames.Sections["e.absent"].Parts[1].ErrorLine);
        Assert.Equal((PartEnd.Unread, "no answer from it"), (frames.Sections["e.missing"].Parts[0].End, frames.Sections["e.missing"].Parts[0].ErrorLine));
        Assert.Equal("1\n", Assert.Single(frames.Sections["e.exit"].Parts).Text);
        Assert.Empty(frames.Sections["e.empty"].Parts);
        Assert.Equal(["a b\n", ""], frames.Sections["e.noise"].Parts.Select(part => part.Text));
        Assert.Equal("a,b c", frames.Sections["e.noise"].Parts[1].ErrorLine);
        Assert.Equal("1\n", Assert.Single(frames.Sections["e.fails"].Parts).Text);
    }

    [Fact]
    public async Task Tests_OfTheVocabulary_TellTheTruth()
    {
        var frames = await RunAsync(true, Row("e.a", """
            have sh && put have-sh yes
            have no-such-tool || put have-not yes
            is_root && put root yes
            loaded no_such_module || put not-loaded yes
            if [ -d /sys/module/tcp_cubic ]; then loaded tcp_cubic && put loaded yes; else put loaded yes; fi
            if [ -e /proc/modules ]; then no_modules || put modules yes; else no_modules && put modules yes; fi
            put limit "$(limit echo yes)"
            put path "$PATH:$LC_ALL:$(umask)"
            """));

        string[] expected = ["have-sh", "have-not", "not-loaded", "loaded", "modules", "limit", .. Environment.IsPrivilegedProcess ? ["root"] : (string[])[]];
        Assert.All(expected, name => Assert.Equal("yes", frames.Sections["e.a"].Part(name)?.Text));
        Assert.Equal("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:C:0077", frames.Sections["e.a"].Part("path")!.Text);
    }

    [Fact, Trait("Needs", "root")]
    public async Task Loaded_BuiltInModule_IsFoundByItsFileName()
    {
        NeedRoot();
        string[] prefix =
        [
            "unshare", "-m", "sh", "-c",
            """
            set -e
            mount -t tmpfs none /mnt
            mkdir -p /mnt/upper /mnt/work /lib/
            mount -t overlay overlay -o "lowerdir=$(readlink -f /lib),upperdir=/mnt/upper,workdir=/mnt/work" "$(readlink -f /lib)"
            mkdir -p "/lib/modules/$(uname -r)"
            printf 'kernel/net/cob-test_one.ko\nkernel/net/cob_test_other.ko\n' >"/lib/modules/$(uname -r)/modules.builtin"
            exec "$@"
            """,
            "sh",
        ];
        try
        {
            await NetworkNamespace.RunAsync(prefix, "true");
        }
        catch (InvalidOperationException e)
        {
            Assert.Skip($"no overlay file system here: {e.Message}");
        }

        var frames = await RunAsync(prefix, Row("e.a", """
            loaded cob_test_one && put one yes
            loaded cob_test_other && put other yes
            loaded cob_test || put prefix yes
            loaded test_one || put suffix yes
            """));

        Assert.Equal(["one", "other", "prefix", "suffix"], frames.Sections["e.a"].Parts.Select(part => part.Name));
    }

    [Theory]
    [InlineData("dash")]
    [InlineData("bash --posix")]
    [InlineData("busybox sh")]
    public async Task Text_WholeCatalogue_IsGoodForTheShellsOfDebian(string shell)
    {
        var words = shell.Split(' ');
        Assert.SkipUnless(File.Exists("/bin/" + words[0]) || File.Exists("/usr/bin/" + words[0]), $"{words[0]} is not installed");
        await NetworkNamespace.RunAsync([.. words, "-n", "-c", CollectorProgram.Text, "sh"], "");

        var command = new RemoteCommand([.. words, "-c", CollectorProgram.Text, "chatops", Nonce, "never", "shared"]);
        var done = Assert.IsType<ShellOutcome.Completed>(
            await new LocalShell().RunAsync(new HostEntry { Name = "local", Address = "local" }, command, null, TestContext.Current.CancellationToken));
        var frames = CollectorFrames.Parse(done.Stdout.Span, Nonce);
        Assert.Empty(frames.Problems);
        Assert.Equal(Catalogue.All.Select(source => source.Id).Order(StringComparer.Ordinal), frames.Sections.Keys);
    }

    [Fact, Trait("Slow", "yes")]
    public async Task Run_MoreThanTheWireTakes_LosesOnlyWhatDoesNotFit()
    {
        EvidenceSource[] rows = [.. Enumerable.Range(0, 3).Select(index => Row($"e.big{index}", "part x head -c 25000000 /dev/zero", cap: 64 * 1024 * 1024)), Row("e.small", "part x echo 1")];
        var frames = await RunAsync(true, rows);

        Assert.Empty(frames.Problems);
        Assert.Equal("1\n", frames.Sections["e.small"].Part("x")!.Text);
        Assert.Equal(2, frames.Sections.Values.Count(section => section.Part("x")?.Stdout.Length == 25_000_000));
        Assert.Equal(PartEnd.Truncated, Assert.Single(frames.Sections.Values, section => section.Part("x") is null).Parts[0].End);
    }

    [Fact]
    public async Task Rows_ManySlowOnes_RunFourAtATime()
    {
        var rows = Enumerable.Range(0, 8).Select(index => Row($"e.r{index}", "part at sh -c 'date +%s%N; sleep 0.4; date +%s%N'")).ToArray();
        var frames = await RunAsync(true, rows);

        var spans = frames.Sections.Values.Select(section => section.Part("at")!.Text.Split('\n')).Select(times => (From: long.Parse(times[0]), To: long.Parse(times[1]))).ToArray();
        var most = spans.Max(span => spans.Count(other => other.From <= span.From && span.From < other.To));
        Assert.InRange(most, 2, 4);
    }

    /// <summary>What sends the first sections is slow, and the read ends before the watch has noted that it runs.</summary>
    [Fact]
    public async Task Run_EndsWhileSectionsAreBeingSent_LosesNone()
    {
        EvidenceSource[] rows = [Row("e.early", "part x echo 1"), Row("e.late", "part x sleep 1.5")];
        var text = CollectorProgram.Compose(rows);
        var gap = text.Replace("\nemit &\n", "\nslow=3 emit &\nsleep 1\n", StringComparison.Ordinal)
            .Replace("|| cat \"$@\" >&7", "|| { sleep ${slow:-0}; cat \"$@\" >&7; }", StringComparison.Ordinal);
        Assert.Equal(text.Length + "slow=3 sleep 1\n{ sleep ${slow:-0}; ; }".Length, gap.Length);
        var outcome = await new LocalShell().RunAsync(
            new HostEntry { Name = "local", Address = "local" }, new RemoteCommand(CollectorProgram.Argv(gap, Nonce, "never")), null, TestContext.Current.CancellationToken);

        var frames = CollectorFrames.Parse(Assert.IsType<ShellOutcome.Completed>(outcome).Stdout.Span, Nonce);
        Assert.True(frames.IsComplete);
        Assert.Equal(["e.early", "e.late"], frames.Sections.Keys);
    }

    [Fact]
    public async Task Run_HostileEnvironmentAndLogin_ChangesNothing()
    {
        var shell = new LocalShell
        {
            Prefix = ["sh", "-c", "printf 'Welcome!\\nno line end'; printf 'warning\\n' >&2; exec \"$@\"", "sh"],
            Environment = new Dictionary<string, string>
            {
                ["LANG"] = "de_DE.UTF-8", ["LC_ALL"] = "de_DE.UTF-8", ["LANGUAGE"] = "de", ["IFS"] = "x", ["ENV"] = "/no/such", ["CDPATH"] = "/", ["PATH"] = "/usr/bin:/bin", ["POSIXLY_CORRECT"] = "1",
                ["D"] = "/etc", ["rows"] = "x", ["N"] = "y", ["section"] = "z",
            },
        };
        var frames = await RunAsync(shell, "auto", Row("e.a", "part x sh -c 'cat /no/such/file'\npart y ip -V"));

        Assert.Empty(frames.Problems);
        Assert.Equal("cat: /no/such/file: No such file or directory", frames.Sections["e.a"].Part("x")!.ErrorLine);
        Assert.StartsWith("ip utility", frames.Sections["e.a"].Part("y")!.Text, StringComparison.Ordinal);
    }

    [Fact, Trait("Needs", "root")]
    public async Task Sudo_Refused_RootRowsSayWhyAndTheOthersAreRead()
    {
        NeedRoot();
        var frames = await RunAsync(new LocalShell { Prefix = s_nobody }, "auto", Rights());

        Assert.Empty(frames.Problems);
        Assert.Null(frames.Refusal);
        Assert.Equal("65534", frames.Sections["e.better"].Part("uid")!.Text);
        Assert.Equal("65534", frames.Sections["e.login"].Part("uid")!.Text);
        Assert.Equal("needs root, sudo -n refused", frames.Sections["e.why"].Part("reason")!.Text);
        Assert.Equal((PartEnd.NoPrivilege, "needs root, sudo -n refused"), (frames.Sections["e.root"].Parts[0].End, frames.Sections["e.root"].Parts[0].ErrorLine));
    }

    [Fact, Trait("Needs", "root")]
    public async Task Sudo_Never_IsNotTried()
    {
        NeedRoot();
        var frames = await RunAsync(new LocalShell { Prefix = s_nobody }, "never", Rights());

        Assert.Empty(frames.Problems);
        Assert.Equal("65534", frames.Sections["e.better"].Part("uid")!.Text);
        Assert.Equal("sudo is switched off for this host", frames.Sections["e.root"].Parts[0].ErrorLine);
        Assert.Equal("sudo is switched off for this host", frames.Sections["e.why"].Part("reason")!.Text);
    }

    [Fact, Trait("Needs", "root")]
    public async Task Sudo_AlwaysAndRefused_RefusesTheRead()
    {
        NeedRoot();
        var frames = await RunAsync(new LocalShell { Prefix = s_nobody }, "always", Rights());

        Assert.Equal("needs root, sudo -n refused", frames.Refusal);
    }

    [Fact, Trait("Needs", "root")]
    public async Task Sudo_Granted_AllIsReadAsRootAndTheLoginIsKnown()
    {
        NeedRoot();
        var shell = new LocalShell { Environment = new Dictionary<string, string> { ["SUDO_UID"] = "65534", ["SSH_CONNECTION"] = "a b c d" } };
        foreach (var mode in new[] { "auto", "always" })
        {
            var frames = await RunAsync(shell, mode, [.. Rights(), SelfEvidence.Source]);

            Assert.Empty(frames.Problems);
            Assert.True(frames.IsComplete);
            Assert.Equal(["0", "0", "0"], new[] { "e.root", "e.better", "e.login" }.Select(id => frames.Sections[id].Part("uid")!.Text));
            Assert.Equal(("c", 65534, ""), SelfEvidence.Source.Read(frames.Sections["e.self"]).Known() is var self ? (self.ServerAddress, self.UserId, self.RootReason) : default);
        }
    }

    [Fact, Trait("Needs", "root")]
    public async Task Run_FullFileSystem_IsToldNotLost()
    {
        NeedRoot();
        string[] prefix = ["unshare", "-m", "sh", "-c", "mount -t tmpfs -o size=256k none /dev/shm && mount -t tmpfs -o ro none /tmp && exec \"$@\"", "sh"];
        var frames = await RunAsync(prefix, Row("e.a", "part big head -c 1000000 /dev/zero"), Row("e.b", "part small echo 1"));

        // Whether there was room left for the end of the section or not: it must not pass for whole.
        Assert.True(!frames.Sections.TryGetValue("e.a", out var section) || section.Part("big")!.End == PartEnd.Truncated);
        Assert.True(frames.IsComplete);
    }

    [Fact, Trait("Needs", "root")]
    public async Task Run_OldLeftovers_AreSweptAndNoOthers()
    {
        NeedRoot();
        const string Old = "/dev/shm/chatops-read.coboldtest", Young = "/dev/shm/chatops-read.cobyoungtest", Foreign = "/dev/shm/chatops-read.cobforeign";
        try
        {
            await NetworkNamespace.RunAsync([], $"mkdir -p {Old}/deep {Young} {Foreign}; chown 65501 {Foreign}; touch -d '-20 minutes' {Old} {Foreign}");
            await RunAsync(true, Row("e.a", "part x true"));

            Assert.False(Directory.Exists(Old));
            Assert.True(Directory.Exists(Young));
            Assert.True(Directory.Exists(Foreign));
        }
        finally
        {
            await NetworkNamespace.RunAsync([], $"rm -rf {Old} {Young} {Foreign}");
        }
    }

    [Theory]
    [InlineData(Signals.Terminate)]
    [InlineData(Signals.Hangup)]
    public async Task Run_EndedBySignal_LeavesNoFiles(int signal)
    {
        Assert.SkipWhen(Signals.IsIgnored(signal), $"this process was started with signal {signal} ignored, and so are its children");
        var marker = Path.Combine(Path.GetTempPath(), $"cob-signal-{Environment.ProcessId}-{signal}");
        var running = RunAsync(true, Row("e.a", $"part x sh -c 'echo $PPID $1 >{marker}; sleep 20' sh \"$D\""));
        try
        {
            // setsid makes the whole read a group of its own, as the SSH adapter does.
            while (!File.Exists(marker) || new FileInfo(marker).Length == 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
            }

            var words = File.ReadAllText(marker).Split(' ', '\n');
            Assert.StartsWith("/", words[1], StringComparison.Ordinal);
            Assert.True(Directory.Exists(words[1]));
            var group = (await NetworkNamespace.RunAsync([], $"ps -o pgid= -p {words[0]}")).Trim();
            await NetworkNamespace.RunAsync([], $"kill -{signal} -{group}");
            var frames = await running;

            Assert.False(frames.IsComplete);
            Assert.False(Directory.Exists(words[1]), words[1]);
        }
        finally
        {
            File.Delete(marker);
        }
    }

    private static void NeedRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");

    private static EvidenceSource[] Rights() =>
    [
        Row("e.root", "put uid \"$(id -u)\"", Privilege.Root),
        Row("e.better", "put uid \"$(id -u)\"", Privilege.RootIfPossible),
        Row("e.login", "put uid \"$(id -u)\"", Privilege.Login),
        Row("e.why", "put reason \"$root_reason\"", Privilege.Login),
    ];

    private static EvidenceSource<string> Row(string id, string script, Privilege privilege = Privilege.Login, int limit = 20, int cap = 1024 * 1024)
        => new(id, privilege, script, _ => new FactReading<string>.Known("")) { TimeLimitSeconds = limit, OutputCap = cap };

    private static Task<CollectorFrames> RunAsync(bool hasFiles, params EvidenceSource[] rows)
    {
        if (!hasFiles)
        {
            NeedRoot();
        }

        return RunAsync(hasFiles ? ["setsid", "--wait"] : s_noRoomForFiles, rows);
    }

    private static Task<CollectorFrames> RunAsync(string[] prefix, params EvidenceSource[] rows) => RunAsync(new LocalShell { Prefix = prefix }, "auto", rows);

    private static async Task<CollectorFrames> RunAsync(LocalShell shell, string mode, params EvidenceSource[] rows)
    {
        var command = new RemoteCommand(CollectorProgram.Argv(CollectorProgram.Compose(rows), Nonce, mode));
        var outcome = await shell.RunAsync(new HostEntry { Name = "local", Address = "local" }, command, null, TestContext.Current.CancellationToken);
        var done = Assert.IsType<ShellOutcome.Completed>(outcome);
        var frames = CollectorFrames.Parse(done.Stdout.Span, Nonce);
        Assert.True(frames.HasStarted, Encoding.UTF8.GetString(done.Stderr.Span));
        return frames;
    }
}
