using ChatOpsBot.Adapters.Web.Api;
using ChatOpsBot.Adapters.Web.Listeners;
using ChatOpsBot.Application.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Web.Security;

/// <summary>Gives every failure a short answer without insides; the log has them.</summary>
/// <param name="next">What follows.</param>
/// <param name="log">For operators.</param>
internal sealed class Failures(RequestDelegate next, ILogger<Failures> log)
{
    /// <summary>Runs around everything.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = e.StatusCode;
        }
        catch (InvalidDataException) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            log.RequestFailed(e, context.Request.Path);
            context.Response.StatusCode = e is StoreException ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError;
        }

        // The address for chat platforms tells strangers nothing, not even in words.
        if (!context.Response.HasStarted && context.Response is { StatusCode: >= 400, ContentType: null } && context.Features.Get<CameThrough>()?.Door != Listener.Ingress)
        {
            await SayAsync(context);
        }
    }

    private static Task SayAsync(HttpContext context)
    {
        var (error, usage) = context.Response.StatusCode switch
        {
            StatusCodes.Status400BadRequest => ("the request is not valid", "look at method, path, headers and body"),
            StatusCodes.Status404NotFound => ("there is nothing at this address", "the console is at /, the API under /api/v1"),
            StatusCodes.Status405MethodNotAllowed => ("this address does not know that method", $"use {context.Response.Headers.Allow}"),
            StatusCodes.Status408RequestTimeout => ("the request came too slowly", "try again"),
            StatusCodes.Status413PayloadTooLarge => ("the body is too large", $"send at most {RequestBody.Largest} bytes"),
            StatusCodes.Status429TooManyRequests => ("too many requests", "wait for the time that Retry-After says"),
            StatusCodes.Status503ServiceUnavailable => ("the store cannot be read or written; nothing is known to have happened", "try again, with the same Idempotency-Key; an operator finds the cause in the log"),
            _ => ("this is a bug of the service", "report it; an operator finds the cause in the log"),
        };
        if (context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) || !context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
        {
            return Answer.Error(context.Response.StatusCode, error, usage).ExecuteAsync(context);
        }

        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync($"{char.ToUpperInvariant(error[0])}{error[1..]}; {usage}.\n", context.RequestAborted);
    }
}
