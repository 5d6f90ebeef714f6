using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Teams;

/// <summary>What the settings mean in this environment: whom we believe, whom we answer.</summary>
internal sealed class TeamsProfile
{
    /// <summary>The channel of Teams itself.</summary>
    public const string TeamsChannel = "msteams";

    /// <summary>The channel of local test clients.</summary>
    public const string EmulatorChannel = "emulator";

    private readonly System.Collections.Immutable.ImmutableArray<string> _hosts;

    /// <summary>The options were checked before.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="isDevelopment">Whether test peers on this machine are allowed.</param>
    public TeamsProfile(IOptions<TeamsOptions> options, bool isDevelopment)
    {
        Options = options.Value;
        IsDevelopment = isDevelopment;
        Tenants = Options.Tenants;
        _hosts = Options.Hosts;
    }

    /// <summary>The settings.</summary>
    public TeamsOptions Options { get; }

    /// <summary>Whether test peers on this machine are allowed.</summary>
    public bool IsDevelopment { get; }

    /// <summary>Whether local test clients need no token. Then nobody else is believed either.</summary>
    public bool IsAnonymous => IsDevelopment && Options.AppId.Length == 0;

    /// <summary>The tenants that may use the bot.</summary>
    public System.Collections.Immutable.ImmutableArray<string> Tenants { get; }

    /// <summary>Whether that channel may speak to us.</summary>
    public bool IsChannel(string? channel) => IsAnonymous ? channel == EmulatorChannel : channel == TeamsChannel || (channel == EmulatorChannel && IsDevelopment && Options.AcceptOwnTenant);

    /// <summary>Whether that address may be answered to: https on exactly a listed host; a test peer is on this machine.</summary>
    public bool IsService(Uri uri)
        => uri is { IsAbsoluteUri: true, UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 }
            && ((!IsAnonymous && uri.Scheme == "https" && uri.IsDefaultPort && !uri.IsLoopback && _hosts.Contains(uri.Host)) || IsTestService(uri));

    /// <summary>Whether a file may be put there: https, and below a name that only Microsoft gives out. Nothing of ours but the file goes there.</summary>
    public bool IsFileStore(Uri uri)
        => uri is { IsAbsoluteUri: true, UserInfo.Length: 0, Fragment.Length: 0 }
            && ((!IsAnonymous && uri.Scheme == "https" && uri.IsDefaultPort && (uri.Host.EndsWith(".sharepoint.com", StringComparison.Ordinal) || uri.Host.EndsWith(".sharepoint.us", StringComparison.Ordinal)))
                || IsTestService(uri));

    /// <summary>Whether an address is a test peer's.</summary>
    public bool IsTestService(Uri uri)
        => IsDevelopment && uri is { IsAbsoluteUri: true, IsLoopback: true, Scheme: "http" or "https", UserInfo.Length: 0 }
            && (IsAnonymous || _hosts.Contains(uri.Authority.ToLowerInvariant()) || _hosts.Contains(uri.Host));

    /// <summary>An address of an activity as it is compared and kept: scheme and host in lower case, one slash at its end; <see langword="null"/> when it is none.</summary>
    public static Uri? ServiceOf(string? text)
        => text is { Length: > 0 and <= 500 } && Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var uri) ? uri : null;
}
