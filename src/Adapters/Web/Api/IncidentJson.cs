using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ChatOpsBot.Adapters.Web.Incidents;
using ChatOpsBot.Application.Json;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Adapters.Web.Api;

/// <summary>The stable JSON form of an incident (schema 1).</summary>
internal static class IncidentJson
{
    /// <summary>Writes one incident with diagnosis and plan.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="reading">The incident.</param>
    /// <param name="decide">The token with which this caller may decide; <see langword="null"/> when there is nothing to decide, or not for them.</param>
    public static void WriteDetail(Utf8JsonWriter json, IncidentReading reading, string? decide)
    {
        WriteHead(json, reading);
        if (reading.Incident.Diagnosis is { } diagnosis)
        {
            json.WritePropertyName("diagnosis");
            DiagnosisJson.Write(json, diagnosis);
        }
        else
        {
            json.WriteNull("diagnosis");
        }

        WritePlan(json, reading.Proposed);
        WriteTail(json, reading, decide);
        if (LookFurther.Command(reading.Incident) is { } next)
        {
            json.WriteString("next", next);
        }
    }

    /// <summary>Writes one incident of a list.</summary>
    public static void WriteLine(Utf8JsonWriter json, IncidentReading reading, string? decide)
    {
        WriteHead(json, reading);
        WriteTail(json, reading, decide);
    }

    /// <summary>A moment as the API writes it: UTC, to the second.</summary>
    public static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Writes one event as the stream sends it. Texts are made harmless: terminals print them.</summary>
    public static void WriteEvent(Utf8JsonWriter json, TimelineEntry entry, string type, string state)
    {
        json.WriteNumber("seq", entry.Seq);
        json.WriteString("at", entry.At is { } at ? Moment(at) : null);
        json.WriteString("type", type);
        json.WriteString("state", state);
        json.WriteString("text", Harmless.Line(entry.Text));
        json.WriteStartArray("blocks");
        foreach (var block in entry.Blocks)
        {
            json.WriteStringValue(Harmless.Visible(block));
        }

        json.WriteEndArray();
    }

    private static void WriteHead(Utf8JsonWriter json, IncidentReading reading)
    {
        var incident = reading.Incident;
        json.WriteNumber("schema", 1);
        json.WriteString("id", incident.Id.ToString());
        json.WriteString("host", incident.Request.Host);
        json.WriteString("state", incident.State.Name);
        json.WriteString("openedBy", incident.OpenedBy.Value);
        json.WriteString("openedAt", Moment(incident.OpenedAt));
        json.WriteString("endedAt", incident.EndedAt is { } ended ? Moment(ended) : null);
        json.WriteNumber("events", reading.Seq);
        json.WriteString("head", reading.Head);
    }

    private static void WriteTail(Utf8JsonWriter json, IncidentReading reading, string? decide)
    {
        json.WriteStartArray("approvals");
        foreach (var decision in reading.Decisions)
        {
            json.WriteStartObject();
            json.WriteString("person", decision.Person.Value);
            json.WriteString("decision", decision.Alone ? "break-glass" : decision.Approved ? "approve" : "deny");
            json.WriteString("at", Moment(decision.At));
            json.WriteString("reason", decision.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("decide", decide);
        json.WriteString("why", Why(reading.Incident));
    }

    /// <summary>What the state alone does not say: the question to a human, or how it ended.</summary>
    private static string? Why(Incident incident) => incident.Problem ?? incident.State switch
    {
        IncidentState.Ended ended => ended.Why,
        IncidentState.Escalated escalated => escalated.Question,
        IncidentState.Reverting reverting => reverting.Why,
        _ => null,
    };

    private static void WritePlan(Utf8JsonWriter json, IncidentEvent.PlanProposed? proposed)
    {
        if (proposed is null)
        {
            json.WriteNull("plan");
            return;
        }

        var plan = proposed.Plan;
        json.WriteStartObject("plan");
        json.WriteString("id", plan.Id);
        json.WriteString("hash", proposed.PlanHash);
        json.WriteString("risk", plan.Risk.ToString());
        json.WriteString("expires", Moment(plan.Expires));
        json.WriteStartArray("steps");
        foreach (var step in plan.Steps)
        {
            WriteStep(json, step);
        }

        json.WriteEndArray();
        json.WriteString("runbook", plan.Runbook);
        WriteTexts(json, "blastRadius", plan.BlastRadius);
        WriteTexts(json, "approvers", proposed.Requirement.From);
        json.WriteNumber("quorum", proposed.Requirement.Quorum);
        json.WriteBoolean("requesterMay", proposed.Requirement.RequesterMay);
        json.WriteEndObject();
    }

    private static void WriteStep(Utf8JsonWriter json, PlanStep step)
    {
        json.WriteStartObject();
        WriteTexts(json, "argv", step.Run);
        WriteTexts(json, "undo", step.Undo);
        json.WriteString("before", step.Before);
        json.WriteString("after", step.After);
        json.WriteString("name", step.Name);
        json.WriteString("risk", step.Risk.ToString());
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, ImmutableArray<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
