using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Domain.Transcripts;

/// <summary>One event as it lies in the store.</summary>
/// <param name="Seq">Counted from 1 within the incident.</param>
/// <param name="Type">Stored type name.</param>
/// <param name="Body">The exact stored bytes.</param>
/// <param name="PreviousHash">Hash of the event before, <see cref="EventChain.Start"/> for the first.</param>
/// <param name="Hash">Hash of this event.</param>
public sealed record StoredEvent(long Seq, string Type, ReadOnlyMemory<byte> Body, string PreviousHash, string Hash)
{
    /// <summary>The moment that the body holds, beside it for queries; not covered by the hash, so nothing else relies on it.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The event itself.</summary>
    public IncidentEvent Read() => EventCodec.Decode(Type, Body);
}

/// <summary>Ties each event to all before it.</summary>
public static class EventChain
{
    /// <summary>What the first event of an incident follows.</summary>
    public const string Start = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>SHA-256 over incident, number, type, exact body and the hash before, each framed by its length; lower-case hex.</summary>
    public static string HashOf(IncidentId incident, long seq, string type, ReadOnlySpan<byte> body, string previousHash)
    {
        using var hash = new CanonicalHash("chatopsbot event 1");
        return hash.Add(previousHash).Add(incident.Number).Add(seq).Add(type).Add(body).Finish();
    }

    /// <summary>The event as it follows the one with that hash.</summary>
    public static StoredEvent Link(IncidentId incident, long seq, IncidentEvent happened, string previousHash)
    {
        var type = EventCodec.NameOf(happened);
        var body = EventCodec.Encode(happened);
        return new(seq, type, body, previousHash, HashOf(incident, seq, type, body.Span, previousHash)) { At = happened.At };
    }

    /// <summary>What does not hold together, in order; empty for a whole chain. Cannot notice that last events are missing or that all was recomputed: that takes a signature.</summary>
    public static IEnumerable<string> Problems(IncidentId incident, IReadOnlyList<StoredEvent> events)
    {
        var expected = 1L;
        var previous = Start;
        var jumped = false;
        foreach (var stored in events)
        {
            if (stored.Seq != expected)
            {
                jumped = true;
                yield return stored.Seq > expected
                    ? $"event {expected}{(stored.Seq > expected + 1 ? $" to {stored.Seq - 1}" : "")} is missing before event {stored.Seq}"
                    : $"event {stored.Seq} stands where event {expected} belongs: inserted, repeated or moved";
            }

            if (HashOf(incident, stored.Seq, stored.Type, stored.Body.Span, stored.PreviousHash) != stored.Hash)
            {
                yield return $"event {stored.Seq} was altered: its hash does not fit its content";
            }
            else if (stored.PreviousHash != previous && !jumped)
            {
                yield return $"event {stored.Seq} does not follow the event before it: event {stored.Seq - 1} was altered, replaced or inserted";
            }

            jumped = false;
            previous = stored.Hash;
            expected = stored.Seq + 1;
        }
    }
}
