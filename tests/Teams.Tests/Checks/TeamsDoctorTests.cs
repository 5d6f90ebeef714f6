using System.Collections.Immutable;
using ChatOpsBot.Adapters.Teams;
using ChatOpsBot.Adapters.Teams.Checks;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.FakeConnector;
using Xunit;

namespace ChatOpsBot.Teams.Tests.Checks;

/// <summary>What <c>doctor</c> says about Teams.</summary>
public class TeamsDoctorTests
{
    [Fact]
    public async Task Look_GoodAndBroken_NamesEachGapWithItsRemedy()
    {
        await using var teams = await ConnectorServer.StartAsync();
        var options = new TeamsOptions
        {
            Enabled = true, AppId = ConnectorServer.App, TenantId = ConnectorServer.Tenant, ClientSecret = ConnectorServer.Secret, OpenIdMetadataUrl = teams.MetadataUrl, LoginAuthority = teams.Url, AllowedServiceHosts = teams.Authority,
        };
        var policy = new Policy
        {
            People = [BenchConfiguration.Person("ann"), BenchConfiguration.Person("bo") with { Accounts = [new Account.Teams("other", "x")] }],
            Groups = ImmutableSortedDictionary<string, PolicyGroup>.Empty.Add("network", new() { Notify = [new ConversationId($"teams:{ConnectorServer.Tenant}/19:x"), new("teams:other/19:y"), new("slack:T1/C1")] }),
        };
        Task<ImmutableArray<Point>> LookAsync() => TeamsDoctor.LookAsync(options, policy, development: true, TimeProvider.System, TestContext.Current.CancellationToken);

        var good = await LookAsync();
        Assert.Equal(["teams signing keys", "teams token", "teams clock"], good.Where(point => point.State == PointState.Good).Select(point => point.Topic));
        Assert.Equal(["teams account", "teams conversation"], good.Where(point => point.State == PointState.Gap).Select(point => point.Topic));

        teams.KeysFail = true;
        options.ClientSecret = "another-secret";
        var broken = await LookAsync();
        Assert.All(broken.Where(point => point.State == PointState.Gap), point => Assert.NotEmpty(point.Remedy ?? ""));
        Assert.Superset(new HashSet<string> { "teams signing keys", "teams token" }, broken.Where(point => point.State == PointState.Gap).Select(point => point.Topic).ToHashSet());
        Assert.DoesNotContain(broken, point => point.ToString().Contains("another-secret", StringComparison.Ordinal));

        options.Enabled = false;
        Assert.Equal(PointState.Note, Assert.Single(await LookAsync()).State);
    }
}
