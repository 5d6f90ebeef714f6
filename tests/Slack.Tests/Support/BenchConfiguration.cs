using System.Collections.Immutable;
using ChatOpsBot.Application.Configuration;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Slack.Tests.Support;

/// <summary>
/// ann (U1) and bo (U2) are in the group network; cy (U3) only as far as Slack says so, through the user group S1; gus (U4) is a guest; eve (U5) is known, but may nothing; U9 is a stranger.
/// </summary>
internal sealed class BenchConfiguration(GroupMembers members) : IConfigurationSource
{
    public Policy Policy { get; set; } = new()
    {
        People =
        [
            Person("ann", "U1", "network"), Person("bo", "U2", "network"), Person("cy", "U3"), Person("gus", "U4", "network"), Person("eve", "U5"),
        ],
        Groups = ImmutableSortedDictionary<string, PolicyGroup>.Empty.Add("network", new() { SlackUserGroups = ["S1"] }),
        Rules = [new() { Name = "rules[0]", Who = [new WhoSelector.Group("network")], May = PolicyCommandWords.Grantable, Hosts = [new HostSelector.Any()] }],
        Approvals = [new() { Name = "approvals[0]", Risks = [Risk.D0, Risk.D1, Risk.D2, Risk.D3], From = [new WhoSelector.Group("network")], RequesterMay = false }],
    };

    public ServiceConfiguration Current => new()
    {
        Inventory = new(
            [.. Enumerable.Range(40, 20).Select(number => new Domain.Hosts.HostEntry { Name = $"host{number}", Address = $"10.42.0.{number}", Tags = ["rack3"] })],
            ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty),
        Policy = members.Apply(Policy),
        Runbooks = Books(),
    };

    public ConfigurationProblem? Problem => null;

    /// <summary>What goes wrong inside at every command and press.</summary>
    public Exception? Broken { get; set; }

    public Task RefreshMembersAsync(TimeSpan notOlderThan, CancellationToken cancellationToken) => Broken is { } failure ? Task.FromException(failure) : members.RefreshAsync(Policy, notOlderThan, cancellationToken);

    public static PolicyPerson Person(string id, string user, params ImmutableArray<string> groups)
        => new() { Id = new PersonId(id), Name = id, Groups = groups, Accounts = [new Account.Slack("T1", user)] };

    private static RunbookSet Books()
    {
        static Runbook Book(string id, params ImmutableArray<RunbookParameter> parameters) => new()
        {
            Id = id,
            Hash = "aa",
            Title = $"Do {id}",
            Consequence = "nothing else",
            Parameters = parameters,
            Steps = [new() { Name = "x", Risk = Risk.D1, Read = ["true"], Before = "a", Run = ["true"], After = "b", Undo = ["true"] }],
        };
        var bridge = new RunbookParameter("bridge", ParameterType.Bridge, RunbookParameter.Given, [], "the bridge");
        var port = new RunbookParameter("port", ParameterType.Link, RunbookParameter.FindingSubject, [], "the port");
        return new(RunbookSet.Empty.ById.Add("bridge/attach-uplink", Book("bridge/attach-uplink", bridge, port)));
    }
}
