using System.Text.Json.Nodes;
using ChatOpsBot.Acceptance.Tests.Repairs;
using ChatOpsBot.Application.Repairs;
using ChatOpsBot.ChatContract.Benches;
using ChatOpsBot.FakeConnector;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Teams;

/// <summary>The fake service of Teams with the two people of the tests' policy, and a service folder that is pointed at it; or one for local test clients without tokens.</summary>
internal sealed class TeamsTown : IAsyncDisposable
{
    private TeamsTown(ConnectorServer teams, bool anonymous)
    {
        Teams = teams;
        teams.Time = Time;
        People = new(teams);
        foreach (var user in new[] { "ann", "bob" })
        {
            teams.Members[$"29:{user}"] = new() { ["id"] = $"29:{user}", ["aadObjectId"] = TeamsPeople.ObjectId(user), ["tenantId"] = ConnectorServer.Tenant, ["userRole"] = "user" };
        }

        Folder = new(policy => policy
            .Replace("slack: [{ team: T1, user: U1 }]", Account("ann", anonymous), StringComparison.Ordinal)
            .Replace("slack: [{ team: T1, user: U2 }]", Account("bob", anonymous), StringComparison.Ordinal)
            .Replace("cancel]", "cancel, status, transcript]", StringComparison.Ordinal))
        {
            More = new Dictionary<string, string>
            {
                ["DOTNET_ENVIRONMENT"] = "Development",
                ["Http__IngressUrls"] = "http://127.0.0.1:0",
                ["Teams__Enabled"] = "true",
                ["Teams__AppId"] = anonymous ? "" : ConnectorServer.App,
                ["Teams__TenantId"] = anonymous ? "" : ConnectorServer.Tenant,
                ["Teams__ClientSecret"] = anonymous ? "" : ConnectorServer.Secret,
                ["Teams__OpenIdMetadataUrl"] = teams.MetadataUrl,
                ["Teams__LoginAuthority"] = teams.Url,
                ["Teams__AllowedServiceHosts"] = teams.Authority,
            },
        };
    }

    public ConnectorServer Teams { get; }

    public TeamsPeople People { get; }

    /// <summary>The clock of the service and of Teams.</summary>
    public ShiftedTime Time { get; } = new();

    public ServiceFolder Folder { get; }

    public static async Task<TeamsTown> StartAsync(bool anonymous = false) => new(await ConnectorServer.StartAsync(), anonymous);

    public async Task<RunningService> ServeAsync(RepairOptions? repairs = null)
    {
        var service = await RunningService.StartAsync(Folder, repairs, Time);
        People.Bot = new(service.Addresses[1]);
        return service;
    }

    /// <summary>Somebody writes to the bot.</summary>
    public async Task SayAsync(string user, string text) => Assert.Equal(200, (await People.SendAsync(People.Message(user, text))).Status);

    /// <summary>The first message whose words are as wanted.</summary>
    public async Task<FakeMessage> MessageAsync(string words)
    {
        FakeMessage? found = null;
        await UntilAsync(
            () => (found = Teams.Messages.FirstOrDefault(message => !message.Deleted && TeamsBench.Words(message).Contains(words, StringComparison.Ordinal))) is not null,
            () => $"{words}; there are {string.Join("\n", Teams.Messages.Select(TeamsBench.Words))}");
        return found ?? throw new InvalidOperationException("no message");
    }

    /// <summary>Somebody presses a button; what the invoke was answered.</summary>
    public async Task<JsonObject> PressAsync(string user, JsonObject? card, string title, string message)
    {
        var answer = await People.SendAsync(People.Invoke(user, TeamsBench.Button(card, title), message));
        Assert.Equal(200, answer.Status);
        return answer.Json;
    }

    public static async Task UntilAsync(Func<bool> condition, Func<string> what)
    {
        // The steps between are real hosts' work on a machine that has other things to do.
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(120), $"waited in vain: {what()}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        People.Dispose();
        await Teams.DisposeAsync();
        Folder.Dispose();
    }

    private static string Account(string user, bool anonymous)
        => anonymous ? $"teams: [{{ emulator: user-{user} }}]" : $"teams: [{{ tenant: {ConnectorServer.Tenant}, user: {TeamsPeople.ObjectId(user)} }}]";

    /// <summary>The machine's clock, moved on by a test.</summary>
    internal sealed class ShiftedTime : TimeProvider
    {
        private long _moved;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _moved));

        public void Move(TimeSpan by) => Interlocked.Add(ref _moved, by.Ticks);
    }
}
