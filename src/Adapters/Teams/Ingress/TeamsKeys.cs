using ChatOpsBot.Adapters.Teams.Api;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Teams.Ingress;

/// <summary>Whose keys are believed.</summary>
/// <param name="profile">Where they are published.</param>
/// <param name="http">Reads them.</param>
/// <param name="time">The clock.</param>
/// <param name="log">For operators.</param>
internal sealed class TeamsKeys(TeamsProfile profile, TeamsHttp http, TimeProvider time, ILogger<TeamsKeys> log)
{
    /// <summary>The Bot Framework's.</summary>
    public SigningKeys BotFramework { get; } = new(AddressOf(profile.Options.OpenIdMetadataUrl, TeamsOptions.BotFrameworkMetadata), http, time, log);

    /// <summary>The own tenant's; asked in the environment Development only.</summary>
    public SigningKeys OwnTenant { get; } = new(
        new(AddressOf(profile.Options.LoginAuthority, TeamsOptions.MicrosoftLogin), $"{profile.Options.TenantId}/v2.0/.well-known/openid-configuration"), http, time, log);

    private static Uri AddressOf(string text, string usual) => Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri : new(usual);
}
