using System.Security.Cryptography;
using ChatOpsBot.Adapters.Web.Callers;
using ChatOpsBot.Adapters.Web.Security;
using ChatOpsBot.Application.Ports;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatOpsBot.Adapters.Web.Pages;

/// <summary>What every page needs: the frame, the form token, and the answer to what the person did before.</summary>
/// <param name="antiforgery">Form tokens.</param>
/// <param name="protection">Seals the answer that travels in a cookie.</param>
/// <param name="configuration">For the warning in the footer.</param>
internal sealed class PageServices(IAntiforgery antiforgery, IDataProtectionProvider protection, IConfigurationSource configuration)
{
    private const string SaidCookie = "chatopsbot-said";

    /// <summary>Cookies beyond 4 KiB are dropped by browsers; sealing makes it longer by a half.</summary>
    private const int LongestSaid = 1200;

    private readonly IDataProtector _protector = protection.CreateProtector("ChatOpsBot.Console.Said.v1");

    /// <summary>The frame of a page for this caller.</summary>
    public PageFrame Frame(HttpContext context, string title)
    {
        var frame = new PageFrame(title, Caller.Of(context), antiforgery.GetAndStoreTokens(context).RequestToken ?? "") { Warning = configuration.Problem?.ToString() };
        if (context.Request.Cookies[SaidCookie] is not { Length: > 0 and < 4096 } sealedText)
        {
            return frame;
        }

        context.Response.Cookies.Delete(SaidCookie);
        try
        {
            var said = _protector.Unprotect(sealedText);
            return frame with { Said = said[1..], SaidBad = said[0] == '!' };
        }
        catch (CryptographicException)
        {
            return frame;
        }
    }

    /// <summary>Goes to a page and shows a text there, once.</summary>
    public IResult Go(HttpContext context, string path, string said, bool bad)
    {
        var text = (bad ? "!" : ".") + (said.Length > LongestSaid ? said[..LongestSaid] + "..." : said);
        context.Response.Cookies.Append(SaidCookie, _protector.Protect(text), new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            MaxAge = TimeSpan.FromMinutes(1),
            IsEssential = true,
        });
        return See(context, path);
    }

    /// <summary>Goes to a page after a form.</summary>
    public static IResult See(HttpContext context, string path)
    {
        context.Response.Headers.Location = path;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    /// <summary>Renders a page.</summary>
    public static IResult Show<TPage>(HttpContext context, object view, string parameter = "View", int status = StatusCodes.Status200OK)
        where TPage : IComponent
    {
        SecurityHeaders.ForPage(context);
        return new RazorComponentResult<TPage>(new Dictionary<string, object?> { [parameter] = view }) { StatusCode = status, PreventStreamingRendering = true };
    }

    /// <summary>A page that only says something.</summary>
    public IResult Message(HttpContext context, int status, string title, string text, string link = "/", string linkText = "Incidents")
        => Show<MessagePage>(context, new MessageView(Frame(context, title), text, link, linkText), status: status);

    /// <summary>A fresh name for the next action.</summary>
    public static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
}
