using ChatOpsBot.Adapters.Web.Api;
using ChatOpsBot.Adapters.Web.Callers;
using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using Microsoft.AspNetCore.Http;

namespace ChatOpsBot.Adapters.Web.Pages;

/// <summary>The forms of the pages. Each is a command or a decision like any other; afterwards the browser is sent to a page that can be reloaded.</summary>
internal static class FormEndpoints
{
    private const int LongestText = 2000;

    /// <summary><c>POST /command</c>: the command box and the check buttons.</summary>
    public static async Task<IResult> CommandAsync(
        HttpContext context, PageServices pages, ICommandDispatcher dispatcher, IIncidentStore store, Access access, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken);
        var text = Text(form, "text");
        var answer = await DispatchAsync(context, dispatcher, form, text, cancellationToken);
        if (answer is CommandAnswer.Done { Incident: { } incident })
        {
            return pages.Go(context, $"/incidents/{incident}", answer.Text, bad: false);
        }

        // Answers such as that of "help" are longer than a cookie, so this page is shown at once; sending it again does nothing.
        var view = await PageEndpoints.HomeViewAsync(context, pages, store, access, text, cancellationToken);
        var said = answer is CommandAnswer.NotUnderstood usage ? $"{usage.Text}\n{usage.Usage}" : answer.Text;
        return PageServices.Show<HomePage>(context, view with { Frame = view.Frame with { Said = said, SaidBad = IsBad(answer) } }, status: StatusOf(answer));
    }

    /// <summary><c>POST /incidents/{id}/do</c>: recheck, note, cancel.</summary>
    public static async Task<IResult> DoAsync(HttpContext context, string id, PageServices pages, ICommandDispatcher dispatcher, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken);
        var verb = form["verb"].ToString();
        if (!IncidentId.TryParse(id, out var incident) || verb is not ("recheck" or "note" or "cancel"))
        {
            return pages.Message(context, StatusCodes.Status400BadRequest, "Not done", "this page does not know that action");
        }

        var line = verb == "note" ? $"note {incident} {Text(form, "text")}" : $"{verb} {incident}";
        var answer = await DispatchAsync(context, dispatcher, form, line, cancellationToken);
        return pages.Go(context, $"/incidents/{incident}", answer.Text, IsBad(answer));
    }

    /// <summary><c>POST /incidents/{id}/decide</c>: approve or deny the plan that the page showed.</summary>
    public static async Task<IResult> DecideAsync(HttpContext context, string id, PageServices pages, DecisionService decisions, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken);
        if (!IncidentId.TryParse(id, out var incident) || CommandApi.DecisionOf(form["verb"]) is not { } decision)
        {
            return pages.Message(context, StatusCodes.Status400BadRequest, "Not done", "this page does not know that decision");
        }

        var request = new DecisionRequest(new DecisionSubject.OfToken(form["token"].ToString()), Caller.Required(context).Id, decision)
        {
            Reason = Text(form, "reason"),
            SignedIn = Caller.Required(context).ByCookie,
        };
        var outcome = await decisions.DecideAsync(request, cancellationToken);
        return pages.Go(context, $"/incidents/{incident}", outcome.Text, bad: outcome is not DecisionOutcome.Decided);
    }

    private static Task<CommandAnswer> DispatchAsync(HttpContext context, ICommandDispatcher dispatcher, IFormCollection form, string line, CancellationToken cancellationToken)
    {
        var key = form["key"].ToString();
        return dispatcher.DispatchAsync(CommandApi.Request(Caller.Required(context), line, key.Length > 100 ? "" : key), cancellationToken);
    }

    /// <summary>One line: line ends in a note would otherwise be taken for another command.</summary>
    private static string Text(IFormCollection form, string name)
    {
        var text = form[name].ToString().ReplaceLineEndings(" ").Trim();
        return text.Length > LongestText ? text[..LongestText] : text;
    }

    private static bool IsBad(CommandAnswer answer) => answer is not CommandAnswer.Done;

    private static int StatusOf(CommandAnswer answer) => answer switch
    {
        CommandAnswer.Refused => StatusCodes.Status403Forbidden,
        CommandAnswer.NotUnderstood => StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status200OK,
    };
}
