using System.Collections.Immutable;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Domain.Policies;

/// <summary>Who may do what. Everything that no rule allows is refused, so the empty policy refuses everything.</summary>
public sealed record Policy
{
    /// <summary>The policy that allows nothing to anybody.</summary>
    public static Policy Empty { get; } = new();

    /// <summary>The people it knows, in file order; ids are unique, and no account or token belongs to two of them.</summary>
    public ImmutableArray<PolicyPerson> People { get; init; } = [];

    /// <summary>Groups by name.</summary>
    public ImmutableSortedDictionary<string, PolicyGroup> Groups { get; init; } = ImmutableSortedDictionary<string, PolicyGroup>.Empty;

    /// <summary>Platform groups that could not be read at this moment, so that they give rights to nobody. Not in the file.</summary>
    public ImmutableArray<string> UnreadGroups { get; init; } = [];

    /// <summary>What people may do, in file order.</summary>
    public ImmutableArray<PolicyRule> Rules { get; init; } = [];

    /// <summary>Who approves plans; each risk at most once.</summary>
    public ImmutableArray<ApprovalRule> Approvals { get; init; } = [];

    /// <summary>Who may act alone in an emergency; <see langword="null"/> for nobody.</summary>
    public BreakGlassRule? BreakGlass { get; init; }

    /// <summary>Time to decide where a rule names none; a setting of the service, not of the file.</summary>
    public TimeSpan UsualTimeToDecide { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>What the service may send by itself.</summary>
    public ProbeRules Probes { get; init; } = ProbeRules.Default;

    /// <summary>The person of that id; <see langword="null"/> when there is none.</summary>
    public PolicyPerson? Find(PersonId? id) => id is { } known ? People.FirstOrDefault(person => person.Id == known) : null;

    /// <summary>The person who owns an account of a chat platform; <see langword="null"/> when nobody does.</summary>
    public PolicyPerson? FindOwner(Account account) => People.FirstOrDefault(person => person.Accounts.Contains(account));

    /// <summary>The person whose console token has that hash; <see langword="null"/> when nobody's has. Takes equally long whoever it is.</summary>
    public PolicyPerson? FindByToken(ConsoleTokenHash token)
    {
        PolicyPerson? found = null;
        foreach (var person in People)
        {
            // No early end: the time would tell how far down the list a hash was right.
            found = person.ConsoleToken?.Matches(token) == true ? person : found;
        }

        return found;
    }

    /// <summary>The rule that says who approves plans of that risk; <see langword="null"/> when none does.</summary>
    public ApprovalRule? ApprovalFor(Risk risk) => Approvals.FirstOrDefault(rule => rule.Risks.Contains(risk));

    /// <summary>
    /// The policy with the members of platform groups, as a platform told them. A member counts only when a person here owns that account; others are left out.
    /// </summary>
    /// <param name="group">Name of a group here.</param>
    /// <param name="members">Accounts that the platform counts in.</param>
    public Policy WithMembers(string group, IReadOnlyCollection<Account> members) => this with
    {
        People = [.. People.Select(person => !person.Groups.Contains(group) && person.Accounts.Any(members.Contains)
            ? person with { Groups = person.Groups.Add(group) }
            : person)],
    };
}
