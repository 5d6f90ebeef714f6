using System.Collections.Immutable;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Domain.Policies;

/// <summary>A group of people.</summary>
public sealed record PolicyGroup
{
    /// <summary>Slack user groups whose members belong to it, as far as they own an account under <c>people:</c>.</summary>
    public ImmutableArray<string> SlackUserGroups { get; init; } = [];

    /// <summary>Where requests and reminders go besides the incident's own conversations.</summary>
    public ImmutableArray<ConversationId> Notify { get; init; } = [];
}

/// <summary>Allows commands to people on hosts.</summary>
public sealed record PolicyRule
{
    /// <summary>How answers name it: <c>rules[0]</c>.</summary>
    public required string Name { get; init; }

    /// <summary>To whom.</summary>
    public required ImmutableArray<WhoSelector> Who { get; init; }

    /// <summary>What.</summary>
    public required ImmutableArray<PolicyCommand> May { get; init; }

    /// <summary>Where.</summary>
    public required ImmutableArray<HostSelector> Hosts { get; init; }
}

/// <summary>Says who approves plans of some risks.</summary>
public sealed record ApprovalRule
{
    /// <summary>How answers name it: <c>approvals[0]</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Risks it is about.</summary>
    public required ImmutableArray<Risk> Risks { get; init; }

    /// <summary>Who may approve.</summary>
    public required ImmutableArray<WhoSelector> From { get; init; }

    /// <summary>How many different persons; at least 1.</summary>
    public int Quorum { get; init; } = 1;

    /// <summary>Whether the person who asked may be one of them; <see langword="null"/> leaves it to the risk.</summary>
    public bool? RequesterMay { get; init; }

    /// <summary>Time to decide; <see langword="null"/> leaves it to <see cref="Policy.UsualTimeToDecide"/>.</summary>
    public TimeSpan? Expires { get; init; }

    /// <summary>Whether yes is only taken from a browser that is signed in to the web console, so that an account of a chat platform in wrong hands is not enough.</summary>
    public bool StepUp { get; init; }

    /// <summary>Whether the person who asked may approve: D0 and D1 yes, D2 and D3 no, unless the policy says otherwise.</summary>
    public bool RequesterMayFor(Risk risk) => RequesterMay ?? risk is Risk.D0 or Risk.D1;
}

/// <summary>Who may act alone in an emergency, and who looks at it afterwards.</summary>
public sealed record BreakGlassRule
{
    /// <summary>Who may.</summary>
    public required ImmutableArray<WhoSelector> Who { get; init; }

    /// <summary>How soon it has to be reviewed.</summary>
    public TimeSpan ReviewWithin { get; init; } = TimeSpan.FromHours(24);

    /// <summary>By whom; nobody named means those who may act alone, but never the one who did.</summary>
    public ImmutableArray<WhoSelector> Reviewers { get; init; } = [];

    /// <summary>Who reviews.</summary>
    public ImmutableArray<WhoSelector> ReviewedBy => Reviewers.IsEmpty ? Who : Reviewers;
}

/// <summary>Names people.</summary>
public abstract record WhoSelector
{
    private WhoSelector()
    {
    }

    /// <summary>Whether it names that person.</summary>
    public abstract bool Matches(PolicyPerson person);

    /// <summary>One person, written as the id.</summary>
    /// <param name="Id">The id.</param>
    public sealed record Person(PersonId Id) : WhoSelector
    {
        /// <inheritdoc/>
        public override bool Matches(PolicyPerson person) => person.Id == Id;

        /// <inheritdoc/>
        public override string ToString() => Id.Value;
    }

    /// <summary>The members of a group, written <c>group:NAME</c>.</summary>
    /// <param name="Name">The group.</param>
    public sealed record Group(string Name) : WhoSelector
    {
        /// <inheritdoc/>
        public override bool Matches(PolicyPerson person) => person.Groups.Contains(Name);

        /// <inheritdoc/>
        public override string ToString() => $"group:{Name}";
    }
}

/// <summary>A host as the policy sees it.</summary>
/// <param name="Name">Inventory name.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Groups">The inventory's groups that it belongs to.</param>
public sealed record PolicyHost(string Name, ImmutableArray<string> Tags, ImmutableArray<string> Groups)
{
    /// <summary>A host of the inventory. One that has left it is only a name, so only rules for that name or for all hosts fit.</summary>
    public static PolicyHost Of(string name, Inventory inventory) => inventory.Find(name) is { } entry
        ? new(name, entry.Tags, [.. from @group in inventory.Groups where @group.Value.Any(entry.Tags.Contains) select @group.Key])
        : new(name, [], []);
}

/// <summary>Names hosts: an exact name, <c>*</c>, <c>tag:x</c> or <c>group:x</c>.</summary>
public abstract record HostSelector
{
    private HostSelector()
    {
    }

    /// <summary>Whether it names that host.</summary>
    public abstract bool Matches(PolicyHost host);

    /// <summary>Every host.</summary>
    public sealed record Any : HostSelector
    {
        /// <inheritdoc/>
        public override bool Matches(PolicyHost host) => true;

        /// <inheritdoc/>
        public override string ToString() => "*";
    }

    /// <summary>One host.</summary>
    /// <param name="Name">Its inventory name, compared exactly.</param>
    public sealed record Exactly(string Name) : HostSelector
    {
        /// <inheritdoc/>
        public override bool Matches(PolicyHost host) => host.Name == Name;

        /// <inheritdoc/>
        public override string ToString() => Name;
    }

    /// <summary>Hosts with a tag.</summary>
    /// <param name="Tag">The tag.</param>
    public sealed record Tagged(string Tag) : HostSelector
    {
        /// <inheritdoc/>
        public override bool Matches(PolicyHost host) => host.Tags.Contains(Tag);

        /// <inheritdoc/>
        public override string ToString() => $"tag:{Tag}";
    }

    /// <summary>Hosts of a group of the inventory.</summary>
    /// <param name="Name">The group.</param>
    public sealed record Grouped(string Name) : HostSelector
    {
        /// <inheritdoc/>
        public override bool Matches(PolicyHost host) => host.Groups.Contains(Name);

        /// <inheritdoc/>
        public override string ToString() => $"group:{Name}";
    }
}
