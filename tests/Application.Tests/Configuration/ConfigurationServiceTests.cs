using ChatOpsBot.Application.Configuration;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ChatOpsBot.Application.Tests.Configuration;

public class ConfigurationServiceTests
{
    private static readonly FileFault s_fault = new("/etc/c/policy.yaml", 3, 1, "wrong", "right");

    private readonly ManualTime _time = new();
    private readonly Files _files = new();
    private readonly ConfigurationService _service;

    public ConfigurationServiceTests() => _service = new(
        new() { Inventory = "/etc/c/inventory.yaml", Policy = "/etc/c/policy.yaml", Runbooks = "/etc/c/runbooks", Sudo = SudoUse.Always, UsualTimeToDecide = TimeSpan.FromMinutes(5) },
        _files, _files, _files, _files, _time, NullLogger<ConfigurationService>.Instance);

    private IPolicySource Policies => _service;

    [Fact]
    public void Before_TheFirstReading_NobodyMayAnything()
    {
        Assert.Same(Policy.Empty, Policies.Current);
        Assert.Empty(_service.Current.Inventory.Hosts);
    }

    [Fact]
    public void Reload_AllValid_IsInForceTogether()
    {
        Assert.Empty(_service.Reload());

        Assert.Null(_service.Problem);
        Assert.Equal("ann", Policies.Current.People[0].Id.Value);
        Assert.Equal(TimeSpan.FromMinutes(5), PolicyJudge.TimeToDecide(Policies.Current, Domain.Diagnosis.Risk.D0));
        Assert.Equal(SudoUse.Always, _service.Current.Inventory.Hosts[0].Ssh.Sudo);
        Assert.Equal(_time.GetUtcNow(), _service.Current.LoadedAt);
    }

    [Theory]
    [InlineData("inventory")]
    [InlineData("policy")]
    [InlineData("runbooks")]
    public void Reload_OneOfThreeInvalid_NothingChangesAndTheFaultIsShown(string which)
    {
        _service.Reload();
        var before = _service.Current;
        _files.Invalid = which;

        Assert.Equal([s_fault], _service.Reload());

        Assert.Same(before, _service.Current);
        Assert.Equal("a changed configuration is not in force: /etc/c/policy.yaml:3:1: wrong; right", _service.Problem?.ToString());
        _files.Invalid = "";
        Assert.Empty(_service.Reload());
        Assert.Null(_service.Problem);
        Assert.NotSame(before, _service.Current);
    }

    [Fact]
    public void Reload_InvalidAtStart_LeavesNothingInForce()
    {
        _files.Invalid = "policy";

        Assert.NotEmpty(_service.Reload());
        Assert.Same(ServiceConfiguration.None, _service.Current);
    }

    [Fact]
    public async Task Watch_ReadsOnceTheFilesAreQuiet()
    {
        _service.Reload();
        using var stop = new CancellationTokenSource();
        var watching = _service.WatchAsync(stop.Token);
        await LookAsync(3);
        Assert.Equal(1, _files.Readings);

        _files.Stamp = "half written";
        await LookAsync(1);
        _files.Stamp = "written";
        await LookAsync(1);
        Assert.Equal(1, _files.Readings);
        await LookAsync(1);
        Assert.Equal(2, _files.Readings);

        // A refused version is not read again and again.
        _files.Invalid = "policy";
        _files.Stamp = "broken";
        await LookAsync(5);
        Assert.Equal(3, _files.Readings);
        Assert.NotNull(_service.Problem);
        Assert.Contains("/etc/c/ann.token", _files.Asked);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    /// <summary>Lets the watch look that often, each time waiting until it has.</summary>
    private async Task LookAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            var looks = _files.Looks;
            await Waiting.UntilAsync(() =>
            {
                if (_files.Looks == looks)
                {
                    _time.Advance(TimeSpan.FromSeconds(2));
                }

                return _files.Looks > looks;
            });
        }
    }

    private sealed class Files : IInventoryFile, IPolicyFile, IRunbookFiles, IFileStamps
    {
        private int _looks;

        public string Invalid { get; set; } = "";

        public string Stamp { get; set; } = "first";

        public int Looks => Volatile.Read(ref _looks);

        public int Readings { get; private set; }

        public IReadOnlyCollection<string> Asked { get; private set; } = [];

        InventoryReading IInventoryFile.Read(string path)
        {
            Readings++;
            return Invalid == "inventory" ? new InventoryReading.Refused([s_fault]) : new InventoryReading.Loaded(PolicySamples.Inventory);
        }

        PolicyReading IPolicyFile.Read(string path)
            => (Invalid == "policy" ? new PolicyReading.Refused([s_fault]) : (PolicyReading)new PolicyReading.Loaded(PolicySamples.Example)) with { Files = ["/etc/c/ann.token"] };

        public RunbooksReading ReadAll(string folder) => Invalid == "runbooks" ? new RunbooksReading.Refused([s_fault]) : new RunbooksReading.Loaded(RunbookSet.Empty);

        RunbooksReading IRunbookFiles.Read(string file) => ReadAll(file);

        public string StampOf(IReadOnlyCollection<string> paths)
        {
            Asked = paths;
            Interlocked.Increment(ref _looks);
            return Stamp;
        }
    }
}

/// <summary>Waits for conditions in real time.</summary>
internal static class Waiting
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    public static async Task UntilAsync(Func<bool> holds)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < s_limit, "the condition did not come true");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
