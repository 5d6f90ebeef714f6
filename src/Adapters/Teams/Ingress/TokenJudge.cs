using System.Text;
using System.Text.Json;
using ChatOpsBot.Adapters.Teams.Inbound;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ChatOpsBot.Adapters.Teams.Ingress;

/// <summary>What is thought of a request.</summary>
/// <param name="Status">200 lets it in; anything else is answered with it and nothing more.</param>
/// <param name="Why">For the log of operators, never told to the sender; for what was let in, what was checked, as a sentence for transcripts.</param>
/// <param name="Activity">What was let in.</param>
internal sealed record TokenVerdict(int Status, string Why, TeamsActivity? Activity)
{
    /// <summary>Not from whom it has to be.</summary>
    public static TokenVerdict Unknown(string why) => new(401, why, null);

    /// <summary>Known, but not allowed here.</summary>
    public static TokenVerdict NotHere(string why) => new(403, why, null);
}

/// <summary>Whether a request comes from the Bot Framework, for this bot, about this conversation. Refuses whatever any of Microsoft's own validators refuses, and more.</summary>
internal sealed class TokenJudge : IDisposable
{
    /// <summary>The one issuer of tokens for bots.</summary>
    public const string Issuer = "https://api.botframework.com";

    private const int LongestToken = 16 * 1024;
    private const int LongestKeyId = 100;

    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(5);

    private readonly JsonWebTokenHandler _tokens = new() { MaximumTokenSizeInBytes = LongestToken };
    private readonly TeamsProfile _profile;
    private readonly TimeProvider _time;
    private readonly SigningKeys _botFramework;
    private readonly SigningKeys _ownTenant;

    /// <summary>The options were checked before.</summary>
    public TokenJudge(TeamsProfile profile, TeamsKeys keys, TimeProvider time)
    {
        _profile = profile;
        _time = time;
        _botFramework = keys.BotFramework;
        _ownTenant = keys.OwnTenant;
    }

    /// <summary>Judges. The body is read only after the token was found good, and by the same reading that is worked on.</summary>
    /// <param name="authorization">The header.</param>
    /// <param name="read">Reads the body.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<TokenVerdict> JudgeAsync(StringValues authorization, Func<TeamsActivity?> read, CancellationToken cancellationToken)
    {
        // 1. A bearer token, once; RS256, and nothing else that a library would take.
        if (authorization.Count != 1 || authorization[0]?.Split(' ') is not [var scheme, { Length: > 0 and <= LongestToken } text] || !scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            return TokenVerdict.Unknown("no bearer token");
        }

        if (Parse(text) is not { } token || token.Alg != SecurityAlgorithms.RsaSha256 || string.IsNullOrEmpty(token.Kid))
        {
            return TokenVerdict.Unknown("the token is none, or not signed with RS256 and a named key");
        }

        // 2. Signed by a key that the issuer publishes now.
        var isOwnTenant = _profile.IsDevelopment && _profile.Options.AcceptOwnTenant && token.Issuer != Issuer;
        var (known, key) = await (isOwnTenant ? _ownTenant : _botFramework).FindAsync(token.Kid, cancellationToken);
        if (!known)
        {
            return new(503, "the signing keys are not known", null);
        }

        if (key is null)
        {
            return TokenVerdict.Unknown("the token is signed with a key that is not published");
        }

        // 3. From the issuer, for this bot, valid now; an end is required.
        var rules = new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            IssuerSigningKey = key.Key,
            RequireSignedTokens = true,
            ValidateIssuerSigningKey = true,
            ValidIssuers = isOwnTenant ? OwnTenantIssuers : [Issuer],
            ValidAudience = _profile.Options.AppId,
            RequireExpirationTime = true,
            ClockSkew = s_skew,
            LifetimeValidator = (from, until, _, _) => until is { } end && _time.GetUtcNow() <= end.ToUniversalTime() + s_skew && (from is not { } start || _time.GetUtcNow() >= start.ToUniversalTime() - s_skew),
        };
        var result = await _tokens.ValidateTokenAsync(text, rules);
        if (!result.IsValid)
        {
            return TokenVerdict.Unknown($"the token is not valid: {result.Exception?.GetType().Name}");
        }

