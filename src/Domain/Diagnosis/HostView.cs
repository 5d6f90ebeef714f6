using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis;

/// <summary>What rules look at: the facts of one snapshot, parsed once, and what is derived from them.</summary>
public sealed class HostView
{
    /// <summary>Begins the section ids of the second read.</summary>
    public const string AgainPrefix = "again.";

    private readonly HostSnapshot _snapshot;
    private readonly Dictionary<EvidenceSource, object> _readings = [];
    private readonly Dictionary<object, object> _derived = [];
    private readonly Lazy<FactReading<HostTopology>> _topology;
    private readonly Lazy<ProbeFacts> _probes;

    /// <summary>Opens a snapshot. One view is used by one thread.</summary>
    /// <param name="snapshot">What was read.</param>
    /// <param name="host">What the inventory says about the host; for an offline snapshot an entry with nothing but the name.</param>
    public HostView(HostSnapshot snapshot, HostEntry host)
    {
        _snapshot = snapshot;
        Host = host;
        _topology = new(() => TopologyReader.Read(this));
        _probes = new(() => ProbeFacts.Read(snapshot));
    }

    /// <summary>What the inventory says about the host.</summary>
    public HostEntry Host { get; }

    /// <summary>The host's name, and how long the read took.</summary>
    internal (string Host, TimeSpan Duration) Origin => (_snapshot.Host, _snapshot.Duration);

    /// <summary>When the snapshot was taken.</summary>
    public DateTimeOffset ObservedAt => _snapshot.ObservedAt;

    /// <summary>Bridges, uplinks, guest ports and our own session's links.</summary>
    public FactReading<HostTopology> Topology => _topology.Value;

    /// <summary>What the guest or bridge in question is.</summary>
    public DiagnosisFocus Focus { get; init; } = DiagnosisFocus.WholeHost;

    /// <summary>What probes said; a probe that was not run has said nothing.</summary>
    public ProbeFacts Probes => _probes.Value;

    /// <summary>The same facts for another question: what was parsed is not parsed again, what was derived is.</summary>
    public HostView About(DiagnosisFocus focus)
    {
        var view = new HostView(_snapshot, Host) { Focus = focus };
        foreach (var (source, reading) in _readings)
        {
            view._readings.Add(source, reading);
        }

        return view;
    }

    /// <summary>Reads one kind of fact; parsed at the first call.</summary>
    public FactReading<T> Read<T>(EvidenceSource<T> source) => (FactReading<T>)ReadUntyped(source);

    /// <summary>Why that source is <c>Missing</c>; <see langword="null"/> when it was read or proven absent.</summary>
    public string? WhyMissing(EvidenceSource source) => source.ReasonOf(ReadUntyped(source));

    /// <summary>The fact when it is known, else <see langword="null"/>: for inputs that a rule declares optional.</summary>
    public T? Optional<T>(EvidenceSource<T> source)
        where T : class
        => Read(source) is FactReading<T>.Known(var fact) ? fact : null;

    /// <summary>
    /// The same row as read a second time, about 2 s later, or <see langword="null"/> when there was no second read. Its section is named <c>again.</c> and the row's id.
    /// </summary>
    public T? Again<T>(EvidenceSource<T> source)
        where T : class
        => Derive((AgainPrefix, source), () => new Second<T>(
            _snapshot.Sections.TryGetValue(AgainPrefix + source.Id, out var section) && source.Read(section) is FactReading<T>.Known(var fact) ? fact : null)).Fact;

    /// <summary>What several rules derive from the same facts; made at the first call with that key.</summary>
    internal T Derive<T>(object key, Func<T> make)
        where T : notnull
    {
        if (!_derived.TryGetValue(key, out var made))
        {
            made = make();
            _derived.Add(key, made);
        }

        return (T)made;
    }

    private sealed record Second<T>(T? Fact);

    private object ReadUntyped(EvidenceSource source)
    {
        if (!_readings.TryGetValue(source, out var reading))
        {
            reading = source.ReadUntyped(_snapshot.Sections.GetValueOrDefault(source.Id));
            _readings.Add(source, reading);
        }

        return reading;
    }
}
