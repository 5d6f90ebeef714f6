using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Application.Observation;

/// <summary>How far a read has come.</summary>
/// <param name="Section">The section that has just arrived.</param>
/// <param name="Done">Sections that have arrived.</param>
/// <param name="Total">Sections expected.</param>
public readonly record struct ReadProgress(string Section, int Done, int Total);

/// <summary>What reading a host came to.</summary>
public abstract record ReadOutcome
{
    private ReadOutcome()
    {
    }

    /// <summary>The host was read.</summary>
    /// <param name="Snapshot">What it said, masked. Every row of the catalogue is in it; one that did not come back says why.</param>
    public sealed record Read(HostSnapshot Snapshot) : ReadOutcome
    {
        /// <summary>What was wrong with the stream, as sentences; empty when it was in order.</summary>
        public ImmutableArray<string> Problems { get; init; } = [];
    }

    /// <summary>It was not.</summary>
    /// <param name="Kind">Why.</param>
    /// <param name="Message">A sentence for a person.</param>
    public sealed record Failed(ShellFailureKind Kind, string Message) : ReadOutcome;
}

/// <summary>Reads all evidence of a host in one round trip. Changes nothing on the host.</summary>
/// <param name="shell">Runs the collector.</param>
/// <param name="time">The bot's clock.</param>
public sealed class HostReader(IHostShell shell, TimeProvider time)
{
    /// <summary>Reads a host.</summary>
    /// <param name="host">Which; its setting for sudo applies.</param>
    /// <param name="progress">Told about each section that has arrived.</param>
    /// <param name="cancellationToken">Ends the read, on the host too.</param>
    public Task<ReadOutcome> ReadAsync(HostEntry host, IProgress<ReadProgress>? progress, CancellationToken cancellationToken)
        => ReadAsync(host, progress, fresh: false, cancellationToken);

    /// <summary>Reads a host.</summary>
    /// <param name="host">Which; its setting for sudo applies.</param>
    /// <param name="progress">Told about each section that has arrived.</param>
    /// <param name="fresh">Connect and log in anew, which proves that the way to the host works now.</param>
    /// <param name="cancellationToken">Ends the read, on the host too.</param>
    public async Task<ReadOutcome> ReadAsync(HostEntry host, IProgress<ReadProgress>? progress, bool fresh, CancellationToken cancellationToken)
    {
        var began = time.GetUtcNow();
        var start = time.GetTimestamp();
        var sharesRuns = true;
        var (outcome, frames) = await RunAsync(host, CollectorProgram.Text, sharesRuns, progress, fresh, cancellationToken);
        if (outcome is ShellOutcome.Completed && frames.HasTornBatch)
        {
            // Some version of a tool prints what this bot cannot take apart: slower, but nothing is lost.
            sharesRuns = false;
            (outcome, frames) = await RunAsync(host, CollectorProgram.Text, sharesRuns, progress, fresh, cancellationToken);
        }

        if (outcome is ShellOutcome.Completed && frames is { HasStarted: true, Refusal: null } && Lost(frames) is { Length: > 0 } lost)
        {
            // A host in trouble kills what it can: what came back stays, and the rest is asked for once more.
            var (second, late) = await RunAsync(host, CollectorProgram.Compose(lost), sharesRuns, null, fresh: false, cancellationToken);
            if (second is ShellOutcome.Completed)
            {
                frames = frames with { Sections = frames.Sections.AddRange(late.Sections.Where(section => !frames.Sections.ContainsKey(section.Key))) };
            }
        }

        var took = time.GetElapsedTime(start);
        ReadOutcome read = outcome switch
        {
            ShellOutcome.Failed(var kind, var message, _) => new ReadOutcome.Failed(kind, message),
            ShellOutcome.Completed completed => Conclude(host, completed, frames, began, took),
            _ => throw new InvalidOperationException($"unknown outcome {outcome.GetType().Name}"),
        };
        Metrics.Read((read as ReadOutcome.Failed)?.Kind, took);
        return read;
    }

    /// <summary>
    /// Reads a few rows a second time, for rules that look at growth (<see cref="CollectorProgram.Again"/>). What did not come back is simply not there.
    /// </summary>
    /// <param name="host">Which.</param>
    /// <param name="cancellationToken">Ends the read, on the host too.</param>
    public async Task<ImmutableArray<SectionOutput>> ReadAgainAsync(HostEntry host, CancellationToken cancellationToken)
    {
        var (outcome, frames) = await RunAsync(host, CollectorProgram.Again, sharesRuns: false, null, fresh: false, cancellationToken);
        return outcome is ShellOutcome.Completed && frames is { Refusal: null, IsComplete: true }
            ? [.. frames.Sections.Values.Select(section => section with { Id = Domain.Diagnosis.HostView.AgainPrefix + section.Id })]
            : [];
    }

    private async Task<(ShellOutcome Outcome, CollectorFrames Frames)> RunAsync(
        HostEntry host, string program, bool sharesRuns, IProgress<ReadProgress>? progress, bool fresh, CancellationToken cancellationToken)
    {
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var reader = new CollectorFrameReader(nonce);
        var done = 0;
        var outcome = await shell.RunAsync(
            host,
            new RemoteCommand(CollectorProgram.Argv(program, nonce, ModeOf(host.Ssh.Sudo), sharesRuns)) { RootIfPossible = true, FreshConnection = fresh },
            (chunk, _) =>
            {
                foreach (var section in reader.Append(chunk.Span))
                {
                    progress?.Report(new ReadProgress(section, ++done, Catalogue.All.Length));
                }

                return ValueTask.CompletedTask;
            },
            cancellationToken);
        return (outcome, reader.Finish());
    }

    private static ReadOutcome Conclude(HostEntry host, ShellOutcome.Completed completed, CollectorFrames frames, DateTimeOffset began, TimeSpan duration)
    {
        if (frames.Refusal is { } refusal)
        {
            return new ReadOutcome.Failed(
                ShellFailureKind.SudoRefused, $"{refusal}, and sudo is set to Always for this host: allow it there, or set Sudo to Auto to do without the root rows");
        }

        if (!frames.HasStarted)
        {
            return new ReadOutcome.Failed(
                ShellFailureKind.HostRefused,
                $"the login gave no POSIX shell that runs the read (exit code {completed.ExitCode}{Said(completed.Stderr)}): give the account /bin/sh or bash as login shell");
        }

        var sections = frames.Sections.ToBuilder();
        foreach (var source in Lost(frames))
        {
            var reason = frames.IsComplete ? "the section did not come back" : $"the read ended early on the host (exit code {completed.ExitCode})";
            sections[source.Id] = new SectionOutput(source.Id, [new PartOutput("", PartEnd.Unread, 0, default, Encoding.UTF8.GetBytes(reason))]);
        }

        return new ReadOutcome.Read(new HostSnapshot(host.Name, began, duration, sections.ToImmutable())) { Problems = frames.Problems };
    }

    private static ImmutableArray<EvidenceSource> Lost(CollectorFrames frames) => [.. Catalogue.All.Where(source => !frames.Sections.ContainsKey(source.Id))];

    private static string ModeOf(SudoUse? use) => use switch
    {
        SudoUse.Never => "never",
        SudoUse.Always => "always",
        _ => "auto",
    };

    // The last line: what login scripts print stands before it.
    private static string Said(ReadOnlyMemory<byte> stderr)
    {
        var line = Encoding.UTF8.GetString(Masking.Mask(stderr).Span).Trim().Split('\n')[^1].Trim();
        return line.Length == 0 ? "" : ": " + (line.Length <= 200 ? line : line[..200] + "...");
    }
}
