using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application;

/// <summary>What the service counts. Labels come from closed sets only: never a host, a person or an incident.</summary>
public static class Metrics
{
    /// <summary>Name of meter and activity source.</summary>
    public const string Name = "ChatOpsBot";

    private static readonly Meter s_meter = new(Name);

    private static readonly Counter<long> s_reads = s_meter.CreateCounter<long>("chatopsbot.host.reads", description: "Reads of hosts by how they ended.");

    private static readonly Histogram<double> s_readDuration = s_meter.CreateHistogram<double>("chatopsbot.host.read.duration", "s", "Time a read of a host took.");

    private static readonly Counter<long> s_diagnoses = s_meter.CreateCounter<long>("chatopsbot.diagnoses", description: "Diagnoses of incidents by verdict.");

    private static readonly Counter<long> s_opened = s_meter.CreateCounter<long>("chatopsbot.incidents.opened", description: "Incidents opened.");

    private static readonly Counter<long> s_ended = s_meter.CreateCounter<long>("chatopsbot.incidents.ended", description: "Incidents ended, by how.");

    private static readonly Histogram<double> s_open = s_meter.CreateHistogram<double>("chatopsbot.incident.open.duration", "s", "Time from the opening of an incident to its end.");

    private static readonly Counter<long> s_approvals = s_meter.CreateCounter<long>("chatopsbot.approvals", description: "Decisions on plans, and requests that nobody answered.");

    private static readonly Counter<long> s_guards = s_meter.CreateCounter<long>("chatopsbot.guard.outcomes", description: "What guards on hosts reported.");

    private static readonly Counter<long> s_verifications = s_meter.CreateCounter<long>("chatopsbot.verifications", description: "Verifications of repairs by outcome.");

    private static readonly Counter<long> s_effects = s_meter.CreateCounter<long>("chatopsbot.effects", description: "Attempts at effects by lane and outcome.");

    private static readonly Histogram<double> s_store = s_meter.CreateHistogram<double>("chatopsbot.store.duration", "s", "Time an operation of the store took, waiting included.");

    private static readonly Counter<long> s_storeFailures = s_meter.CreateCounter<long>("chatopsbot.store.failures", description: "Operations of the store that failed.");

    private static ImmutableArray<DueLane> s_due = [];

    static Metrics()
    {
        s_meter.CreateObservableGauge("chatopsbot.effects.due", Due, description: "Effects that could be performed now, by lane.");
        s_meter.CreateObservableGauge(
            "chatopsbot.build.info",
            () => new Measurement<long>(1, new KeyValuePair<string, object?>("version", Version)),
            description: "The version that runs, as a label.");
    }

    /// <summary>Spans of the work, for a collector.</summary>
    public static ActivitySource Activities { get; } = new(Name);

    /// <summary>The version that runs.</summary>
    public static string Version { get; } = typeof(Metrics).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    /// <summary>A host was read.</summary>
    /// <param name="failure">Why not; <see langword="null"/> when it was.</param>
    /// <param name="took">How long it took.</param>
    public static void Read(ShellFailureKind? failure, TimeSpan took)
    {
        s_reads.Add(1, Label("outcome", failure is { } kind ? Word(kind) : "read"));
        s_readDuration.Record(took.TotalSeconds);
    }

    /// <summary>Something was stored as having happened to an incident.</summary>
    /// <param name="happened">What.</param>
    public static void Happened(IncidentEvent happened)
    {
        switch (happened)
        {
            case IncidentEvent.Opened:
                s_opened.Add(1);
                break;
            case IncidentEvent.Observed observed:
                s_diagnoses.Add(1, Label("verdict", Word(observed.Diagnosis.Verdict)));
                break;
            case IncidentEvent.Approved:
                s_approvals.Add(1, Label("decision", "approved"));
                break;
            case IncidentEvent.GlassBroken:
                s_approvals.Add(1, Label("decision", "break-glass"));
                break;
            case IncidentEvent.Denied:
                s_approvals.Add(1, Label("decision", "denied"));
                break;
            case IncidentEvent.ApprovalExpired:
                s_approvals.Add(1, Label("decision", "expired"));
                break;
            case IncidentEvent.ApprovalsVoided:
                s_approvals.Add(1, Label("decision", "voided"));
                break;
            case IncidentEvent.GuardReported guard:
                s_guards.Add(1, Label("status", Word(guard.Report.Status)));
                break;
            case IncidentEvent.Verified verified:
                s_verifications.Add(1, Label("outcome", Word(verified.Outcome)));
                break;
        }
    }

    /// <summary>An incident ended.</summary>
    /// <param name="incident">The incident, ended.</param>
    public static void Ended(Incident incident)
    {
        s_ended.Add(1, Label("end", incident.State.Name));
        if (incident.EndedAt is { } end)
        {
            s_open.Record((end - incident.OpenedAt).TotalSeconds);
        }
    }

    /// <summary>An attempt at an effect ended.</summary>
    /// <param name="lane">In which lane; conversations count as one.</param>
    /// <param name="end">How.</param>
    public static void Settled(Lane lane, EffectEnd end) => s_effects.Add(1, Label("lane", NameOf(lane)), Label("outcome", Word(end)));

    /// <summary>The store was asked what is due.</summary>
    /// <param name="lanes">Its answer.</param>
    public static void SetDue(ImmutableArray<DueLane> lanes) => ImmutableInterlocked.InterlockedExchange(ref s_due, lanes);

    /// <summary>An operation of the store ended.</summary>
    /// <param name="operation"><c>read</c> or <c>write</c>.</param>
    /// <param name="took">How long it took.</param>
    /// <param name="failed">Whether it failed.</param>
    public static void Stored(string operation, TimeSpan took, bool failed)
    {
        s_store.Record(took.TotalSeconds, Label("operation", operation));
        if (failed)
        {
            s_storeFailures.Add(1, Label("operation", operation));
        }
    }

    private static IEnumerable<Measurement<long>> Due()
    {
        var due = s_due.IsDefault ? [] : s_due;
        return from name in (string[])["host", "chat", "timer"]
               select new Measurement<long>(due.Where(lane => NameOf(lane.Lane) == name).Sum(lane => lane.Count), Label("lane", name));
    }

    private static string NameOf(Lane lane) => lane == Lane.Host ? "host" : lane.IsChat ? "chat" : "timer";

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);

    /// <summary><c>RevertFailed</c> as <c>revert-failed</c>.</summary>
    private static string Word<T>(T value)
        where T : struct, Enum
        => string.Concat(value.ToString().Select((c, at) => char.IsUpper(c) ? (at == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));
}
