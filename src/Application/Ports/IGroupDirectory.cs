using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Ports;

/// <summary>Knows who is in the groups of a chat platform.</summary>
public interface IGroupDirectory
{
    /// <summary>Members of a platform group as accounts; <see langword="null"/> when the platform cannot be asked, and then nobody counts.</summary>
    /// <param name="group">The platform's own id of the group.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyCollection<Account>?> MembersAsync(string group, CancellationToken cancellationToken);
}
