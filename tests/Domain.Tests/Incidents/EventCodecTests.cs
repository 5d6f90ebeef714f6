using System.Text;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Incidents;

public class EventCodecTests
{
    /// <summary>Bytes that a released version may have stored. A line here is never edited: a change that breaks one needs a new event name.</summary>
    private static readonly string Stored = RepositoryFiles.At("tests", "Domain.Tests", "Incidents", "stored-events.txt");

    [Fact]
    public void Encode_EveryKind_IsWhatWasStoredBefore()
    {
        var current = string.Concat(IncidentSamples.Events().Where(sample => sample.Event is not IncidentEvent.Unknown)
            .DistinctBy(sample => sample.Event.GetType())
            .Select(sample => $"{EventCodec.NameOf(sample.Event)} {Encoding.UTF8.GetString(EventCodec.Encode(sample.Event).Span)}\n"));
        if (!File.Exists(Stored) || File.ReadAllText(Stored).ReplaceLineEndings("\n") != current)
        {
            var copy = Path.Combine(AppContext.BaseDirectory, "stored-events.txt.current");
            File.WriteAllText(copy, current);
            Assert.Fail($"the stored form of events has changed; see {copy}. Stored events must stay readable");
        }
    }

    [Fact]
    public void Decode_EveryStoredLine_ReadsAndEncodesToTheSameBytes()
    {
        foreach (var line in File.ReadAllLines(Stored))
        {
            var (name, body) = (line[..line.IndexOf(' ', StringComparison.Ordinal)], Encoding.UTF8.GetBytes(line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
            var happened = EventCodec.Decode(name, body);
            Assert.IsNotType<IncidentEvent.Unknown>(happened);
            Assert.Equal(body, EventCodec.Encode(happened).ToArray());
        }
    }

    [Fact]
    public void Decode_DiagnosisWithAPath_KeepsEveryHop()
    {
        var path = new GuestTrace(
            "vm1", "vnet0", null, "br0", null, new("DHCP DISCOVER", [new("br0", "bridge", "no port leads outside", HopVerdict.Stops, new("e.link", "br0: ports vnet0"))]), null);
        var observed = new IncidentEvent.Observed(IncidentSamples.At(1), 1, IncidentSamples.Diagnosis(OverallVerdict.Fault, IncidentSamples.Finding()) with { Path = path }, null);

        var read = Assert.IsType<IncidentEvent.Observed>(EventCodec.Decode(EventCodec.NameOf(observed), EventCodec.Encode(observed).ToArray()));

        Assert.Equivalent(path, read.Diagnosis.Path, strict: true);
        Assert.Equal(0, read.Diagnosis.Path?.Discover.Break);
    }

    [Fact]
    [Trait("Requirement", "SEC-16")]
    public void Encode_WithAnOrigin_KeepsIt_AndWithoutOneTheBytesAreTheOldOnes()
    {
        var note = new IncidentEvent.NoteAdded(IncidentSamples.At(1), IncidentSamples.Ann, "x");
        var origin = new InboundOrigin("slack", System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("team", "T1").Add("event", "Ev1"), "signature good");

        var read = EventCodec.Decode("note-added.v1", EventCodec.Encode(note with { Origin = origin }));

        Assert.Equivalent(origin, read.Origin, strict: true);
        Assert.DoesNotContain("origin", Encoding.UTF8.GetString(EventCodec.Encode(note).Span), StringComparison.OrdinalIgnoreCase);
        Assert.Null(EventCodec.Decode("note-added.v1", EventCodec.Encode(note)).Origin);
    }

    [Fact]
    public void Decode_UnknownName_KeepsTheBytes()
    {
        var body = "{\"at\":\"later\"}"u8.ToArray();
        var unknown = Assert.IsType<IncidentEvent.Unknown>(EventCodec.Decode("teleported.v7", body));

        Assert.Equal(body, EventCodec.Encode(unknown).ToArray());
        Assert.Equal("teleported.v7", EventCodec.NameOf(unknown));
    }

    [Fact]
    public void Decode_TruncatedAtEveryByte_NeverThrows()
    {
        foreach (var (_, happened) in IncidentSamples.Events().Where(sample => sample.Event is not IncidentEvent.Unknown))
        {
            var (name, body) = (EventCodec.NameOf(happened), EventCodec.Encode(happened));
            for (var length = 0; length < body.Length; length++)
            {
                Assert.IsType<IncidentEvent.Unknown>(EventCodec.Decode(name, body[..length]));
            }
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"at\":\"2026-11-22T12:00:00+00:00\",\"by\":null,\"generation\":1,\"planHash\":\"aa\"}")]
    [InlineData("{\"at\":\"2026-11-22T12:00:00+00:00\",\"by\":\"bo\",\"generation\":1,\"planHash\":null}")]
    public void Decode_MembersMissingOrNull_IsDamageAndNoDefault(string body)
        => Assert.Contains("damaged", Assert.IsType<IncidentEvent.Unknown>(EventCodec.Decode("approved.v1", Encoding.UTF8.GetBytes(body))).Why, StringComparison.Ordinal);

    [Fact]
    public void Effects_OfTheWholeTable_SurviveStoring()
    {
        var effects = IncidentSamples.States()
            .SelectMany(state => IncidentSamples.Events(Math.Max(1, state.Incident.Generation)).Select(sample => IncidentTransitions.Decide(state.Incident, sample.Event)))
            .OfType<Transition.Accepted>().SelectMany(accepted => accepted.Effects).Distinct().ToArray();

        Assert.Equal(IncidentTableTests.Cases(typeof(Effect)), effects.Select(effect => effect.GetType().Name).Distinct().Order(StringComparer.Ordinal));
        Assert.All(effects, effect => Assert.Equal(effect, EffectCodec.Decode(EffectCodec.NameOf(effect), EffectCodec.Encode(effect))));
    }

    [Theory]
    [InlineData("I-42", 42)]
    [InlineData("i-7", 7)]
    public void IncidentId_Parses(string text, long number)
    {
        Assert.True(IncidentId.TryParse(text, out var id));
        Assert.Equal(number, id.Number);
        Assert.Equal($"I-{number}", id.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("I-")]
    [InlineData("I-0")]
    [InlineData("I-042")]
    [InlineData("I--1")]
    [InlineData("I-1 ")]
    [InlineData("42")]
    [InlineData("I-99999999999999999999")]
    [InlineData("I-٤٢")]
    public void IncidentId_AnythingElse_IsNone(string? text) => Assert.False(IncidentId.TryParse(text, out _));
}
