using System.Collections.Immutable;
using ChatOpsBot.Application.Configuration;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.FakeConnector;
using ChatOpsBot.FakeSlack;

namespace ChatOpsBot.ChatContract.Benches;

/// <summary>
/// ann and bo are in the group network; cy only as far as Slack says so, through the user group S1; gus as well, but is a guest; eve is known, but may nothing; zoe and anybody else is a stranger.
/// Each has an account on every platform.
/// </summary>
internal sealed class BenchConfiguration : IConfigurationSource
{
    private static readonly string[] s_slack = ["", "ann", "bo", "cy", "gus", "eve", "", "", "", "zoe"];

    private GroupMembers? _members;

    public Policy Policy { get; set; } = new()
    {
        People = [Person("ann", "network"), Person("bo", "network"), Person("cy"), Person("gus", "network"), Person("eve")],
        Groups = ImmutableSortedDictionary<string, PolicyGroup>.Empty.Add("network", new() { SlackUserGroups = ["S1"] }),
        Rules = [new() { Name = "rules[0]", Who = [new WhoSelector.Group("network")], May = PolicyCommandWords.Grantable, Hosts = [new HostSelector.Any()] }],
        Approvals = [new() { Name = "approvals[0]", Risks = [Risk.D0, Risk.D1, Risk.D2, Risk.D3], From = [new WhoSelector.Group("network")], RequesterMay = false }],
    };

    /// <summary>What goes wrong inside at every command and press.</summary>
    public Exception? Broken { get; set; }

    /// <summary>So many hosts, from host40 on.</summary>
    public int Hosts { get; set; } = 20;

    public ServiceConfiguration Current => new()
    {
        Inventory = new(
            [.. Enumerable.Range(40, Hosts).Select(number => new Domain.Hosts.HostEntry { Name = $"host{number}", Address = $"10.42.{number / 250}.{number % 250}", Tags = ["rack3"] })],
            ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty),
        Policy = _members?.Apply(Policy) ?? Policy,
        Runbooks = new(RunbookSet.Empty.ById.Add("bridge/attach-uplink", Book())),
    };

    public ConfigurationProblem? Problem => null;

    /// <summary>Their account on Slack.</summary>
    public static string SlackOf(string person) => $"U{Array.IndexOf(s_slack, person)}";

    /// <summary>Their token for API and console.</summary>
    public static string TokenOf(string person) => $"{person}-0123456789abcdef0123456789abcdef";

    public static PolicyPerson Person(string id, params ImmutableArray<string> groups) => new()
    {
        Id = new PersonId(id),
        Name = id,
        Groups = groups,
        Accounts = [new Account.Slack(SlackWorkspace.Team, SlackOf(id)), new Account.Teams(ConnectorServer.Tenant, TeamsPeople.ObjectId(id)), new Account.Emulator($"user-{id}")],
        ConsoleToken = ConsoleTokenHash.Of(TokenOf(id)),
    };

    public Task RefreshMembersAsync(TimeSpan notOlderThan, CancellationToken cancellationToken)
        => Broken is { } failure ? Task.FromException(failure) : _members?.RefreshAsync(Policy, notOlderThan, cancellationToken) ?? Task.CompletedTask;

    /// <summary>With the members that the platforms of this start tell.</summary>
    public BenchConfiguration With(GroupMembers members)
    {
        _members = members;
        return this;
    }

    private static Runbook Book() => new()
    {
        Id = "bridge/attach-uplink",
        Hash = "aa",
        Title = "Attach the uplink",
        Consequence = "nothing else",
        Parameters = [new("bridge", ParameterType.Bridge, RunbookParameter.Given, [], "the bridge"), new("port", ParameterType.Link, RunbookParameter.FindingSubject, [], "the port")],
        Steps = [new() { Name = "x", Risk = Risk.D1, Read = ["true"], Before = "a", Run = ["true"], After = "b", Undo = ["true"] }],
    };
}
