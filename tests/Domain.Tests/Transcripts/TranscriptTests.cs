using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Domain.Tests.Transcripts;

public sealed class TranscriptTests : IDisposable
{
    private static readonly IncidentId Id = new(42);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private string PublicKey => _key.ExportSubjectPublicKeyInfoPem();

    [Fact]
    public void Verify_Untouched_IsGoodAndEverythingIsChecked()
    {
        var verification = TranscriptVerification.Verify(TranscriptExport.Write(Signed(Repaired())), PublicKey);

        Assert.Empty(verification.Problems);
        Assert.Empty(verification.NotChecked);
        Assert.Equal(Repaired().Length, verification.Count);
    }

    [Fact]
    public void Verify_AnyByteOfAnyBodyAltered_NamesThatEvent()
    {
        var transcript = Signed(Repaired());
        foreach (var stored in transcript.Events)
        {
            for (var at = 0; at < stored.Body.Length; at += 7)
            {
                var body = stored.Body.ToArray();
                body[at] ^= 1;
                var altered = transcript with { Events = transcript.Events.SetItem((int)stored.Seq - 1, stored with { Body = body }) };
                Assert.Contains(Problems(altered), problem => problem.StartsWith($"event {stored.Seq} was altered", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void Verify_AlteredWithItsOwnHashMadeNew_IsNamedByTheNext()
    {
        var transcript = Signed(Repaired());
        var stored = transcript.Events[3];
        var forged = stored with { Body = "{}"u8.ToArray() };
        forged = forged with { Hash = EventChain.HashOf(Id, forged.Seq, forged.Type, forged.Body.Span, forged.PreviousHash) };

        Assert.Contains(Problems(transcript with { Events = transcript.Events.SetItem(3, forged) }), problem => problem.Contains("event 4 was altered, replaced or inserted", StringComparison.Ordinal));
    }

    [Fact]
    public void Verify_AnyEventRemoved_IsNamed()
    {
        var transcript = Signed(Repaired());
        for (var at = 0; at < transcript.Events.Length; at++)
        {
            var problems = Problems(transcript with { Events = transcript.Events.RemoveAt(at) }, transcript.Events.Length, transcript.Head);
            var expected = at == transcript.Events.Length - 1 ? "1 are missing" : $"event {at + 1} is missing";
            Assert.Contains(problems, problem => problem.Contains(expected, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Verify_LastEventsRemovedWithCountAndHead_IsFoundByTheSignatureOnly()
    {
        var transcript = Signed(Repaired());
        var json = TranscriptExport.Write(transcript with { Events = transcript.Events[..^2] });

        Assert.Contains(TranscriptVerification.Verify(json, PublicKey).Problems, problem => problem.Contains("last events were removed", StringComparison.Ordinal));
        var without = TranscriptVerification.Verify(json, null);
        Assert.True(without.IsGood);
        Assert.Contains(without.NotChecked, gap => gap.Contains("last events", StringComparison.Ordinal));
    }

    [Fact]
    public void Verify_TwoEventsSwapped_IsNamed()
    {
        var transcript = Signed(Repaired());
        var swapped = transcript.Events.SetItem(2, transcript.Events[3]).SetItem(3, transcript.Events[2]);

        Assert.Contains(Problems(transcript with { Events = swapped }), problem => problem.Contains("event 3 stands where event 5 belongs", StringComparison.Ordinal));
    }

    [Fact]
    public void Verify_EventInserted_IsNamed()
    {
        var transcript = Signed(Repaired());
        var extra = EventChain.Link(Id, 3, new IncidentEvent.NoteAdded(At(2), Ann, "all fine"), transcript.Events[1].Hash);

        Assert.Contains(Problems(transcript with { Events = transcript.Events.Insert(2, extra) }), problem => problem.Contains("event 3 stands where event 4 belongs", StringComparison.Ordinal));
    }

    [Fact]
    public void Verify_WhollyRecomputed_IsFoundByTheSignature()
    {
        var events = Repaired();
        var forged = Chain([.. events.Select(stored => stored.Read()).Where(happened => happened is not IncidentEvent.NoteAdded)]);
        var json = TranscriptExport.Write(Signed(events) with { Events = forged });

        Assert.Contains(TranscriptVerification.Verify(json, PublicKey).Problems, problem => problem.Contains("recomputed as a whole", StringComparison.Ordinal));
    }

    [Fact]
    public void Verify_SignedByAnotherKey_NamesIt()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var problems = TranscriptVerification.Verify(TranscriptExport.Write(Signed(Repaired())), other.ExportSubjectPublicKeyInfoPem()).Problems;

        Assert.Contains(problems, problem => problem.Contains(TranscriptSignature.FingerprintOf(_key), StringComparison.Ordinal));
    }

    [Fact]
    public void Verify_SignatureTakenAway_IsFound()
        => Assert.Contains("it has no signature", TranscriptVerification.Verify(TranscriptExport.Write(Signed(Repaired()) with { Signature = null }), PublicKey).Problems);

    [Fact]
    public void Verify_EventsOfAnotherIncident_AreFound()
        => Assert.NotEmpty(Problems(Signed(Repaired()) with { Incident = new(43) }));

    [Fact]
    public void Verify_BlobAlteredOrForeignOrMissing_IsSaid()
    {
        var output = Encoding.UTF8.GetBytes(new string('x', 70_000));
        var hash = Convert.ToHexStringLower(SHA256.HashData(output));
        var events = Chain([Opened, Fault() with { Snapshot = new(hash, output.Length) }]);
        var whole = Signed(events) with { Blobs = ImmutableSortedDictionary<string, ReadOnlyMemory<byte>>.Empty.Add(hash, output) };
        Assert.Empty(Problems(whole));

        output[5] ^= 1;
        Assert.Contains(Problems(whole), problem => problem.Contains("of event 2 was altered", StringComparison.Ordinal));
        Assert.Contains(Problems(whole with { Blobs = whole.Blobs.Add("aa", output) }), problem => problem.Contains("belongs to no event", StringComparison.Ordinal));
        Assert.Contains(TranscriptVerification.Verify(TranscriptExport.Write(Signed(events)), PublicKey).NotChecked, gap => gap.Contains(hash, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"schema\":2}")]
    [InlineData("{\"schema\":\"1\"}")]
    [InlineData("{\"schema\":1,\"incident\":\"I-1\",\"count\":0,\"head\":\"\",\"events\":[{}]}")]
    [InlineData("{\"schema\":1,\"incident\":\"I-1\",\"incident\":\"I-2\",\"count\":0,\"head\":\"\",\"events\":[]}")]
    [InlineData("{\"schema\":1,\"incident\":\"I-1\",\"count\":0,\"head\":\"\",\"events\":[],\"approvedBy\":\"the boss\"}")]
    public void Verify_NoTranscript_SaysSoAndNeverThrows(string json)
        => Assert.NotEmpty(TranscriptVerification.Verify(Encoding.UTF8.GetBytes(json), PublicKey).Problems);

    [Fact]
    public void Verify_KeyIsNoKey_IsSaid()
        => Assert.Contains(TranscriptVerification.Verify(TranscriptExport.Write(Signed(Repaired())), "hello").Problems, problem => problem.Contains("not a public key", StringComparison.Ordinal));

    [Fact]
    public void Export_EventOfANewerVersion_KeepsItsBytes()
    {
        var body = "{\"at\":\"2030-01-01T00:00:00Z\",\"new\":\"\\u00e9\"}"u8.ToArray();
        var events = Chain([Opened, new IncidentEvent.Unknown(default, "teleported.v7", body, "newer")]);
        var json = TranscriptExport.Write(Signed(events));

        Assert.Empty(TranscriptVerification.Verify(json, PublicKey).Problems);
        Assert.Equal(body, Assert.IsType<TranscriptReading.Readable>(TranscriptExport.Read(json)).Transcript.Events[1].Body.ToArray());
    }

    [Fact]
    public void Export_IsTheSchemaThatScriptsRead()
    {
        var root = JsonNode.Parse(TranscriptExport.Write(Signed(Repaired())))!.AsObject(); // just written
        Assert.Equal(["schema", "incident", "count", "head", "events", "blobs", "signature"], root.Select(member => member.Key));
        Assert.Equal(["seq", "type", "previous", "hash", "body"], root["events"]![0]!.AsObject().Select(member => member.Key));
    }

    [Fact]
    public void Summary_OfARepair_HasTheTenLines()
    {
        var lines = TranscriptSummary.Of(Signed(Repaired()));

        Assert.Equal(10, lines.Length);
        Assert.Equal("I-42 on host host42: resolved", Line("Incident"));
        Assert.Equal("br0 has no uplink port (bridge.uplink-missing)", Line("What was wrong"));
        Assert.StartsWith("at least 2026-11-22 12:00:30Z, when it was first seen; ended 2026-11-22", Line("Since"), StringComparison.Ordinal);
        Assert.Equal("ann at 2026-11-22 12:00:00Z, because \"no DHCP\"", Line("Asked by"));
        Assert.Equal("bo approved at 2026-11-22 12:02:00Z", Line("Decided by"));
        Assert.StartsWith("Attach eno2 to br0 (bridge/attach-uplink). It holds until the next reboot; to make it stay: run persist/attach-uplink host42 \"link=", Line("What was changed"), StringComparison.Ordinal);
        Assert.Equal("DHCPACK for vm1 on vnet0: passed", Line("How it was proved"));
        Assert.StartsWith("diagnose 60 s, decide 60 s, repair 2.5 min; ", Line("Durations"), StringComparison.Ordinal);
        Assert.EndsWith($", signed by key {TranscriptSignature.FingerprintOf(_key)[..16]}", Line("Record"), StringComparison.Ordinal);

        string Line(string label) => Assert.Single(lines, line => line.Label == label).Text;
    }

    [Fact]
    public void Summary_RevertFailed_NeverSaysItIsAsBefore()
    {
        var events = Chain([Opened, Fault(), Proposed(), Approved(Bo), GuardSaid(GuardStatus.Applied), Verified(VerifyOutcome.Worse), GuardSaid(GuardStatus.RevertConflict)]);
        var text = string.Join('\n', TranscriptSummary.Of(Signed(events)).Select(line => line.Text));

        Assert.Contains("not fully taken back: the host needs a human", text, StringComparison.Ordinal);
        Assert.DoesNotContain("as before", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_EveryState_HasTheTenLinesFirst()
    {
        foreach (var (_, happened) in Events())
        {
            var transcript = Signed(Chain([Opened, happened]));
            Assert.All(new[] { TranscriptMarkdown.Render(transcript), TranscriptHtml.Render(transcript) }, text => Assert.True(
                text.IndexOf("Record", StringComparison.Ordinal) < text.IndexOf("Timeline", StringComparison.Ordinal)));
        }
    }

    public void Dispose() => _key.Dispose();

    internal static ImmutableArray<StoredEvent> Chain(ImmutableArray<IncidentEvent> events)
    {
        var chain = ImmutableArray.CreateBuilder<StoredEvent>();
        foreach (var happened in events)
        {
            chain.Add(EventChain.Link(Id, chain.Count + 1, happened, chain.Count == 0 ? EventChain.Start : chain[^1].Hash));
        }

        return chain.ToImmutable();
    }

    private static ImmutableArray<StoredEvent> Repaired() => Chain(
    [
        Opened, Fault() with { Snapshot = null }, new IncidentEvent.NoteAdded(At(1), Ann, "vm1 has been down since noon"), Proposed(), Approved(Bo), GuardSaid(GuardStatus.Armed),
        new IncidentEvent.StepReported(At(3), "i-1-1", 1, StepPart.Run, ["ip", "link", "set", "dev", "eno2", "master", "br0"], 0, new("done\n", null)),
        GuardSaid(GuardStatus.Applied), Verified(VerifyOutcome.Done), GuardSaid(GuardStatus.Committed) with { At = At(4.5) },
    ]);

    private Transcript Signed(ImmutableArray<StoredEvent> events)
    {
        var transcript = new Transcript(Id, events, ImmutableSortedDictionary<string, ReadOnlyMemory<byte>>.Empty, null);
        var content = TranscriptSignature.Content(Id, events.Length, transcript.Head);
        return transcript with { Signature = new(TranscriptSignature.FingerprintOf(_key), Convert.ToBase64String(_key.SignData(content, HashAlgorithmName.SHA256))) };
    }

    /// <summary>Problems of a tampered transcript whose stated count and head are still the old ones, or those given.</summary>
    private ImmutableArray<string> Problems(Transcript tampered, int? count = null, string? head = null)
    {
        var root = JsonNode.Parse(TranscriptExport.Write(tampered))!.AsObject(); // just written
        root["count"] = count ?? tampered.Events.Length;
        root["head"] = head ?? tampered.Head;
        return TranscriptVerification.Verify(Encoding.UTF8.GetBytes(root.ToJsonString()), PublicKey).Problems;
    }
}
