using System.Security.Cryptography;
using System.Text;
using ChatOpsBot.Adapters.Web.Callers;
using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Chat;
using Microsoft.AspNetCore.Http;

namespace ChatOpsBot.Adapters.Web.Api;

/// <summary>Commands and decisions over HTTP: reading the request and wording the answer; everything else is done by the use cases.</summary>
internal static class CommandApi
{
    private const string CommandUsage = "POST { \"text\": \"check host42\" }; the command help lists what there is";
    private const string DecisionUsage = "POST { \"decision\": \"approve\" } or { \"decision\": \"deny\", \"reason\": \"...\" }";
    private const int LongestKey = 200;

    /// <summary><c>POST /api/v1/commands</c>.</summary>
    public static async Task<IResult> CommandAsync(HttpContext context, ICommandDispatcher dispatcher, CancellationToken cancellationToken)
    {
        var key = context.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length > LongestKey || key.Any(c => c is < ' ' or > '~'))
        {
            return Answer.Error(StatusCodes.Status400BadRequest, $"the header Idempotency-Key may hold at most {LongestKey} visible ASCII characters", CommandUsage);
        }

        var reading = await RequestBody.ReadAsync(context.Request, CommandUsage, ["text"], cancellationToken);
        if (reading.Texts is null)
        {
            return Failure(reading);
        }

        if (!reading.Texts.TryGetValue("text", out var text) || string.IsNullOrWhiteSpace(text))
        {
            return Answer.Error(StatusCodes.Status400BadRequest, "the member \"text\" is missing or empty", CommandUsage);
        }

        var caller = Caller.Required(context);
        return Of(await dispatcher.DispatchAsync(Request(caller, text, key), cancellationToken));
    }

    /// <summary><c>POST /api/v1/approvals/{token}</c>.</summary>
    public static async Task<IResult> DecideAsync(HttpContext context, string token, DecisionService decisions, CancellationToken cancellationToken)
    {
        var reading = await RequestBody.ReadAsync(context.Request, DecisionUsage, ["decision", "reason"], cancellationToken);
        if (reading.Texts is null)
        {
            return Failure(reading);
        }

        if (DecisionOf(reading.Texts.GetValueOrDefault("decision")) is not { } decision)
        {
            return Answer.Error(StatusCodes.Status400BadRequest, "the member \"decision\" must be \"approve\" or \"deny\"", DecisionUsage);
        }

        var request = new DecisionRequest(new DecisionSubject.OfToken(token), Caller.Required(context).Id, decision) { Reason = reading.Texts.GetValueOrDefault("reason") };
        var outcome = await decisions.DecideAsync(request, cancellationToken);
        return Answer.Of(StatusOf(outcome), json =>
        {
            json.WriteString("text", outcome.Text);
            json.WriteString("incident", outcome.Incident?.ToString());
            if (outcome is DecisionOutcome.NotAllowed refused)
            {
                json.WriteString("rule", refused.Rule);
            }
        });
    }

    /// <summary>The command line of a person on this surface. A key counts together with person and line: repeated it does nothing, for another line it is another command.</summary>
    public static CommandRequest Request(Caller caller, string text, string key) => new()
    {
        Person = caller.Id,
        Identities = [$"console person {caller.Id}"],
        Text = text,
        IdempotencyKey = key.Length == 0 ? null : $"http:{caller.Id}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{key}\n{text}")))}",
    };

    /// <summary>The word for a decision; exactly these.</summary>
    public static Decision? DecisionOf(string? word) => word switch
    {
        "approve" => Decision.Approve,
        "deny" => Decision.Deny,
        _ => null,
    };

    /// <summary>The status code of a decision's outcome.</summary>
    public static int StatusOf(DecisionOutcome outcome) => outcome switch
    {
        DecisionOutcome.Decided => StatusCodes.Status200OK,
        DecisionOutcome.NotAllowed => StatusCodes.Status403Forbidden,
        DecisionOutcome.Expired => StatusCodes.Status410Gone,
        _ => StatusCodes.Status409Conflict,
    };

    private static Answer Of(CommandAnswer answer) => answer switch
    {
        CommandAnswer.Done done => Good(done.Incident?.ToString(), done.Text),
        CommandAnswer.NotDone nothing => Good(nothing.Incident?.ToString(), nothing.Text),
        CommandAnswer.Refused refused => Refused(refused.Text, refused.Rule),
        CommandAnswer.NotUnderstood usage => Answer.Error(StatusCodes.Status400BadRequest, usage.Text, usage.Usage),
        var other => throw new InvalidOperationException($"unknown answer {other.GetType().Name}"),
    };

    /// <summary>The policy said no.</summary>
    public static Answer Refused(string text, string rule) => Answer.Of(StatusCodes.Status403Forbidden, json =>
    {
        json.WriteString("refused", text);
        json.WriteString("rule", rule);
    });

    private static Answer Good(string? incident, string text) => Answer.Of(StatusCodes.Status200OK, json =>
    {
        json.WriteString("incident", incident);
        json.WriteString("text", text);
    });

    private static Answer Failure(BodyReading reading) => reading.Failure ?? throw new InvalidOperationException("a body was neither read nor refused");
}
