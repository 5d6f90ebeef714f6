using System.Security.Claims;
using ChatOpsBot.Adapters.Web.Api;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;

namespace ChatOpsBot.Adapters.Web.Callers;

/// <summary>Finds out who calls: the token in the header, else the session cookie.</summary>
/// <param name="next">What follows.</param>
/// <param name="tokens">Tokens.</param>
/// <param name="session">Cookies.</param>
internal sealed class CallerFinder(RequestDelegate next, PersonTokens tokens, ConsoleSession session)
{
    private const string Scheme = "Bearer ";

    /// <summary>Runs before the rate limit, which counts by person.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        // A header that is there but wrong is not made up for by a cookie: the caller meant to be somebody.
        var header = context.Request.Headers.Authorization.ToString();
        var caller = header.Length == 0 ? session.Read(context)
            : header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? tokens.Find(header[Scheme.Length..].Trim(), byCookie: false)
            : null;
        if (caller is not null)
        {
            context.Features.Set(caller);

            // Form tokens are bound to this name.
            context.User = new(new ClaimsIdentity([new(ClaimTypes.Name, caller.Id.Value)], "chatopsbot"));
        }

        return next(context);
    }
}

/// <summary>Lets only known people into the API, and cookies change something only when one of our own pages asked for it.</summary>
/// <param name="antiforgery">Form tokens.</param>
internal sealed class ApiGate(IAntiforgery antiforgery) : IEndpointFilter
{
    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (Caller.Of(http) is not { } caller)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return Answer.Error(StatusCodes.Status401Unauthorized, "this needs the token of a person whom the policy knows", "send the header: Authorization: Bearer TOKEN");
        }

        if (caller.ByCookie && !HttpMethods.IsGet(http.Request.Method) && await SameOrigin.ProblemAsync(http, antiforgery) is { } problem)
        {
            return Answer.Error(StatusCodes.Status403Forbidden, problem, "reload the page and try again, or use a person's token");
        }

        return await next(context);
    }
}

/// <summary>Whether a request with a cookie was asked for by one of our own pages.</summary>
internal static class SameOrigin
{
    /// <summary>What is wrong; <see langword="null"/> when nothing is.</summary>
    public static async Task<string?> ProblemAsync(HttpContext context, IAntiforgery antiforgery)
    {
        var request = context.Request;
        var origin = request.Headers.Origin.ToString();
        if (!string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase))
        {
            return "the request does not come from a page of this console";
        }

        return await antiforgery.IsRequestValidAsync(context) ? null : "the form is too old, or belongs to another session";
    }
}
