using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ChatOpsBot.Domain.Incidents;

/// <summary>Turns effects into stored bytes and back; names are as stable as those of events, since effects outlive an upgrade.</summary>
public static class EffectCodec
{
    /// <summary>Stored name of <see cref="Effect.Observe"/>.</summary>
    public const string Observe = "observe.v1";

    /// <summary>Stored name of <see cref="Effect.ProposePlan"/>.</summary>
    public const string ProposePlan = "propose-plan.v1";

    /// <summary>Stored name of <see cref="Effect.BeginRepair"/>.</summary>
    public const string BeginRepair = "begin-repair.v1";

    /// <summary>Stored name of <see cref="Effect.ApplyRepair"/>.</summary>
    public const string ApplyRepair = "apply-repair.v1";

    /// <summary>Stored name of <see cref="Effect.VerifyRepair"/>.</summary>
    public const string VerifyRepair = "verify-repair.v1";

    /// <summary>Stored name of <see cref="Effect.CommitRepair"/>.</summary>
    public const string CommitRepair = "commit-repair.v1";

    /// <summary>Stored name of <see cref="Effect.RevertRepair"/>.</summary>
    public const string RevertRepair = "revert-repair.v1";

    private static readonly (string Name, Type Type, JsonTypeInfo Json)[] Known =
    [
        (Observe, typeof(Effect.Observe), IncidentJson.Default.Observe),
        (ProposePlan, typeof(Effect.ProposePlan), IncidentJson.Default.ProposePlan),
        (BeginRepair, typeof(Effect.BeginRepair), IncidentJson.Default.BeginRepair),
        (ApplyRepair, typeof(Effect.ApplyRepair), IncidentJson.Default.ApplyRepair),
        (VerifyRepair, typeof(Effect.VerifyRepair), IncidentJson.Default.VerifyRepair),
        (CommitRepair, typeof(Effect.CommitRepair), IncidentJson.Default.CommitRepair),
        (RevertRepair, typeof(Effect.RevertRepair), IncidentJson.Default.RevertRepair),
        ("watch-guests.v1", typeof(Effect.WatchGuests), IncidentJson.Default.WatchGuests),
        ("update-card.v1", typeof(Effect.UpdateCard), IncidentJson.Default.UpdateCard),
        ("ask-for-approval.v1", typeof(Effect.AskForApproval), IncidentJson.Default.AskForApproval),
        ("ask-human.v1", typeof(Effect.AskHuman), IncidentJson.Default.AskHuman),
        ("publish-transcript.v1", typeof(Effect.PublishTranscript), IncidentJson.Default.PublishTranscript),
        ("remind-approvers.v1", typeof(Effect.RemindApprovers), IncidentJson.Default.RemindApprovers),
        ("expire-approval.v1", typeof(Effect.ExpireApproval), IncidentJson.Default.ExpireApproval),
        ("ask-for-review.v1", typeof(Effect.AskForReview), IncidentJson.Default.AskForReview),
        ("tell-review.v1", typeof(Effect.TellReview), IncidentJson.Default.TellReview),
        ("remind-review.v1", typeof(Effect.RemindReview), IncidentJson.Default.RemindReview),
        ("end-watch.v1", typeof(Effect.EndWatch), IncidentJson.Default.EndWatch),
        ("end-repair.v1", typeof(Effect.EndRepair), IncidentJson.Default.EndRepair),
    ];

    private static readonly FrozenDictionary<Type, (string Name, JsonTypeInfo Json)> ByType = Known.ToFrozenDictionary(known => known.Type, known => (known.Name, known.Json));

    private static readonly FrozenDictionary<string, JsonTypeInfo> ByName = Known.ToFrozenDictionary(known => known.Name, known => known.Json);

    /// <summary>The stored names of the effects that this program writes.</summary>
    public static IEnumerable<string> Names => Known.Select(known => known.Name);

    /// <summary>The stored name of an effect.</summary>
    public static string NameOf(Effect effect) => ByType[effect.GetType()].Name;

    /// <summary>The bytes to store.</summary>
    public static ReadOnlyMemory<byte> Encode(Effect effect) => JsonSerializer.SerializeToUtf8Bytes(effect, ByType[effect.GetType()].Json);

    /// <summary>Reads stored bytes; <see langword="null"/> when this program does not know the name or cannot read the bytes.</summary>
    public static Effect? Decode(string name, ReadOnlyMemory<byte> body)
    {
        try
        {
            return ByName.TryGetValue(name, out var json) ? JsonSerializer.Deserialize(body.Span, json) as Effect : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
