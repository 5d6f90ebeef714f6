using System.Net;
using System.Net.Sockets;
using ChatOpsBot.Acceptance.Tests.CommandLine;
using ChatOpsBot.ChatContract.Benches;
using ChatOpsBot.FakeConnector;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Teams;

/// <summary>The real program on Teams, killed without a chance to say anything after a card arrived and before that was written down.</summary>
public class KilledTeamsServiceTests
{
    [Fact]
    [Trait("Requirement", "SEC-8")]
    [Trait("Requirement", "TM-17")]
    public async Task Serve_KilledBetweenSendingACardAndWritingItDown_TheExtraCopyAnswersAndGoes()
    {
        await using var teams = await ConnectorServer.StartAsync();
        using var people = new TeamsPeople(teams);
        using var folder = new TemporaryFolder();
        foreach (var user in new[] { "ann", "bob" })
        {
            teams.Members[$"29:{user}"] = new() { ["id"] = $"29:{user}", ["aadObjectId"] = TeamsPeople.ObjectId(user), ["tenantId"] = ConnectorServer.Tenant, ["userRole"] = "user" };
        }

        var port = FreePort();
        people.Bot = new($"http://127.0.0.1:{port}");
        var settings = Settings(teams, folder, port);
        var held = new TaskCompletionSource();
        teams.Hold = call => call.Method == "POST" && IsCard(call.Body) ? held.Task : Task.CompletedTask;
        await WhileServingAsync(settings, people, async () =>
        {
            Assert.Equal(200, (await people.SendAsync(people.Message("ann", "check silent"))).Status);
            await TeamsTown.UntilAsync(() => Cards(teams).Length == 1, () => "the card arrives");
        });
        held.SetResult();
        teams.Hold = _ => Task.CompletedTask;
        var orphan = Assert.Single(Cards(teams));

        await WhileServingAsync(settings, people, async () =>
        {
            // It cannot know that the card arrived, so there is one extra copy, and no more.
            await TeamsTown.UntilAsync(() => Cards(teams).Length == 2, () => "the card is sent again");
            var kept = Cards(teams).Single(card => card != orphan);
            var looked = await PressAsync(people, "bob", orphan);
            Assert.Equal((200, "application/vnd.microsoft.card.adaptive"), (looked["statusCode"]?.GetValue<int>(), looked["type"]?.GetValue<string>()));
            Assert.Contains("I-1 silent", TeamsBench.Words(looked));
            Assert.True(orphan.Deleted);
            Assert.False(kept.Deleted);

            // The one that is kept follows, and its button works as well.
            await TeamsTown.UntilAsync(() => !TeamsBench.Words(kept).Contains(": observing", StringComparison.Ordinal), () => $"the card follows; it is {TeamsBench.Words(kept)}");
            Assert.Equal(200, (await PressAsync(people, "bob", kept))["statusCode"]?.GetValue<int>());
            Assert.False(kept.Deleted);
        });
        Assert.Equal(2, Cards(teams).Length);
        Assert.Empty(teams.Complaints);
    }

    private static Dictionary<string, string> Settings(ConnectorServer teams, TemporaryFolder folder, int port)
    {
        string Account(string user) => $"teams: [{{ tenant: {ConnectorServer.Tenant}, user: {TeamsPeople.ObjectId(user)} }}]";
        var policy = $$"""
            people:
              - { id: ann, name: Ann, groups: [network], {{Account("ann")}} }
              - { id: bob, name: Bob, groups: [network], {{Account("bob")}} }
            groups: { network: {} }
            rules: [{ who: ["group:network"], may: [check, recheck, run, cancel, status], hosts: ["*"] }]
            approvals: [{ risk: [D0, D1, D2, D3], from: ["group:network"], quorum: 1, requesterMay: false }]
            """;

        // Nobody listens on the port of the host: the check ends by itself, and quickly.
        return new()
        {
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["Inventory__File"] = folder.Write("inventory.yaml", "hosts: [{ name: silent, address: 127.0.0.1, port: 9 }]"),
            ["Policy__File"] = folder.Write("policy.yaml", policy),
            ["Runbooks__Directory"] = RepositoryFiles.At("runbooks"),
            ["Storage__ConnectionString"] = $"Data Source={Path.Combine(folder.Path, "c.db")}",
            ["Console__KeyFile"] = Path.Combine(folder.Path, "console-key"),
            ["Transcript__SigningKeyFile"] = Path.Combine(folder.Path, "signing-key.pem"),
            ["Http__ConsoleUrls"] = "http://127.0.0.1:0",
            ["Http__IngressUrls"] = FormattableString.Invariant($"http://127.0.0.1:{port}"),
            ["Teams__Enabled"] = "true",
            ["Teams__AppId"] = ConnectorServer.App,
            ["Teams__TenantId"] = ConnectorServer.Tenant,
            ["Teams__ClientSecret"] = ConnectorServer.Secret,
            ["Teams__OpenIdMetadataUrl"] = teams.MetadataUrl,
            ["Teams__LoginAuthority"] = teams.Url,
            ["Teams__AllowedServiceHosts"] = teams.Authority,
            ["NO_COLOR"] = "1",
        };
    }

    /// <summary>Runs the program until the end of the work, and then kills it.</summary>
    private static async Task WhileServingAsync(Dictionary<string, string> settings, TeamsPeople people, Func<Task> work)
    {
        using var service = ProgramRun.Start(["serve"], settings);
        var said = service.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var complained = service.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await TeamsTown.UntilAsync(() => service.HasExited || Listens(people.Bot.Port), () => "the program listens");
            Assert.False(service.HasExited, service.HasExited ? await said + await complained : "");
            await work();
        }
        finally
        {
            service.Kill(entireProcessTree: true);
            await service.WaitForExitAsync(CancellationToken.None);
            await Task.WhenAll(said, complained);
        }
    }

    private static async Task<System.Text.Json.Nodes.JsonObject> PressAsync(TeamsPeople people, string user, FakeMessage card)
        => (await people.SendAsync(people.Invoke(user, TeamsBench.Button(card.Card, "Show my options"), card.Id))).Json;

    private static FakeMessage[] Cards(ConnectorServer teams) => [.. teams.Messages.Where(message => IsCard(message.Activity))];

    private static bool IsCard(System.Text.Json.Nodes.JsonObject? activity) => activity?.ToJsonString().Contains("Show my options", StringComparison.Ordinal) == true;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool Listens(int port)
    {
        using var client = new TcpClient();
        try
        {
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
