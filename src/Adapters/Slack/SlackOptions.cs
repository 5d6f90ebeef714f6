using System.Collections.Immutable;
using ChatOpsBot.Application.Settings;

namespace ChatOpsBot.Adapters.Slack;

/// <summary>How Slack reaches us.</summary>
public enum SlackMode
{
    /// <summary>Not at all.</summary>
    Off,

    /// <summary>We connect to Slack; no inbound port.</summary>
    SocketMode,

    /// <summary>Slack sends signed requests to <c>Http:IngressUrls</c>.</summary>
    Http,
}

/// <summary>Which blocks messages use.</summary>
public enum SlackBlocks
{
    /// <summary>Also the newer ones (plan, table, alert); a workspace that refuses them gets the older ones.</summary>
    Newest,

    /// <summary>Only blocks that every workspace knows.</summary>
    Classic,

    /// <summary>No blocks: text only, decisions are typed.</summary>
    Text,
}

/// <summary>Slack; section <c>Slack</c>.</summary>
public sealed class SlackOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Slack";

    /// <summary>Where Slack's Web API is.</summary>
    public const string SlackApi = "https://slack.com/api/";

    /// <summary>How Slack reaches us.</summary>
    public SlackMode Mode { get; set; } = SlackMode.Off;

    /// <summary>Id of the app: requests of another app are refused.</summary>
    public string AppId { get; set; } = "";

    /// <summary>Ids of the workspaces, or of the organisation on Enterprise Grid, that the app is installed in; divided by semicolons.</summary>
    public string TeamIds { get; set; } = "";

    /// <summary>Bot token, <c>xoxb-...</c>; from the environment or <see cref="BotTokenFile"/> only.</summary>
    public string BotToken { get; set; } = "";

    /// <summary>File with the bot token.</summary>
    public string BotTokenFile { get; set; } = "";

    /// <summary>App-level token for Socket Mode, <c>xapp-...</c>.</summary>
    public string AppToken { get; set; } = "";

    /// <summary>File with the app-level token.</summary>
    public string AppTokenFile { get; set; } = "";

    /// <summary>Signing secret for HTTP.</summary>
    public string SigningSecret { get; set; } = "";

    /// <summary>File with the signing secret.</summary>
    public string SigningSecretFile { get; set; } = "";

    /// <summary>The signing secret before a rotation, accepted as well while both are in use.</summary>
    public string PreviousSigningSecret { get; set; } = "";

    /// <summary>File with the former signing secret.</summary>
    public string PreviousSigningSecretFile { get; set; } = "";

    /// <summary>Which blocks messages use.</summary>
    public SlackBlocks Blocks { get; set; } = SlackBlocks.Newest;

    /// <summary>Where the Web API is. Anything but Slack's own address is a test peer and allowed in the environment <c>Development</c> only.</summary>
    public string ApiBaseUrl { get; set; } = SlackApi;

    /// <summary>Whether <see cref="ApiBaseUrl"/> is not Slack's own.</summary>
    public bool IsTestPeer => Api() is not { Scheme: "https", Host: "slack.com" or "slack-gov.com", IsDefaultPort: true };

    /// <summary>The installed workspaces.</summary>
    internal ImmutableArray<string> Teams => [.. TeamIds.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    /// <summary>The address of the Web API with a slash at its end; <see langword="null"/> when it is none.</summary>
    internal Uri? Api() => Uri.TryCreate(ApiBaseUrl.EndsWith('/') ? ApiBaseUrl : ApiBaseUrl + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;

    /// <summary>Puts what the files hold in place of the secrets that are not set.</summary>
    /// <returns>What is wrong with the files; empty when nothing is.</returns>
    public IEnumerable<SettingProblem> ReadFiles()
    {
        List<SettingProblem> problems = [];
        BotToken = SecretFiles.Read(BotToken, BotTokenFile, "Slack:BotTokenFile", problems);
        AppToken = SecretFiles.Read(AppToken, AppTokenFile, "Slack:AppTokenFile", problems);
        SigningSecret = SecretFiles.Read(SigningSecret, SigningSecretFile, "Slack:SigningSecretFile", problems);
        PreviousSigningSecret = SecretFiles.Read(PreviousSigningSecret, PreviousSigningSecretFile, "Slack:PreviousSigningSecretFile", problems);
        return problems;
    }

    /// <summary>What is wrong with the options; empty when nothing is.</summary>
    /// <param name="development">Whether test peers are allowed.</param>
    public IEnumerable<SettingProblem> Problems(bool development)
    {
        if (Mode == SlackMode.Off)
        {
            yield break;
        }

        if (Api() is not { UserInfo.Length: 0, Query.Length: 0 } api)
        {
            yield return new("Slack:ApiBaseUrl", "this is not the address of a Web API", $"write \"{SlackApi}\"");
        }
        else if (IsTestPeer && !(development && api.IsLoopback))
        {
            yield return new(
                "Slack:ApiBaseUrl", "this is not Slack, so it would be given the tokens", $"write \"{SlackApi}\"; test peers are for the Development environment, on this machine");
        }

        if (!IsId(AppId))
        {
            yield return new("Slack:AppId", "the id of the app is missing or has odd characters", "copy App ID from the page Basic Information of the app");
        }

        if (Teams.Length == 0 || !Teams.All(IsId))
        {
            yield return new("Slack:TeamIds", "the ids of the workspaces are missing or have odd characters", "write for example [\"T0123456789\"]; doctor shows the id of the token's workspace");
        }

        foreach (var problem in TokenProblems())
        {
            yield return problem;
        }
    }

    private IEnumerable<SettingProblem> TokenProblems()
    {
        if (!IsToken(BotToken, "xoxb-") && !IsToken(BotToken, "xoxe.xoxb-"))
        {
            yield return new("Slack:BotToken", "the bot token is missing or is not one (xoxb-...)", "copy Bot User OAuth Token from the page OAuth & Permissions, into the environment variable Slack__BotToken or a file named by Slack:BotTokenFile");
        }

        if (Mode == SlackMode.SocketMode && !IsToken(AppToken, "xapp-"))
        {
            yield return new("Slack:AppToken", "Socket Mode needs an app-level token (xapp-...)", "make one with the scope connections:write on the page Basic Information; set Slack__AppToken or Slack:AppTokenFile");
        }

        if (Mode == SlackMode.Http && SigningSecret.Length < 16)
        {
            yield return new("Slack:SigningSecret", "HTTP needs the signing secret", "copy it from the page Basic Information; set Slack__SigningSecret or Slack:SigningSecretFile");
        }
    }

    private static bool IsId(string id) => id.Length is > 0 and <= 32 && id.All(char.IsAsciiLetterOrDigit);

    private static bool IsToken(string token, string prefix)
        => token.StartsWith(prefix, StringComparison.Ordinal) && token.Length > prefix.Length && token.All(c => c is > ' ' and <= '~');
}
