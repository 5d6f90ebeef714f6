using ChatOpsBot.Adapters.Web.Callers;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;

namespace ChatOpsBot.Adapters.Web.Pages;

/// <summary>Lets only signed-in people see pages, and only forms of our own pages change something.</summary>
/// <param name="pages">For the answers.</param>
/// <param name="antiforgery">Form tokens.</param>
internal sealed class PageGate(PageServices pages, IAntiforgery antiforgery) : IEndpointFilter
{
    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (HttpMethods.IsGet(http.Request.Method))
        {
            return Caller.Of(http) is null ? ToSignIn(http) : await next(context);
        }

        if (!http.Request.HasFormContentType)
        {
            return pages.Message(http, StatusCodes.Status400BadRequest, "Not done", "the request is not a form of this console");
        }

        if (Caller.Of(http) is null)
        {
            return pages.Go(http, "/signin", "Your session is over. Sign in and do it again.", bad: true);
        }

        return await SameOrigin.ProblemAsync(http, antiforgery) is { } problem
            ? pages.Message(http, StatusCodes.Status403Forbidden, "Not done", $"{problem}; go back, reload the page and try again")
            : await next(context);
    }

    private IResult ToSignIn(HttpContext http)
    {
        var here = http.Request.Path + http.Request.QueryString;
        if (http.Request.Headers["Sec-Fetch-Site"] is ["cross-site" or "same-site"])
        {
            // A link in a chat or a mail: browsers hold strict cookies back then. Asked for by our own page, they send them.
            return PageServices.Show<MessagePage>(http, new MessageView(pages.Frame(http, "Opening") with { Reload = here }, "One moment.", here, "Open the page"));
        }

        return Results.Redirect($"/signin?return={Uri.EscapeDataString(here)}");
    }
}
