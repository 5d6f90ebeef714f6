using System.Globalization;
using System.Text;
using ChatOpsBot.Adapters.Web.Callers;
using ChatOpsBot.Adapters.Web.Incidents;
using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Domain.Transcripts;
using Microsoft.AspNetCore.Http;

namespace ChatOpsBot.Adapters.Web.Api;

/// <summary>Reads incidents over HTTP.</summary>
internal static class IncidentApi
{
    private const string ListUsage = "GET /api/v1/incidents?open=true|false&host=HOST&before=I-42&limit=1..200";
    private const string OneUsage = "GET /api/v1/incidents/I-42";
    private const int MostListed = 200;
    private const int UsuallyListed = 50;

    /// <summary><c>GET /api/v1/incidents</c>, newest first; what the caller may not see is left out.</summary>
    public static async Task<IResult> ListAsync(HttpContext context, IIncidentStore store, IncidentReader reader, Access access, DecisionService decisions, CancellationToken cancellationToken)
    {
        if (!TryReadFilter(context.Request.Query, out var filter, out var error))
        {
            return Answer.Error(StatusCodes.Status400BadRequest, error, ListUsage);
        }

        var caller = Caller.Required(context);
        List<IncidentReading> readings = [];
        foreach (var line in await store.ListAsync(filter, cancellationToken))
        {
            if (access.May(caller.Id, PolicyCommand.Incidents, line.Host) && await reader.FindAsync(line.Id, withOutputs: false, cancellationToken) is { } reading)
            {
                readings.Add(reading);
            }
        }

        return Answer.Of(StatusCodes.Status200OK, json =>
        {
            json.WriteNumber("schema", 1);
            json.WriteStartArray("incidents");
            foreach (var reading in readings)
            {
                json.WriteStartObject();
                IncidentJson.WriteLine(json, reading, decisions.TokenFor(reading.Incident, caller.Id));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    /// <summary><c>GET /api/v1/incidents/{id}</c>.</summary>
    public static async Task<IResult> OneAsync(HttpContext context, string id, IncidentReader reader, Access access, DecisionService decisions, CancellationToken cancellationToken)
    {
        var (reading, failure) = await FindAsync(context, id, PolicyCommand.Status, reader, access, cancellationToken);
        return reading is null
            ? failure
            : Answer.Of(StatusCodes.Status200OK, json => IncidentJson.WriteDetail(json, reading, decisions.TokenFor(reading.Incident, Caller.Required(context).Id)));
    }

    /// <summary><c>GET /api/v1/incidents/{id}/transcript</c>.</summary>
    public static async Task<IResult> TranscriptAsync(
        HttpContext context, string id, IncidentReader reader, Access access, TranscriptService transcripts, CancellationToken cancellationToken)
    {
        var format = context.Request.Query.TryGetValue("format", out var word) ? word.ToString() : "json";
        if (format is not ("json" or "md" or "html"))
        {
            return Answer.Error(StatusCodes.Status400BadRequest, "the format must be json, md or html", $"{OneUsage}/transcript?format=json");
        }

        var (reading, failure) = await FindAsync(context, id, PolicyCommand.Transcript, reader, access, cancellationToken);
        if (reading is null || await transcripts.ExportAsync(reading.Incident.Id, cancellationToken) is not { } transcript)
        {
            return failure;
        }

        if (format == "html")
        {
            // The file has its style inside, also when it is opened from a disk. It runs nothing and loads nothing.
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";
        }

        context.Response.Headers.ContentDisposition = $"inline; filename=\"{transcript.Incident}.{format}\"";
        var (bytes, type) = format switch
        {
            "html" => (Encoding.UTF8.GetBytes(TranscriptHtml.Render(transcript)), "text/html; charset=utf-8"),
            "md" => (Encoding.UTF8.GetBytes(TranscriptMarkdown.Render(transcript)), "text/markdown; charset=utf-8"),
            _ => (TranscriptExport.Write(transcript), "application/json; charset=utf-8"),
        };
        return Results.Bytes(bytes, type);
    }

    /// <summary><c>GET /api/v1/incidents/{id}/events</c>.</summary>
    public static async Task<IResult> EventsAsync(HttpContext context, string id, IncidentReader reader, Access access, EventStream stream, CancellationToken cancellationToken)
    {
        var (reading, failure) = await FindAsync(context, id, PolicyCommand.Status, reader, access, cancellationToken);
        if (reading is null)
        {
            return failure;
        }

        // The header is what browsers send when they come back; the first time a page can only say it in the address.
        var text = context.Request.Headers["Last-Event-ID"] is [{ Length: > 0 } header] ? header : context.Request.Query["after"].ToString();
        var after = 0L;
        if (text.Length > 0 && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            return Answer.Error(StatusCodes.Status400BadRequest, "Last-Event-ID is not the number of an event", $"{OneUsage}/events, with Last-Event-ID: 17 to resume after event 17");
        }

        if (!reading.Incident.IsOpen && after == reading.Seq)
        {
            // Tells a browser that has seen everything not to come back.
            return Results.NoContent();
        }

        await stream.RunAsync(context, Caller.Required(context), reading.Incident, after);
        return Results.Empty;
    }

    private static async Task<(IncidentReading? Reading, Answer Failure)> FindAsync(
        HttpContext context, string id, PolicyCommand command, IncidentReader reader, Access access, CancellationToken cancellationToken)
    {
        if (!IncidentId.TryParse(id, out var incident))
        {
            return (null, Answer.Error(StatusCodes.Status404NotFound, "that is not the id of an incident", OneUsage));
        }

        if (await reader.FindAsync(incident, withOutputs: false, cancellationToken) is not { } reading)
        {
            return (null, Answer.Error(StatusCodes.Status404NotFound, $"there is no incident {incident}", "GET /api/v1/incidents lists them"));
        }

        return access.Judge(Caller.Required(context).Id, command, reading.Incident.Request.Host) is PolicyAnswer.Refused refused
            ? (null, CommandApi.Refused($"{refused.Sentence}; {refused.Remedy}", refused.Rule))
            : (reading, Answer.Error(StatusCodes.Status404NotFound, $"there is no incident {incident}", OneUsage));
    }

    private static bool TryReadFilter(IQueryCollection query, out IncidentFilter filter, out string error)
    {
        filter = new() { Limit = UsuallyListed };
        error = "";
        foreach (var (name, values) in query)
        {
            var text = values.ToString();
            switch (name)
            {
                case "open" when text is "true" or "false":
                    filter = filter with { Open = text == "true" };
                    break;
                case "host" when text.Length is > 0 and <= 256:
                    filter = filter with { Host = text };
                    break;
                case "before" when IncidentId.TryParse(text, out var before):
                    filter = filter with { Before = before };
                    break;
                case "limit" when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MostListed:
                    filter = filter with { Limit = limit };
                    break;
                default:
                    error = name is "open" or "host" or "before" or "limit" ? $"the value of {name} is not valid" : $"there is no parameter {(name.Length > 40 ? name[..40] : name)}";
                    return false;
            }
        }

        return true;
    }
}
