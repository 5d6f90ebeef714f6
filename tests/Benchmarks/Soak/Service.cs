using System.Diagnostics;
using System.Globalization;
using ChatOpsBot.FakeConnector;
using ChatOpsBot.FakeSlack;

namespace ChatOpsBot.Benchmarks.Soak;

/// <summary>The service as its users run it: a process of its own.</summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly Process _process;

    private Service(Process process, Uri console) => (_process, Console) = (process, console);

    /// <summary>Console and API.</summary>
    public Uri Console { get; }

    public bool IsAlive => !_process.HasExited;

    /// <summary>Resident memory in MiB.</summary>
    public double Resident => long.Parse(
        File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', '\t', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0;

    /// <summary>Open file descriptors.</summary>
    public int Handles => Directory.GetFiles($"/proc/{Id}/fd").Length;

    private string Id => _process.Id.ToString(CultureInfo.InvariantCulture);

    public static async Task<Service> StartAsync(string program, Town town, string runbooks)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, WorkingDirectory = town.Folder };
        start.ArgumentList.Add("serve");
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["Inventory__File"] = Path.Combine(town.Folder, "inventory.yaml"),
            ["Policy__File"] = Path.Combine(town.Folder, "policy.yaml"),
            ["Runbooks__Directory"] = runbooks,
            ["Storage__ConnectionString"] = $"Data Source={Path.Combine(town.Folder, "bot.db")}",
            ["Console__KeyFile"] = Path.Combine(town.Folder, "console-key"),
            ["Transcript__SigningKeyFile"] = Path.Combine(town.Folder, "signing-key.pem"),
            ["Http__ConsoleUrls"] = "http://127.0.0.1:0",
            ["Http__IngressUrls"] = "http://127.0.0.1:0",
            ["Ssh__IdentityFile"] = Path.Combine(town.Lab, "key"),
            ["Ssh__KnownHostsFile"] = Path.Combine(town.Lab, "known_hosts"),
            ["Slack__Mode"] = "Http",
            ["Slack__AppId"] = SlackWorkspace.App,
            ["Slack__TeamIds"] = SlackWorkspace.Team,
            ["Slack__BotToken"] = SlackWorkspace.BotToken,
            ["Slack__SigningSecret"] = SlackWorkspace.Secret,
            ["Slack__ApiBaseUrl"] = town.Slack.ApiUrl,
            ["Teams__Enabled"] = "true",
            ["Teams__AppId"] = ConnectorServer.App,
            ["Teams__TenantId"] = ConnectorServer.Tenant,
            ["Teams__ClientSecret"] = ConnectorServer.Secret,
            ["Teams__OpenIdMetadataUrl"] = town.Teams.MetadataUrl,
            ["Teams__LoginAuthority"] = town.Teams.Url,
            ["Teams__AllowedServiceHosts"] = town.Teams.Authority,
        })
        {
            start.Environment[name] = value;
        }

#pragma warning disable RS0030 // the service under load is a process of its own
        var process = Process.Start(start) ?? throw new InvalidOperationException("the service did not start");
#pragma warning restore RS0030
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the service ended");
        var addresses = line["listening on ".Length..].Split(", ");
        town.Slack.Sender.Ingress = new(addresses[1]);
        town.TeamsPeople.Bot = new(addresses[1]);
        _ = process.StandardOutput.ReadToEndAsync();
        return new(process, new(addresses[0]));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
