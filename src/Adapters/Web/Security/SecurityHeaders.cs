using Microsoft.AspNetCore.Http;

namespace ChatOpsBot.Adapters.Web.Security;

/// <summary>Tells browsers to run only our own script, to load nothing from elsewhere, and not to let other sites frame us or learn our addresses.</summary>
/// <param name="next">What follows.</param>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Sets the headers before anything is written.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers.CacheControl = "no-store";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }

        return next(context);
    }

    /// <summary>
    /// For pages with forms. Under <c>no-referrer</c> browsers send <c>Origin: null</c> with a form, and the check for our own origin could not tell our page from another's;
    /// <c>same-origin</c> tells other sites just as little.
    /// </summary>
    public static void ForPage(HttpContext context) => context.Response.Headers["Referrer-Policy"] = "same-origin";
}
