using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Application.Observation;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Application.Commands;

/// <summary>How one point of an examination looks.</summary>
public enum PointState
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Worth knowing; nothing has to be done.</summary>
    Note,

    /// <summary>Something is lacking.</summary>
    Gap,
}

/// <summary>One point of an examination.</summary>
/// <param name="State">How it looks.</param>
/// <param name="Topic">A word or two.</param>
/// <param name="Text">What was found.</param>
/// <param name="Remedy">The command or change that mends a gap.</param>
public sealed record Point(PointState State, string Topic, string Text, string? Remedy = null);

/// <summary>What examining a host came to.</summary>
/// <param name="Reached">Whether the host could be read at all.</param>
/// <param name="Points">In reading order.</param>
public sealed record Examination(bool Reached, ImmutableArray<Point> Points);

/// <summary>The part of <c>doctor</c> that looks at one host: can it be reached, and what is lacking to read all of it. Changes nothing.</summary>
/// <param name="reader">Reads hosts.</param>
/// <param name="keys">Asks for host keys.</param>
public sealed class ExamineHost(HostReader reader, IHostKeys keys)
{
    /// <summary>A clock further off than this spoils the order of events across logs.</summary>
    private static readonly TimeSpan s_tolerableSkew = TimeSpan.FromSeconds(5);

    /// <summary>Examines a host.</summary>
    /// <param name="host">Which.</param>
    /// <param name="account">The login as commands shall name it.</param>
    /// <param name="progress">Told about each section that has arrived.</param>
    /// <param name="cancellationToken">Ends the read, on the host too.</param>
    public async Task<Examination> RunAsync(HostEntry host, string account, IProgress<ReadProgress>? progress, CancellationToken cancellationToken)
    {
        var points = new List<Point>();
        points.AddRange(KeyPoints(await keys.ReadAsync(host, cancellationToken)));
        switch (await reader.ReadAsync(host, progress, cancellationToken))
        {
            case ReadOutcome.Failed(var kind, var message):
                points.Add(new(PointState.Gap, Topic(kind), message));
                return new(false, [.. points]);
            case ReadOutcome.Read(var snapshot):
                points.AddRange(LoginPoints(snapshot, account));
                points.AddRange(SectionPoints(snapshot, Diagnostician.Diagnose(snapshot, host, new(null, null)), account));
                points.Add(ClockPoint(snapshot));
                break;
        }

        return new(true, [.. points]);
    }

    private static IEnumerable<Point> KeyPoints(HostKeyOutcome outcome) => outcome switch
    {
        HostKeyOutcome.Offered(var algorithm, var fingerprint, var line) =>
        [
            new(PointState.Note, "host key", $"{algorithm} {fingerprint} (compare it on the host's console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub)"),
            new(PointState.Note, "known_hosts", line),
        ],
        HostKeyOutcome.Failed(_, var message) => [new(PointState.Note, "host key", message)],
        _ => [],
    };

    private static IEnumerable<Point> LoginPoints(HostSnapshot snapshot, string account)
    {
        if (snapshot.Read(SelfEvidence.Source) is not FactReading<SelfFacts>.Known(var self))
        {
            yield return new(PointState.Gap, "login", "the host did not say which account the session has", "run chatopsbot snapshot and look at e.self");
            yield break;
        }

        yield return new(PointState.Good, "login", self.UserId == 0 ? "root" : $"{account}, user id {self.UserId.ToString(CultureInfo.InvariantCulture)}");
        yield return self.RootReason.Length > 0 ? new(PointState.Gap, "privileges", $"no root rows: {self.RootReason}", ReadGaps.AllowSudo(account))
            : new(PointState.Good, "privileges", self.UserId == 0 ? "root" : "root through sudo -n; the account is as powerful as root, unless the host is set up hardened (deploy/host)");
    }

    private static IEnumerable<Point> SectionPoints(HostSnapshot snapshot, Diagnosis diagnosis, string account)
    {
        var remedies = ReadGaps.Remedies(snapshot, diagnosis.NotRead.Select(gap => gap.Section), account);
        foreach (var gap in diagnosis.NotRead)
        {
            yield return new(PointState.Gap, gap.Section, $"not read: {gap.Why}", remedies.GetValueOrDefault(gap.Section));
        }

        // A tool that is lacking beside others that answered costs detail, not the section.
        var whole = snapshot.Sections.Values.Where(section => diagnosis.NotRead.All(gap => gap.Section != section.Id));
        var tools = from section in whole
                    from part in section.Parts
                    where part.End == PartEnd.NotInstalled
                    select new { section.Id, part.ErrorLine };
        foreach (var tool in tools.DistinctBy(tool => tool.ErrorLine))
        {
            yield return new(PointState.Note, tool.Id, tool.ErrorLine, ReadGaps.Remedies(snapshot, [tool.Id], account).GetValueOrDefault(tool.Id));
        }

        yield return new(PointState.Good, "sections", $"{(snapshot.Sections.Count - diagnosis.NotRead.Length).ToString(CultureInfo.InvariantCulture)} of {snapshot.Sections.Count.ToString(CultureInfo.InvariantCulture)} read");
    }

    private static Point ClockPoint(HostSnapshot snapshot)
    {
        if (snapshot.Read(SelfEvidence.Source) is not FactReading<SelfFacts>.Known({ HostClock: { } clock }))
        {
            return new(PointState.Note, "clock", "the host did not say what time it is");
        }

        // The host looked at its clock somewhere during the read and told whole seconds: only what lies outside of that is skew.
        var early = snapshot.ObservedAt - clock - TimeSpan.FromSeconds(1);
        var late = clock - (snapshot.ObservedAt + snapshot.Duration);
        var skew = late > TimeSpan.Zero ? late : early > TimeSpan.Zero ? -early : TimeSpan.Zero;
        var text = skew == TimeSpan.Zero ? "agrees with ours" : string.Create(CultureInfo.InvariantCulture, $"{skew.Duration().TotalSeconds:0} s {(skew > TimeSpan.Zero ? "ahead of" : "behind")} ours");
        return skew.Duration() > s_tolerableSkew
            ? new(PointState.Gap, "clock", text, "on the host: timedatectl set-ntp true, or apt-get install systemd-timesyncd; check this machine's clock, too")
            : new(PointState.Good, "clock", text);
    }

    private static string Topic(ShellFailureKind kind) => kind switch
    {
        ShellFailureKind.HostKeyUnknown or ShellFailureKind.HostKeyChanged => "host key",
        ShellFailureKind.LoginRefused => "login",
        ShellFailureKind.SudoRefused => "privileges",
        ShellFailureKind.ClientBroken => "ssh client",
        _ => "connection",
    };
}
