using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.CommandLine;

public sealed class DoctorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Doctor_ValidInventory_ShowsSettingsWithTheirSources()
    {
        var inventory = _folder.Write("inventory.yaml", "hosts: [{ name: host42, address: a, tags: [rack3] }]\ngroups: { rack3: { tags: [rack3] }, rack4: { tags: [rakc4] } }");

        var run = await RunAsync(["doctor"], inventory);

        Assert.Contains($"Inventory:File: {inventory} (from environment variable Inventory__File)", run.Out);
        Assert.Contains("Ssh:Sudo: Auto (from default)", run.Out);
        Assert.Contains("inventory: 1 hosts, 2 groups", run.Out);
        Assert.Contains("group rack4 holds no host: none has the tag rakc4", run.Out);
        Assert.Contains("ssh client: ", run.Out);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task Doctor_InvalidInventory_IsAGapAndExits1()
    {
        var run = await RunAsync(["doctor"], _folder.Write("inventory.yaml", "hosts: [{ name: a }]"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("GAP  inventory: ", run.Out);
        Assert.Contains("inventory.yaml:1:9: a host needs address", run.Out);
    }

    [Fact]
    public async Task DoctorHost_InvalidInventory_Exits78()
        => Assert.Equal(78, (await RunAsync(["doctor", "a"], _folder.Write("inventory.yaml", "hosts: []"))).ExitCode);

    [Fact]
    public async Task DoctorHost_NotReached_ShowsTheKeyAndExits2()
    {
        var run = await RunAsync(["doctor", "a"], _folder.Write("inventory.yaml", "hosts: [{ name: a, address: b }]"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("host key: ssh-ed25519 SHA256:abc", run.Out);
        Assert.Contains("known_hosts: b ssh-ed25519 AAAA", run.Out);
        Assert.Contains("GAP  login: the login was refused; add our key", run.Out);
    }

    public void Dispose() => _folder.Dispose();

    private Task<ProgramRun> RunAsync(string[] args, string inventory) => ProgramRun.InProcessAsync(
        args,
        new Dictionary<string, string> { ["Inventory__File"] = inventory },
        FakeShell.Failing(ShellFailureKind.LoginRefused, "the login was refused; add our key"),
        _folder.Path,
        new Keys(),
        TestContext.Current.CancellationToken);

    private sealed class Keys : IHostKeys
    {
        public Task<HostKeyOutcome> ReadAsync(HostEntry host, CancellationToken cancellationToken)
            => Task.FromResult<HostKeyOutcome>(new HostKeyOutcome.Offered("ssh-ed25519", "SHA256:abc", $"{host.Address} ssh-ed25519 AAAA"));
    }
}
