using System.Globalization;
using System.Security.Cryptography;
using ChatOpsBot.Domain.Approvals;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace ChatOpsBot.Adapters.Web.Callers;

/// <summary>The console's session cookie: who signed in, with which token, until when, sealed. It holds no token and counts on any node that has the key ring.</summary>
/// <param name="protection">The key ring.</param>
/// <param name="tokens">Whether the token still is the person's.</param>
/// <param name="time">The clock.</param>
internal sealed class ConsoleSession(IDataProtectionProvider protection, PersonTokens tokens, TimeProvider time)
{
    /// <summary>Name of the cookie.</summary>
    public const string Cookie = "chatopsbot-session";

    private const int LongestCookie = 4096;

    private static readonly TimeSpan s_lifetime = TimeSpan.FromHours(8);

    private readonly IDataProtector _protector = protection.CreateProtector("ChatOpsBot.Console.Session.v1");

    /// <summary>Signs a person in.</summary>
    public void Begin(HttpContext context, Caller caller)
    {
        var until = time.GetUtcNow() + s_lifetime;
        var content = string.Join('\n', caller.Id.Value, caller.TokenHash, until.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        context.Response.Cookies.Append(Cookie, _protector.Protect(content), Options(context, s_lifetime));
    }

    /// <summary>Signs whoever it is out.</summary>
    public static void End(HttpContext context) => context.Response.Cookies.Delete(Cookie, Options(context, null));

    /// <summary>The person of the cookie; <see langword="null"/> when there is none, it is foreign or too old, or the person's token is another by now.</summary>
    public Caller? Read(HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is not { Length: > 0 and <= LongestCookie } cookie)
        {
            return null;
        }

        try
        {
            return _protector.Unprotect(cookie).Split('\n') is [var person, var hash, var until]
                && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var end)
                && time.GetUtcNow().ToUnixTimeSeconds() < end
                    ? tokens.Find(new PersonId(person), hash, byCookie: true)
                    : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static CookieOptions Options(HttpContext context, TimeSpan? age) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        Path = "/",
        MaxAge = age,
        IsEssential = true,
    };
}
