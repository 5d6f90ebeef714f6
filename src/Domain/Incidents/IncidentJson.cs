using System.Text.Json;
using System.Text.Json.Serialization;
using ChatOpsBot.Domain.Approvals;

namespace ChatOpsBot.Domain.Incidents;

/// <summary>Source-generated JSON of everything that is stored about an incident.</summary>
/// <remarks>
/// A missing constructor parameter or a null where none may be is damage and not a default: a record with a default <c>ImmutableArray</c> would fail much later.
/// A member added to a stored record must therefore be an <c>init</c> property with a default.
/// </remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(PersonIdJson), typeof(ConversationIdJson)])]
[JsonSerializable(typeof(IncidentEvent.Opened))]
[JsonSerializable(typeof(IncidentEvent.Joined))]
[JsonSerializable(typeof(IncidentEvent.RecheckRequested))]
[JsonSerializable(typeof(IncidentEvent.RunRequested))]
[JsonSerializable(typeof(IncidentEvent.NoteAdded))]
[JsonSerializable(typeof(IncidentEvent.CancelRequested))]
[JsonSerializable(typeof(IncidentEvent.Observed))]
[JsonSerializable(typeof(IncidentEvent.PlanProposed))]
[JsonSerializable(typeof(IncidentEvent.PlanImpossible))]
[JsonSerializable(typeof(IncidentEvent.Approved))]
[JsonSerializable(typeof(IncidentEvent.Denied))]
[JsonSerializable(typeof(IncidentEvent.GlassBroken))]
[JsonSerializable(typeof(IncidentEvent.ReviewDue))]
[JsonSerializable(typeof(IncidentEvent.GlassReviewed))]
[JsonSerializable(typeof(IncidentEvent.ApprovalsVoided))]
[JsonSerializable(typeof(IncidentEvent.BeginTooLate))]
[JsonSerializable(typeof(IncidentEvent.ReminderDue))]
[JsonSerializable(typeof(IncidentEvent.ApprovalExpired))]
[JsonSerializable(typeof(IncidentEvent.GuardReported))]
[JsonSerializable(typeof(IncidentEvent.StepReported))]
[JsonSerializable(typeof(IncidentEvent.Verified))]
[JsonSerializable(typeof(IncidentEvent.AckSeen))]
[JsonSerializable(typeof(IncidentEvent.WatchElapsed))]
[JsonSerializable(typeof(IncidentEvent.RepairOverdue))]
[JsonSerializable(typeof(IncidentEvent.EffectGivenUp))]
[JsonSerializable(typeof(Effect.Observe))]
[JsonSerializable(typeof(Effect.ProposePlan))]
[JsonSerializable(typeof(Effect.BeginRepair))]
[JsonSerializable(typeof(Effect.ApplyRepair))]
[JsonSerializable(typeof(Effect.VerifyRepair))]
[JsonSerializable(typeof(Effect.CommitRepair))]
[JsonSerializable(typeof(Effect.RevertRepair))]
[JsonSerializable(typeof(Effect.WatchGuests))]
[JsonSerializable(typeof(Effect.UpdateCard))]
[JsonSerializable(typeof(Effect.AskForApproval))]
[JsonSerializable(typeof(Effect.AskHuman))]
[JsonSerializable(typeof(Effect.PublishTranscript))]
[JsonSerializable(typeof(Effect.RemindApprovers))]
[JsonSerializable(typeof(Effect.ExpireApproval))]
[JsonSerializable(typeof(Effect.AskForReview))]
[JsonSerializable(typeof(Effect.TellReview))]
[JsonSerializable(typeof(Effect.RemindReview))]
[JsonSerializable(typeof(Effect.EndWatch))]
[JsonSerializable(typeof(Effect.EndRepair))]
internal sealed partial class IncidentJson : JsonSerializerContext;

/// <summary>A person as plain text.</summary>
internal sealed class PersonIdJson : JsonConverter<PersonId>
{
    /// <inheritdoc/>
    public override PersonId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => new(reader.GetString() ?? throw new JsonException("a person is null"));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, PersonId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>A conversation as plain text.</summary>
internal sealed class ConversationIdJson : JsonConverter<ConversationId>
{
    /// <inheritdoc/>
    public override ConversationId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => new(reader.GetString() ?? throw new JsonException("a conversation is null"));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ConversationId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
