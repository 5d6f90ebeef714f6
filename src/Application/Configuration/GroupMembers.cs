using System.Collections.Immutable;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Configuration;

/// <summary>
/// Who is in the platform groups that the policy names, as far as it is known and not older than a minute. What is older, or could not be asked, counts as nobody:
/// a group that cannot be read gives no rights.
/// </summary>
/// <param name="directories">The platforms' directories.</param>
/// <param name="time">The clock.</param>
public sealed class GroupMembers(IEnumerable<IGroupDirectory> directories, TimeProvider time) : IDisposable
{
    /// <summary>Members are believed for so long.</summary>
    public static readonly TimeSpan BelievedFor = TimeSpan.FromSeconds(60);

    private readonly IGroupDirectory[] _directories = [.. directories];
    private readonly SemaphoreSlim _asking = new(1);
    private ImmutableDictionary<string, Told> _told = ImmutableDictionary<string, Told>.Empty;
    private ImmutableSortedSet<string> _unread = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Asks again about groups whose members were told longer ago than that.</summary>
    public async Task RefreshAsync(Policy policy, TimeSpan notOlderThan, CancellationToken cancellationToken)
    {
        if (_directories.Length == 0 || Stale(policy, notOlderThan).Length == 0)
        {
            return;
        }

        var asked = time.GetUtcNow();
        await _asking.WaitAsync(cancellationToken);
        try
        {
            // Whoever waited here while another asked has the answer already.
            foreach (var group in Stale(policy, notOlderThan).Where(group => !_told.TryGetValue(group, out var told) || told.At < asked))
            {
                var accounts = ImmutableHashSet<Account>.Empty;
                var known = false;
                foreach (var directory in _directories)
                {
                    if (await directory.MembersAsync(group, cancellationToken) is { } members)
                    {
                        accounts = accounts.Union(members);
                        known = true;
                    }
                }

                _unread = known ? _unread.Remove(group) : _unread.Add(group);
                _told = known ? _told.SetItem(group, new(time.GetUtcNow(), accounts)) : _told.Remove(group);
            }
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>Forgets what was told, for example because the platform says that a group has changed.</summary>
    public void Forget() => _told = ImmutableDictionary<string, Told>.Empty;

    /// <summary>The policy with the members that are believed at this moment.</summary>
    public Policy Apply(Policy policy)
    {
        var told = _told;
        var unread = _unread;
        if (!unread.IsEmpty)
        {
            policy = policy with { UnreadGroups = [.. unread.Intersect(policy.Groups.Values.SelectMany(group => group.SlackUserGroups))] };
        }

        if (told.IsEmpty)
        {
            return policy;
        }

        var oldest = time.GetUtcNow() - BelievedFor;
        foreach (var (name, group) in policy.Groups)
        {
            var members = group.SlackUserGroups.SelectMany(id => told.TryGetValue(id, out var some) && some.At >= oldest ? some.Accounts : []).ToHashSet();
            policy = members.Count == 0 ? policy : policy.WithMembers(name, members);
        }

        return policy;
    }

    /// <inheritdoc/>
    public void Dispose() => _asking.Dispose();

    private string[] Stale(Policy policy, TimeSpan notOlderThan)
    {
        var oldest = time.GetUtcNow() - notOlderThan;
        return [.. policy.Groups.Values.SelectMany(group => group.SlackUserGroups).Distinct().Where(group => !_told.TryGetValue(group, out var told) || told.At < oldest)];
    }

    private sealed record Told(DateTimeOffset At, ImmutableHashSet<Account> Accounts);
}
