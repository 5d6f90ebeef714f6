using System.Collections.Immutable;
using ChatOpsBot.Application.Settings;

namespace ChatOpsBot.Adapters.Teams;

/// <summary>Microsoft Teams; section <c>Teams</c>.</summary>
public sealed class TeamsOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Teams";

    /// <summary>Where the Bot Framework publishes its signing keys.</summary>
    public const string BotFrameworkMetadata = "https://login.botframework.com/v1/.well-known/openidconfiguration";

    /// <summary>Where Microsoft gives out tokens.</summary>
    public const string MicrosoftLogin = "https://login.microsoftonline.com/";

    /// <summary>The one service host of the public cloud.</summary>
    public const string PublicServiceHost = "smba.trafficmanager.net";

    /// <summary>Whether Teams may send to <c>/api/messages</c>.</summary>
    public bool Enabled { get; set; }

    /// <summary>Client id of the app registration. Empty only in the environment <c>Development</c>, where a local test client then needs no token.</summary>
    public string AppId { get; set; } = "";

    /// <summary>The tenant of the registration, whose people may use the bot.</summary>
    public string TenantId { get; set; } = "";

    /// <summary>Further tenants whose people may use the bot, divided by semicolons; for registrations that were made for several tenants.</summary>
    public string AllowedTenantIds { get; set; } = "";

    /// <summary>Client secret; from the environment or <see cref="ClientSecretFile"/> only.</summary>
    public string ClientSecret { get; set; } = "";

    /// <summary>File with the client secret.</summary>
    public string ClientSecretFile { get; set; } = "";

    /// <summary>Where the keys are published that sign what comes in.</summary>
    public string OpenIdMetadataUrl { get; set; } = BotFrameworkMetadata;

    /// <summary>Where our own tokens come from.</summary>
    public string LoginAuthority { get; set; } = MicrosoftLogin;

    /// <summary>Hosts that answers and our token may be sent to, exactly these, divided by semicolons.</summary>
    public string AllowedServiceHosts { get; set; } = PublicServiceHost;

    /// <summary>Whether tokens of the own tenant and app are accepted as well, as development clients send them; only in the environment <c>Development</c>.</summary>
    public bool AcceptOwnTenant { get; set; }

    /// <summary>The tenants that may use the bot.</summary>
    internal ImmutableArray<string> Tenants => [.. Words($"{TenantId};{AllowedTenantIds}").Select(id => id.ToLowerInvariant()).Distinct()];

    /// <summary>The service hosts.</summary>
    internal ImmutableArray<string> Hosts => [.. Words(AllowedServiceHosts).Select(host => host.ToLowerInvariant())];

    /// <summary>Puts what the file holds in place of the secret that is not set.</summary>
    /// <returns>What is wrong with the file; empty when nothing is.</returns>
    public IEnumerable<SettingProblem> ReadFiles()
    {
        List<SettingProblem> problems = [];
        ClientSecret = SecretFiles.Read(ClientSecret, ClientSecretFile, "Teams:ClientSecretFile", problems);
        return problems;
    }

    /// <summary>What is wrong with the options; empty when nothing is.</summary>
    /// <param name="development">Whether test peers are allowed.</param>
    public IEnumerable<SettingProblem> Problems(bool development)
    {
        if (!Enabled)
        {
            yield break;
        }

        if (AppId.Length == 0 && development)
        {
            // A local test client without tokens; nothing of Microsoft's is reached.
            yield break;
        }

        if (!Guid.TryParseExact(AppId, "D", out _))
        {
            yield return new("Teams:AppId", "the client id of the app registration is missing or is none", "copy Application (client) ID from the app registration");
        }

        if (!Guid.TryParseExact(TenantId, "D", out _))
        {
            yield return new("Teams:TenantId", "the id of the tenant is missing or is none", "copy Directory (tenant) ID from the app registration");
        }

        if (Words(AllowedTenantIds).FirstOrDefault(id => !Guid.TryParseExact(id, "D", out _)) is { } odd)
        {
            yield return new("Teams:AllowedTenantIds", $"{odd} is not the id of a tenant", "write ids of tenants only");
        }

        if (ClientSecret.Length < 8 || ClientSecret.Any(c => c is <= ' ' or > '~'))
        {
            yield return new("Teams:ClientSecret", "the client secret is missing or has odd characters", "make one under Certificates & secrets; set Teams__ClientSecret or Teams:ClientSecretFile");
        }

        if (AcceptOwnTenant && !development)
        {
            yield return new("Teams:AcceptOwnTenant", "tokens of the own tenant are for tests", "write false, or start with DOTNET_ENVIRONMENT=Development");
        }

        foreach (var problem in AddressProblems(development))
        {
            yield return problem;
        }
    }

    private IEnumerable<SettingProblem> AddressProblems(bool development)
    {
        foreach (var (key, value, hosts) in new (string, string, string[])[]
        {
            ("Teams:OpenIdMetadataUrl", OpenIdMetadataUrl, ["login.botframework.com", "login.botframework.azure.us"]),
            ("Teams:LoginAuthority", LoginAuthority, ["login.microsoftonline.com", "login.microsoftonline.us"]),
        })
        {
            if (!Uri.TryCreate(value, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0)
            {
                yield return new(key, "this is not an address", "leave it out; the default is Microsoft's own");
            }
            else if (!(development && uri.IsLoopback) && !(uri.Scheme == "https" && uri.IsDefaultPort && hosts.Contains(uri.Host)))
            {
                yield return new(key, "this is not Microsoft, so it could let anybody in or be given the secret", "leave it out; test peers are for the Development environment, on this machine");
            }
        }

        if (Hosts.IsEmpty)
        {
            yield return new("Teams:AllowedServiceHosts", "no host may be answered to", $"write [\"{PublicServiceHost}\"]");
        }

        foreach (var host in Hosts.Where(host => !IsHost(host, development)))
        {
            yield return new(
                "Teams:AllowedServiceHosts", $"{host} is not the full name of one of Microsoft's service hosts", $"write for example \"{PublicServiceHost}\"; a suffix, a port or a host of this machine is not taken");
        }
    }

    /// <summary>Exact names only: below <c>.trafficmanager.net</c> anybody can register a name.</summary>
    private static bool IsHost(string host, bool development)
        => host is PublicServiceHost or "smba.infra.gcc.teams.microsoft.com" or "smba.infra.gov.teams.microsoft.us"
            || host.EndsWith(".teams.microsoft.com", StringComparison.Ordinal) || host.EndsWith(".teams.microsoft.us", StringComparison.Ordinal)
            || (development && Uri.TryCreate($"http://{host}/", UriKind.Absolute, out var uri) && uri.IsLoopback);

    private static string[] Words(string text) => text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
