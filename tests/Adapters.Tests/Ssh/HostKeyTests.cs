using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Adapters.Ssh;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Ssh;

/// <summary>Strict host keys, and what people are told about them.</summary>
[Collection(SshdTests.Name)]
[Trait("Needs", "root")]
public sealed class HostKeyTests : IAsyncDisposable
{
    private readonly SshdHost host;
    private readonly SshClient client;
    private readonly OpenSshShell shell;

    public HostKeyTests(SshdHost host)
    {
        Assert.SkipWhen(host.Missing is not null, $"no test host: {host.Missing}");
        this.host = host;
        client = new SshClient($"{host.Folder}/ctl", ClientEnvironment.Own(), TimeProvider.System, NullLogger.Instance);
        shell = new OpenSshShell(Options.Create(new SshOptions()), client, NullLogger<OpenSshShell>.Instance);
    }

    private string OwnLine => host.KnownHostsLine(host.Port);

    public async ValueTask DisposeAsync()
    {
        await shell.DisposeAsync();
        client.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunAsync_KeyUnknown_GivesTheLineToAddAndItThenWorks(bool fresh)
    {
        var empty = host.WriteFile("known_none", "");

        var failed = await FailAsync(Entry(empty), fresh);

        Assert.Equal(ShellFailureKind.HostKeyUnknown, failed.Kind);
        Assert.Contains("Compare the fingerprint", failed.Message, StringComparison.Ordinal);
        Assert.Contains(await FingerprintAsync($"{host.Folder}/hostkey.pub"), failed.Message, StringComparison.Ordinal);
        Assert.Equal("", File.ReadAllText(empty));
        var line = failed.Message.Split('\n')[^1];
        Assert.Equal(OwnLine, line);
        Assert.IsType<ShellOutcome.Completed>(await RunAsync(Entry(host.WriteFile("known_added", line + "\n")), fresh));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunAsync_KeyChanged_ShowsBothFingerprintsAndThePlace(bool fresh)
    {
        var other = $"{host.Folder}/other-{fresh}";
        await LocalProgram.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other);
        var wrong = string.Join(' ', File.ReadAllText($"{other}.pub").Split(' ').Take(2));
        var file = host.WriteFile("known_changed", $"# comment\n[127.0.0.1]:{host.Port} {wrong}\n");

        var failed = await FailAsync(Entry(file), fresh);

        Assert.Equal(ShellFailureKind.HostKeyChanged, failed.Kind);
        Assert.Contains(await FingerprintAsync($"{host.Folder}/hostkey.pub"), failed.Message, StringComparison.Ordinal);
        Assert.Contains(await FingerprintAsync($"{other}.pub"), failed.Message, StringComparison.Ordinal);
        Assert.Contains($"{file}:2", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ConfigTurnsStrictnessOff_StaysStrict()
    {
        var config = host.WriteFile("lax_config", "StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\nHost *\n  StrictHostKeyChecking accept-new\n");
        var entry = Entry(host.WriteFile("known_lax", ""));

        var failed = await FailAsync(entry with { Ssh = entry.Ssh with { ConfigFile = config } }, fresh: false);

        Assert.Equal(ShellFailureKind.HostKeyUnknown, failed.Kind);
    }

    [Fact]
    public async Task RunAsync_KeyBehindAJumpHostUnknown_GivesTheLineUnderItsName()
    {
        var entry = JumpEntry(OwnLine, "  HostKeyAlias inner-host\n");

        var failed = await FailAsync(entry, fresh: false);

        Assert.Equal(ShellFailureKind.HostKeyUnknown, failed.Kind);
        Assert.StartsWith("inner-host ssh-ed25519 ", failed.Message.Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_KeyOfTheJumpHostUnknown_NamesItAndTheCommand()
    {
        var failed = await FailAsync(JumpEntry(host.KnownHostsLine(host.OneSessionPort), ""), fresh: false);

        Assert.Equal(ShellFailureKind.HostKeyUnknown, failed.Kind);
        Assert.Contains($"ssh-keyscan -p {host.Port} 127.0.0.1", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_Host_GivesFingerprintAndLine()
    {
        var reader = new HostKeyReader(Options.Create(new SshOptions()), client);

        var read = Assert.IsType<HostKeyOutcome.Offered>(await reader.ReadAsync(Entry(host.WriteFile("known_none", "")), TestContext.Current.CancellationToken));

        Assert.Equal(("ssh-ed25519", OwnLine), (read.Algorithm, read.KnownHostsLine));
        Assert.Equal(await FingerprintAsync($"{host.Folder}/hostkey.pub"), read.Fingerprint);
    }

    [Fact]
    public async Task ReadAsync_NobodyThere_Fails()
    {
        var reader = new HostKeyReader(Options.Create(new SshOptions()), client);

        var failed = Assert.IsType<HostKeyOutcome.Failed>(
            await reader.ReadAsync(Entry(host.KnownHostsFile) with { Port = SshdHost.FreePort() }, TestContext.Current.CancellationToken));

        Assert.Equal(ShellFailureKind.Unreachable, failed.Kind);
    }

    [Theory]
    [InlineData("loose")]
    [InlineData("missing")]
    [InlineData("broken")]
    public async Task RunAsync_KeyFileUnusable_IsOurOwnFault(string how)
    {
        var key = $"{host.Folder}/key-{how}";
        if (how != "missing")
        {
            File.WriteAllText(key, how == "loose" ? File.ReadAllText(host.IdentityFile) : "no key\n");
            await LocalProgram.RunAsync("chmod", how == "loose" ? "0644" : "0600", key);
        }

        var entry = Entry(host.KnownHostsFile);
        var failed = await FailAsync(entry with { Ssh = entry.Ssh with { IdentityFile = key } }, fresh: false);

        Assert.Equal(ShellFailureKind.ClientBroken, failed.Kind);
        Assert.Contains(key, failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NoSuchOption yes\n", "Bad configuration option")]
    [InlineData("Port many\n", "line 1")]
    public async Task RunAsync_ConfigBroken_IsOurOwnFault(string config, string says)
    {
        var entry = Entry(host.KnownHostsFile);
        entry = entry with { Port = null, Ssh = entry.Ssh with { ConfigFile = host.WriteFile("bad_config", config) } };

        var failed = await FailAsync(entry, fresh: false);

        Assert.Equal(ShellFailureKind.ClientBroken, failed.Kind);
        Assert.Contains(says, failed.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task RunAsync_NoClientInstalled_IsOurOwnFault()
    {
        using var none = new SshClient($"{host.Folder}/ctl", ClientEnvironment.Own() with { Ssh = null }, TimeProvider.System, NullLogger.Instance);
        await using var without = new OpenSshShell(Options.Create(new SshOptions()), none, NullLogger<OpenSshShell>.Instance);

        var failed = Assert.IsType<ShellOutcome.Failed>(
            await without.RunAsync(Entry(host.KnownHostsFile), new RemoteCommand(["id"]), null, TestContext.Current.CancellationToken));

        Assert.Equal(ShellFailureKind.ClientBroken, failed.Kind);
        Assert.Contains("openssh-client", failed.Message, StringComparison.Ordinal);
    }

    private HostEntry Entry(string knownHosts)
    {
        var entry = host.Entry("root");
        return entry with { Ssh = entry.Ssh with { KnownHostsFile = knownHosts } };
    }

    /// <summary>The second sshd through the first, with that one line in the known hosts file.</summary>
    private HostEntry JumpEntry(string knownLine, string more)
    {
        var config = host.WriteFile("jump_keys_config", $"""
            Host inner
              HostName 127.0.0.1
              Port {host.OneSessionPort}
              ProxyJump ops@127.0.0.1:{host.Port}
            {more}Host *
              IdentityFile {host.IdentityFile}
            """);
        var entry = Entry(host.WriteFile("known_jump", knownLine + "\n")) with { Address = "inner", Port = null };
        return entry with { Ssh = entry.Ssh with { ConfigFile = config } };
    }

    private Task<ShellOutcome> RunAsync(HostEntry entry, bool fresh)
        => shell.RunAsync(entry, new RemoteCommand(["true"]) { FreshConnection = fresh }, null, TestContext.Current.CancellationToken);

    private async Task<ShellOutcome.Failed> FailAsync(HostEntry entry, bool fresh) => Assert.IsType<ShellOutcome.Failed>(await RunAsync(entry, fresh));

    private static async Task<string> FingerprintAsync(string file) => (await LocalProgram.RunAsync("ssh-keygen", "-lf", file)).Split(' ')[1];
}
