using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ChatOpsBot.Domain.Incidents;

/// <summary>
/// Turns events into the bytes that are stored and hashed, and back. The names are for ever: a record that changes its shape in a way that old bytes do not fit gets a new
/// record and a new name (<c>.v2</c>), and the old one stays readable.
/// </summary>
public static class EventCodec
{
    private static readonly (string Name, Type Type, JsonTypeInfo Json)[] Known =
    [
        ("opened.v1", typeof(IncidentEvent.Opened), IncidentJson.Default.Opened),
        ("joined.v1", typeof(IncidentEvent.Joined), IncidentJson.Default.Joined),
        ("recheck-requested.v1", typeof(IncidentEvent.RecheckRequested), IncidentJson.Default.RecheckRequested),
        ("run-requested.v1", typeof(IncidentEvent.RunRequested), IncidentJson.Default.RunRequested),
        ("note-added.v1", typeof(IncidentEvent.NoteAdded), IncidentJson.Default.NoteAdded),
        ("cancel-requested.v1", typeof(IncidentEvent.CancelRequested), IncidentJson.Default.CancelRequested),
        ("observed.v1", typeof(IncidentEvent.Observed), IncidentJson.Default.Observed),
        ("plan-proposed.v1", typeof(IncidentEvent.PlanProposed), IncidentJson.Default.PlanProposed),
        ("plan-impossible.v1", typeof(IncidentEvent.PlanImpossible), IncidentJson.Default.PlanImpossible),
        ("approved.v1", typeof(IncidentEvent.Approved), IncidentJson.Default.Approved),
        ("denied.v1", typeof(IncidentEvent.Denied), IncidentJson.Default.Denied),
        ("glass-broken.v1", typeof(IncidentEvent.GlassBroken), IncidentJson.Default.GlassBroken),
        ("review-due.v1", typeof(IncidentEvent.ReviewDue), IncidentJson.Default.ReviewDue),
        ("glass-reviewed.v1", typeof(IncidentEvent.GlassReviewed), IncidentJson.Default.GlassReviewed),
        ("approvals-voided.v1", typeof(IncidentEvent.ApprovalsVoided), IncidentJson.Default.ApprovalsVoided),
        ("begin-too-late.v1", typeof(IncidentEvent.BeginTooLate), IncidentJson.Default.BeginTooLate),
        ("reminder-due.v1", typeof(IncidentEvent.ReminderDue), IncidentJson.Default.ReminderDue),
        ("approval-expired.v1", typeof(IncidentEvent.ApprovalExpired), IncidentJson.Default.ApprovalExpired),
        ("guard-reported.v1", typeof(IncidentEvent.GuardReported), IncidentJson.Default.GuardReported),
        ("step-reported.v1", typeof(IncidentEvent.StepReported), IncidentJson.Default.StepReported),
        ("verified.v1", typeof(IncidentEvent.Verified), IncidentJson.Default.Verified),
        ("ack-seen.v1", typeof(IncidentEvent.AckSeen), IncidentJson.Default.AckSeen),
        ("watch-elapsed.v1", typeof(IncidentEvent.WatchElapsed), IncidentJson.Default.WatchElapsed),
        ("repair-overdue.v1", typeof(IncidentEvent.RepairOverdue), IncidentJson.Default.RepairOverdue),
        ("effect-given-up.v1", typeof(IncidentEvent.EffectGivenUp), IncidentJson.Default.EffectGivenUp),
    ];

    private static readonly FrozenDictionary<Type, (string Name, JsonTypeInfo Json)> ByType = Known.ToFrozenDictionary(known => known.Type, known => (known.Name, known.Json));

    private static readonly FrozenDictionary<string, JsonTypeInfo> ByName = Known.ToFrozenDictionary(known => known.Name, known => known.Json);

    /// <summary>The stored names of the events that this program writes.</summary>
    public static IEnumerable<string> Names => Known.Select(known => known.Name);

    /// <summary>The stored name of an event.</summary>
    public static string NameOf(IncidentEvent happened) => happened is IncidentEvent.Unknown unknown ? unknown.Type : ByType[happened.GetType()].Name;

    /// <summary>The bytes to store. An event that this program could not read keeps the bytes it had.</summary>
    public static ReadOnlyMemory<byte> Encode(IncidentEvent happened)
        => happened is IncidentEvent.Unknown unknown ? unknown.Body : JsonSerializer.SerializeToUtf8Bytes(happened, ByType[happened.GetType()].Json);

    /// <summary>Reads stored bytes. Never throws: what cannot be read is <see cref="IncidentEvent.Unknown"/> and says why.</summary>
    public static IncidentEvent Decode(string type, ReadOnlyMemory<byte> body)
    {
        if (!ByName.TryGetValue(type, out var json))
        {
            return new IncidentEvent.Unknown(default, type, body, $"it holds an event '{type}' of a newer version; upgrade this program");
        }

        try
        {
            return JsonSerializer.Deserialize(body.Span, json) as IncidentEvent ?? Damaged("it is null");
        }
        catch (JsonException failure)
        {
            return Damaged(failure.Message);
        }

        IncidentEvent.Unknown Damaged(string why) => new(default, type, body, $"its event '{type}' is damaged ({why}); restore the database from a backup");
    }
}
