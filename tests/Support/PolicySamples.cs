using System.Collections.Immutable;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Support;

/// <summary>The policy of the documentation with a few more people, and the inventory that goes with it.</summary>
public static class PolicySamples
{
    /// <summary>In the group network.</summary>
    public static readonly PersonId Ann = new("ann");

    /// <summary>In the group network.</summary>
    public static readonly PersonId Bo = new("bo");

    /// <summary>In the group leads.</summary>
    public static readonly PersonId Lea = new("lea");

    /// <summary>Known, but in no group.</summary>
    public static readonly PersonId Tim = new("tim");

    /// <summary>Everything that rules may give.</summary>
    public static ImmutableArray<PolicyCommand> Everything => PolicyCommandWords.Grantable;

    /// <summary>The policy.</summary>
    public static Policy Example { get; } = new()
    {
        People =
        [
            new() { Id = Ann, Name = "Ann Example", Groups = ["network"], Accounts = [new Account.Slack("T1", "U1"), new Account.Teams("72F9", "0F3A")] },
            new() { Id = Bo, Name = "Bo", Groups = ["network"], ConsoleToken = ConsoleTokenHash.Of("bo-bo-bo-bo-bo-bo-bo") },
            new() { Id = Lea, Name = "Lea", Groups = ["leads"] },
            new() { Id = Tim, Name = "Tim", Accounts = [new Account.Slack("T1", "U9")] },
        ],
        Groups = ImmutableSortedDictionary<string, PolicyGroup>.Empty
            .Add("network", new() { SlackUserGroups = ["S1"], Notify = [new("slack:T1/C1"), new("teams:72f9/19:x")] })
            .Add("leads", new()),
        Rules = [new() { Name = "rules[0]", Who = [new WhoSelector.Group("network")], May = Everything, Hosts = [new HostSelector.Any()] }],
        Approvals =
        [
            new() { Name = "approvals[0]", Risks = [Risk.D0, Risk.D1], From = [new WhoSelector.Group("network")], RequesterMay = true },
            new() { Name = "approvals[1]", Risks = [Risk.D2, Risk.D3], From = [new WhoSelector.Group("network")], RequesterMay = false, Expires = TimeSpan.FromMinutes(20) },
        ],
        BreakGlass = new() { Who = [new WhoSelector.Group("leads")], Reviewers = [new WhoSelector.Group("leads")] },
    };

    /// <summary>The inventory.</summary>
    public static Inventory Inventory { get; } = new(
        [
            new() { Name = "host42", Address = "10.42.0.2", Tags = ["rack3", "prod"] },
            new() { Name = "host43", Address = "10.42.0.3", Tags = ["rack4"] },
        ],
        ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("rack3", ["rack3"]));

    /// <summary>A host of the inventory.</summary>
    public static PolicyHost Host(string name = "host42") => PolicyHost.Of(name, Inventory);
}
