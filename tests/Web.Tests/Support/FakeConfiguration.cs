using System.Collections.Immutable;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Web.Tests.Support;

/// <summary>ann and bo run the network, eve may do nothing but is known, mallory has left.</summary>
internal sealed class FakeConfiguration : IConfigurationSource
{
    public const string Ann = "ann-0123456789abcdef0123456789abcdef";

    public const string Bo = "bo-0123456789abcdef0123456789abcdef";

    public const string Eve = "eve-0123456789abcdef0123456789abcdef";

    public const string Mallory = "mallory-0123456789abcdef0123456789ab";

    public ServiceConfiguration Current { get; set; } = new()
    {
        Inventory = new(
            [
                new() { Name = "host42", Address = "10.42.0.2", Port = 2222, Tags = ["rack3"], Bridges = ["br0"], Uplinks = ImmutableSortedDictionary<string, string>.Empty.Add("br0", "eno2") },
                new() { Name = "host43", Address = "10.42.0.3", Tags = ["rack3"] },
                new() { Name = "hidden1", Address = "10.42.9.9" },
            ],
            ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("rack3", ["rack3"])),
        Policy = new()
        {
            People = [Person("ann", "Ann Example", Ann, "network"), Person("bo", "Bo Example", Bo, "network"), Person("eve", "Eve <script>alert(1)</script>", Eve)],
            Groups = ImmutableSortedDictionary<string, PolicyGroup>.Empty.Add("network", new()),
            Rules = [new() { Name = "rules[0]", Who = [new WhoSelector.Group("network")], May = PolicyCommandWords.Grantable, Hosts = [new HostSelector.Tagged("rack3")] }],
            Approvals =
            [
                new() { Name = "approvals[0]", Risks = [Risk.D0, Risk.D1, Risk.D2, Risk.D3], From = [new WhoSelector.Group("network")], RequesterMay = false },
            ],
        },
    };

    public ConfigurationProblem? Problem { get; set; }

    public void ChangeToken(string person, string token)
        => Current = Current with
        {
            Policy = Current.Policy with { People = [.. Current.Policy.People.Select(one => one.Id.Value == person ? one with { ConsoleToken = ConsoleTokenHash.Of(token) } : one)] },
        };

    private static PolicyPerson Person(string id, string name, string token, params ImmutableArray<string> groups)
        => new() { Id = new(id), Name = name, Groups = groups, ConsoleToken = ConsoleTokenHash.Of(token) };
}
