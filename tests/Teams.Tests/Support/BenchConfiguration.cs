using System.Collections.Immutable;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.FakeConnector;

namespace ChatOpsBot.Teams.Tests.Support;

/// <summary>ann and bo are in the group network, gus as well, but a guest; eve is known, but may nothing; anybody else is a stranger.</summary>
internal sealed class BenchConfiguration : IConfigurationSource
{
    public Policy Policy { get; set; } = new()
    {
        People = [Person("ann", "network"), Person("bo", "network"), Person("gus", "network"), Person("eve")],
        Groups = ImmutableSortedDictionary<string, PolicyGroup>.Empty.Add("network", new()),
        Rules = [new() { Name = "rules[0]", Who = [new WhoSelector.Group("network")], May = PolicyCommandWords.Grantable, Hosts = [new HostSelector.Any()] }],
        Approvals = [new() { Name = "approvals[0]", Risks = [Risk.D0, Risk.D1, Risk.D2, Risk.D3], From = [new WhoSelector.Group("network")], RequesterMay = false }],
    };

    public ServiceConfiguration Current => new()
    {
        Inventory = new(
            [.. Enumerable.Range(40, 20).Select(number => new Domain.Hosts.HostEntry { Name = $"host{number}", Address = $"10.42.0.{number}", Tags = ["rack3"] })],
            ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty),
        Policy = Policy,
        Runbooks = new(RunbookSet.Empty.ById.Add("bridge/attach-uplink", Book())),
    };

    public ConfigurationProblem? Problem => null;

    public Task RefreshMembersAsync(TimeSpan notOlderThan, CancellationToken cancellationToken) => Task.CompletedTask;

    public static PolicyPerson Person(string id, params ImmutableArray<string> groups) => new()
    {
        Id = new PersonId(id),
        Name = id,
        Groups = groups,
        Accounts = [new Account.Teams(ConnectorServer.Tenant, TeamsPeople.ObjectId(id)), new Account.Emulator($"user-{id}")],
    };

    private static Runbook Book() => new()
    {
        Id = "bridge/attach-uplink",
        Hash = "aa",
        Title = "Attach the uplink",
        Consequence = "nothing else",
        Parameters = [new RunbookParameter("bridge", ParameterType.Bridge, RunbookParameter.Given, [], "the bridge")],
        Steps = [new() { Name = "x", Risk = Risk.D1, Read = ["true"], Before = "a", Run = ["true"], After = "b", Undo = ["true"] }],
    };
}
