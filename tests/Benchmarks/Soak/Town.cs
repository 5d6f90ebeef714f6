using System.Globalization;
using System.Text;
using ChatOpsBot.FakeConnector;
using ChatOpsBot.FakeSlack;

namespace ChatOpsBot.Benchmarks.Soak;

/// <summary>People with an account on each surface, the two chat peers, and the service's files.</summary>
internal sealed class Town : IAsyncDisposable
{
    /// <summary>Who asks; each seldom enough for the limits per person.</summary>
    public const int People = 30;

    private static readonly Random s_random = new(20260101);

    private Town(SlackServer slack, ConnectorServer teams, string lab)
    {
        (Slack, Teams, Lab, TeamsPeople) = (slack, teams, lab, new(teams));
        Folder = Directory.CreateTempSubdirectory("cob-soak-").FullName;
        Hosts = [.. File.ReadLines(Path.Combine(lab, "inventory.yaml")).Where(line => line.Contains("name: ", StringComparison.Ordinal)).Select(line => line.Split("name: ")[1].Split(',')[0].Trim())];
        slack.Fault = call => call.Method is not ("auth.test" or "apps.connections.open" or "upload") && Chance(0.02) ? new() { Status = 500 } : Chance(0.01) ? new() { Status = 429, RetryAfter = "1" } : null;
        teams.Fault = _ => Chance(0.02) ? new(502, "BadGateway") : Chance(0.01) ? new(429, "Throttled", "1") : null;
        for (var person = 0; person < People; person++)
        {
            slack.Workspace.Users[SlackOf(person)] = [];
            slack.Workspace.Channels[ChannelOf(person)] = new() { ["is_member"] = true };
            teams.Members[$"29:{NameOf(person)}"] = new() { ["id"] = $"29:{NameOf(person)}", ["aadObjectId"] = ChatOpsBot.FakeConnector.TeamsPeople.ObjectId(NameOf(person)), ["tenantId"] = ConnectorServer.Tenant, ["userRole"] = "user" };
        }
    }

    public SlackServer Slack { get; }

    public ConnectorServer Teams { get; }

    public TeamsPeople TeamsPeople { get; }

    /// <summary>The lab's folder: inventory, key, known hosts.</summary>
    public string Lab { get; }

    /// <summary>Where the service keeps everything.</summary>
    public string Folder { get; }

    public IReadOnlyList<string> Hosts { get; }

    public static string NameOf(int person) => $"p{person.ToString("00", CultureInfo.InvariantCulture)}";

    public static string SlackOf(int person) => $"U{person}";

    public static string ChannelOf(int person) => $"C{person}";

    public static string TokenOf(string person) => $"{person}-0123456789abcdef0123456789abcdef";

    public static async Task<Town> StartAsync(string lab)
    {
        var town = new Town(await SlackServer.StartAsync(), await ConnectorServer.StartAsync(), lab);
        town.Write();
        return town;
    }

    public async ValueTask DisposeAsync()
    {
        TeamsPeople.Dispose();
        await Slack.DisposeAsync();
        await Teams.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

#pragma warning disable CA5394 // which call fails is no secret
    private static bool Chance(double of)
    {
        lock (s_random)
        {
            return s_random.NextDouble() < of;
        }
    }
#pragma warning restore CA5394

    private void Write()
    {
        var policy = new StringBuilder("people:\n");
        foreach (var (name, accounts) in Enumerable.Range(0, People).Select(person => (NameOf(person),
            $", slack: [{{ team: {SlackWorkspace.Team}, user: {SlackOf(person)} }}], teams: [{{ tenant: {ConnectorServer.Tenant}, user: {ChatOpsBot.FakeConnector.TeamsPeople.ObjectId(NameOf(person))} }}]")).Append(("boss", "")))
        {
            var file = Path.Combine(Folder, $"{name}.token");
            File.WriteAllText(file, TokenOf(name));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            policy.Append(CultureInfo.InvariantCulture, $"  - {{ id: {name}, name: {name}, groups: [network]{accounts}, console: {{ tokenFile: {name}.token }} }}\n");
        }

        policy.Append("""
            groups: { network: {} }
            rules: [{ who: ["group:network"], may: [check, recheck, trace, explain, status, incidents, transcript, run, runbooks, cancel, note, hosts], hosts: ["*"] }]
            approvals: [{ risk: [D0, D1, D2, D3], from: ["group:network"], quorum: 1, requesterMay: false }]
            """);
        File.WriteAllText(Path.Combine(Folder, "policy.yaml"), policy.ToString());
        File.Copy(Path.Combine(Lab, "inventory.yaml"), Path.Combine(Folder, "inventory.yaml"));
    }
}
