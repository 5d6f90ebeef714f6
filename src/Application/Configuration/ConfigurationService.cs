using System.Collections.Immutable;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Domain.Runbooks;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Application.Configuration;

/// <summary>
/// Keeps inventory, policy and runbooks as one: a new version comes into force when all three are valid, else the last valid one stays and the faults are shown.
/// </summary>
/// <param name="files">Where they are.</param>
/// <param name="inventory">Reads the inventory.</param>
/// <param name="policy">Reads the policy.</param>
/// <param name="runbooks">Reads the runbooks.</param>
/// <param name="stamps">Tells whether files have changed.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For operators.</param>
/// <param name="members">Who is in platform groups; <see langword="null"/> when there is no platform.</param>
public sealed class ConfigurationService(
    ConfigurationFiles files, IInventoryFile inventory, IPolicyFile policy, IRunbookFiles runbooks, IFileStamps stamps, TimeProvider time, ILogger<ConfigurationService> logger,
    GroupMembers? members = null)
    : IConfigurationSource, IPolicySource, IRunbookLibrary
{
    private readonly Lock _reading = new();
    private volatile Held _held = new(ServiceConfiguration.None, null);
    private ImmutableArray<string> _tokenFiles = [];
    private string _seen = "";

    /// <inheritdoc/>
    public ServiceConfiguration Current
    {
        get
        {
            var held = _held.Configuration;
            var policy = members?.Apply(held.Policy) ?? held.Policy;
            return ReferenceEquals(policy, held.Policy) ? held : held with { Policy = policy };
        }
    }

    /// <inheritdoc cref="IConfigurationSource.Problem"/>
    public ConfigurationProblem? Problem => _held.Problem;

    Policy IPolicySource.Current => Current.Policy;

    RunbookSet IRunbookLibrary.Current => _held.Configuration.Runbooks;

    /// <inheritdoc/>
    public Task RefreshMembersAsync(TimeSpan notOlderThan, CancellationToken cancellationToken)
        => members?.RefreshAsync(_held.Configuration.Policy, notOlderThan, cancellationToken) ?? Task.CompletedTask;

    /// <summary>
    /// Reads all files, at start and on SIGHUP. Returns the faults, empty when the new version is in force. At start the caller refuses to go on with faults; later the last
    /// valid version stays.
    /// </summary>
    public ImmutableArray<FileFault> Reload()
    {
        lock (_reading)
        {
            // Before the reading: what changes meanwhile differs from this and is read at the next look.
            _seen = Stamp();
            return Read();
        }
    }

    /// <summary>Reloads whenever the files have changed and are quiet again, until it is cancelled.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        var before = "";
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(files.LookEvery, time, cancellationToken);
            var now = Stamp();

            // Two equal looks: an editor or a copy in several steps has finished.
            if (now == before)
            {
                ReloadIfChanged(now);
            }

            before = now;
        }
    }

    private void ReloadIfChanged(string now)
    {
        lock (_reading)
        {
            if (now != _seen)
            {
                _seen = now;
                Read();
            }
        }
    }

    private ImmutableArray<FileFault> Read()
    {
        var hosts = inventory.Read(files.Inventory);
        var rules = policy.Read(files.Policy);
        var books = runbooks.ReadAll(files.Runbooks);
        _tokenFiles = rules.Files;
        if ((hosts, rules, books) is (InventoryReading.Loaded(var newInventory), PolicyReading.Loaded(var newPolicy), RunbooksReading.Loaded(var newRunbooks)))
        {
            _held = new(
                new()
                {
                    Inventory = newInventory with { Hosts = [.. newInventory.Hosts.Select(WithSudo)] },
                    Policy = newPolicy with { UsualTimeToDecide = files.UsualTimeToDecide },
                    Runbooks = newRunbooks,
                    LoadedAt = time.GetUtcNow(),
                },
                null);
            Log.InForce(logger, newInventory.Hosts.Length, newPolicy.People.Length, newRunbooks.ById.Count);
            return [];
        }

        ImmutableArray<FileFault> faults =
        [
            .. hosts is InventoryReading.Refused noInventory ? noInventory.Faults : [],
            .. rules is PolicyReading.Refused noPolicy ? noPolicy.Faults : [],
            .. books is RunbooksReading.Refused noRunbooks ? noRunbooks.Faults : [],
        ];
        _held = _held with { Problem = new(time.GetUtcNow(), faults) };
        foreach (var fault in faults)
        {
            Log.Refused(logger, fault);
        }

        return faults;
    }

    private string Stamp() => stamps.StampOf([files.Inventory, files.Policy, files.Runbooks, .. _tokenFiles]);

    private HostEntry WithSudo(HostEntry host) => host with { Ssh = host.Ssh with { Sudo = host.Ssh.Sudo ?? files.Sudo } };

    /// <summary>Configuration and problem change in one step, so that nobody sees one without the other.</summary>
    private sealed record Held(ServiceConfiguration Configuration, ConfigurationProblem? Problem);
}
