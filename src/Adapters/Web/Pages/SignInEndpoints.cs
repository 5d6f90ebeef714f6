using ChatOpsBot.Adapters.Web.Callers;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Web.Pages;

/// <summary>Signing in and out.</summary>
internal static class SignInEndpoints
{
    /// <summary><c>GET /signin</c>.</summary>
    public static IResult Form(HttpContext context, PageServices pages)
        => PageServices.Show<SignInPage>(context, new SignInView(pages.Frame(context, "Sign in"), Local(context.Request.Query["return"])));

    /// <summary><c>POST /signin</c>.</summary>
    public static async Task<IResult> InAsync(HttpContext context, PageServices pages, PersonTokens tokens, ConsoleSession session, IAntiforgery antiforgery, ILogger<ConsoleSession> log)
    {
        if (!context.Request.HasFormContentType || await SameOrigin.ProblemAsync(context, antiforgery) is not null)
        {
            return pages.Go(context, "/signin", "That form was too old. Try again.", bad: true);
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var back = Local(form["return"]);
        var address = context.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        if (tokens.Find(form["token"].ToString().Trim(), byCookie: true) is not { } caller)
        {
            log.SignInFailed(address);
            var frame = pages.Frame(context, "Sign in") with { Said = "That is no token of a person whom the policy knows. An administrator gives you one: console: { tokenFile: ... } beside your name under people: in the policy file.", SaidBad = true };
            return PageServices.Show<SignInPage>(context, new SignInView(frame, back), status: StatusCodes.Status403Forbidden);
        }

        log.SignedIn(caller.Id, address);
        session.Begin(context, caller);
        return PageServices.See(context, back);
    }

    /// <summary><c>POST /signout</c>.</summary>
    public static IResult Out(HttpContext context, PageServices pages)
    {
        ConsoleSession.End(context);
        return pages.Go(context, "/signin", "You are signed out.", bad: false);
    }

    /// <summary>A path of ours, else the first page: whoever sends somebody here must not be able to send them on to another site.</summary>
    private static string Local(string? path)
        => path is ['/', not ('/' or '\\'), ..] && path.Length < 500 && !path.Any(c => c is '\\' or < ' ' or > '~') ? path : "/";
}
