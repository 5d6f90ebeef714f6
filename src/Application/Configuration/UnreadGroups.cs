using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Configuration;

/// <summary>Says to whom was refused that a group of a platform could not be read: they may be a member, and nobody is let in on that guess.</summary>
internal static class UnreadGroups
{
    /// <summary>To be added to a refusal of a person whom the policy knows; empty when all groups were read. Strangers are not told about groups.</summary>
    public static string Hint(Policy policy) => policy.UnreadGroups.IsDefaultOrEmpty
        ? ""
        : $". The platform could not be asked who is in {string.Join(", ", policy.UnreadGroups)}, so nobody counts as a member: try again, or have an administrator run doctor";
}