        // 4. What libraries are lenient about: one audience as a plain text.
        var claims = Claims(token);
        if (claims.Member("aud") is not { ValueKind: JsonValueKind.String } audience || audience.GetString() != _profile.Options.AppId || claims.Member("exp") is not { ValueKind: JsonValueKind.Number })
        {
            return TokenVerdict.Unknown("the token is not for this bot alone, or has no end");
        }

        if (isOwnTenant && (claims.Text("appid") ?? claims.Text("azp")) != _profile.Options.AppId)
        {
            return TokenVerdict.Unknown("the token of the own tenant is of another app");
        }

        // 5. The activity is the one that the token was made for.
        if (read() is not { } activity)
        {
            return new(400, "the body is no activity", null);
        }

        if (activity.Service is not { } service || !_profile.IsService(service))
        {
            return TokenVerdict.NotHere("the activity names a service address that is not allowed");
        }

        if (!isOwnTenant && (claims.Text("serviceurl") is not { } claimed || Comparable(claimed) is not { } promised || promised != Comparable(activity.ServiceUrl)))
        {
            return TokenVerdict.Unknown("the token is for another service address");
        }

        // 6. The key may sign for that channel, and the tenant may use this bot.
        if (!_profile.IsChannel(activity.Channel) || (!key.Endorsements.IsEmpty && !key.Endorsements.Contains(activity.Channel ?? "", StringComparer.Ordinal)))
        {
            return TokenVerdict.NotHere("the channel is not Teams, or the key is not endorsed for it");
        }

        var needsTenant = activity.Channel == TeamsProfile.TeamsChannel;
        return needsTenant && (activity.Tenants.IsEmpty || !activity.Tenants.All(tenant => _profile.Tenants.Contains(tenant)))
            ? TokenVerdict.NotHere("the tenant is not allowed")
            : new(200, VerdictOf(token, claims, isOwnTenant), activity);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _botFramework.Dispose();
        _ownTenant.Dispose();
    }

    private string[] OwnTenantIssuers => [$"https://sts.windows.net/{_profile.Options.TenantId}/", $"https://login.microsoftonline.com/{_profile.Options.TenantId}/v2.0"];

    /// <summary>Without one slash at the end, scheme and host in lower case; the path as it is.</summary>
    internal static string? Comparable(string? url)
        => Uri.TryCreate(url, UriKind.Absolute, out var uri) ? $"{uri.Scheme}://{uri.Authority}{(uri.PathAndQuery.EndsWith('/') ? uri.PathAndQuery[..^1] : uri.PathAndQuery)}{uri.Fragment}" : null;

    /// <summary>What was found good. The id of the key is one of those that are published.</summary>
    private static string VerdictOf(JsonWebToken token, JsonElement claims, bool isOwnTenant)
        => $"token RS256 by {(isOwnTenant ? "the own tenant" : Issuer)} verified with its key {TextCut.At(token.Kid, LongestKeyId)} for this bot, valid until {claims.Member("exp")?.GetRawText()}; "
            + $"service address{(isOwnTenant ? "" : ", endorsement")} and tenant allowed";

    private static JsonWebToken? Parse(string text)
    {
        try
        {
            return new(text);
        }
        catch (Exception failure) when (failure is ArgumentException or SecurityTokenException or JsonException)
        {
            return null;
        }
    }

    private static JsonElement Claims(JsonWebToken token)
    {
        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetString(Base64UrlEncoder.DecodeBytes(token.EncodedPayload)));
            return document.RootElement.Clone();
        }
        catch (Exception failure) when (failure is JsonException or FormatException)
        {
            return default;
        }
    }
}
