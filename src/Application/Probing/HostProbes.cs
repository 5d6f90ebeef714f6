using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Probes;

namespace ChatOpsBot.Application.Probing;

/// <summary>Asks hosts what a snapshot cannot tell. A probe that could not run is <c>Missing</c> with the reason, never an answer.</summary>
/// <param name="shell">Runs the programs, as root: raw sockets need it.</param>
public sealed class HostProbes(IHostShell shell)
{
    // Connecting, sudo, starting the interpreter on a loaded host.
    private static readonly TimeSpan Allowance = TimeSpan.FromSeconds(20);

    private const int OutputCap = 1024 * 1024;

    /// <summary>Listens for DHCP messages (P.trace). Sends nothing. When contact is lost in between, what was seen until then is the answer.</summary>
    /// <param name="host">Where.</param>
    /// <param name="request">On which links and how long; it ends with the first whole DHCPACK that is waited for.</param>
    /// <param name="onNews">Told after each change of what was seen, among others when it begins to listen.</param>
    /// <param name="cancellationToken">Ends the trace, on the host too.</param>
    public async Task<FactReading<DhcpTrace>> TraceAsync(HostEntry host, DhcpTraceRequest request, Action<DhcpTrace>? onNews, CancellationToken cancellationToken)
    {
        var reader = new DhcpTraceReader();
        var outcome = await shell.RunAsync(
            host,
            new(ProbeProgram.Argv([.. request.Arguments])) { Stdin = ProbeProgram.Trace.Text, AsRoot = true, TimeLimit = request.Duration + Allowance, OutputCap = OutputCap },
            (chunk, _) =>
            {
                reader.Append(chunk);
                onNews?.Invoke(reader.Trace);
                return ValueTask.CompletedTask;
            },
            cancellationToken);
        return reader.Trace.Listening ? new FactReading<DhcpTrace>.Known(reader.Trace) : new FactReading<DhcpTrace>.Missing(WhyNot(outcome));
    }

    /// <summary>Asks for an address by ARP (P.arp).</summary>
    /// <param name="host">Where.</param>
    /// <param name="request">Whom; not usable ones are <c>Missing</c>.</param>
    /// <param name="cancellationToken">Ends the probe, on the host too.</param>
    public async Task<FactReading<ArpAnswer>> ArpAsync(HostEntry host, ArpRequest request, CancellationToken cancellationToken)
    {
        if (!request.IsUsable)
        {
            return new FactReading<ArpAnswer>.Missing("link or address cannot be asked by ARP");
        }

        var outcome = await shell.RunAsync(
            host,
            new(ProbeProgram.Argv([.. request.Arguments]))
            {
                Stdin = ProbeProgram.Arp.Text,
                AsRoot = true,
                TimeLimit = (ArpRequest.Requests * ArpRequest.Patience) + Allowance,
                OutputCap = OutputCap,
            },
            null,
            cancellationToken);
        return outcome switch
        {
            ShellOutcome.Completed { ExitCode: ProbeProgram.NoInterpreter } => new FactReading<ArpAnswer>.Missing(WhyNot(outcome)),
            ShellOutcome.Completed completed when ArpAnswer.Read(completed.Stdout, out var why) is var answer
                => answer is null ? new FactReading<ArpAnswer>.Missing(why) : new FactReading<ArpAnswer>.Known(answer),
            _ => new FactReading<ArpAnswer>.Missing(WhyNot(outcome)),
        };
    }

    /// <summary>Runs a probe and keeps what it said as a part of a snapshot's section; what it said until contact was lost counts.</summary>
    /// <param name="host">Where.</param>
    /// <param name="part">Name of the part.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="duration">How long it works.</param>
    /// <param name="onOutput">Told when something has arrived.</param>
    /// <param name="cancellationToken">Ends the probe, on the host too.</param>
    public async Task<PartOutput> RunAsync(
        HostEntry host, string part, ProbeProgram program, ImmutableArray<string> arguments, TimeSpan duration, Action? onOutput, CancellationToken cancellationToken)
    {
        var outcome = await shell.RunAsync(
            host,
            new(ProbeProgram.Argv([.. arguments])) { Stdin = program.Text, AsRoot = true, TimeLimit = duration + Allowance, OutputCap = OutputCap },
            (_, _) =>
            {
                onOutput?.Invoke();
                return ValueTask.CompletedTask;
            },
            cancellationToken);
        return outcome switch
        {
            ShellOutcome.Completed { ExitCode: not ProbeProgram.NoInterpreter, Stdout.IsEmpty: false } completed => ProbeSections.Ran(part, completed.ExitCode, completed.Stdout),
            ShellOutcome.Failed { Stdout.IsEmpty: false, Kind: not ShellFailureKind.SudoRefused } cut => ProbeSections.Ran(part, -1, cut.Stdout),
            _ => ProbeSections.NotRun(part, WhyNot(outcome)),
        };
    }

    /// <summary>Pings twice with a packet that must not be cut (P.df). Needs no root.</summary>
    public async Task<PartOutput> PingAsync(HostEntry host, DfAsk ask, CancellationToken cancellationToken)
    {
        var name = DfPing.PartName(ask.Bridge, ask.Target, ask.Size);
        var outcome = await shell.RunAsync(
            host,
            new(["ping", "-n", "-c", "2", "-i", "0.3", "-W", "1", "-M", "do", "-s", (ask.Size - DfPing.Headers).ToString(CultureInfo.InvariantCulture), "-I", ask.Bridge, ask.Target])
            {
                RootIfPossible = true, TimeLimit = Allowance, OutputCap = OutputCap,
            },
            null,
            cancellationToken);
        return outcome is ShellOutcome.Completed { Stdout.IsEmpty: false } completed
            ? ProbeSections.Ran(name, completed.ExitCode, completed.Stdout)
            : ProbeSections.NotRun(name, outcome is ShellOutcome.Completed { ExitCode: 126 or 127 } ? "ping is not installed" : WhyNot(outcome));
    }

    private static string WhyNot(ShellOutcome outcome) => outcome switch
    {
        ShellOutcome.Failed failed => failed.Message,
        ShellOutcome.Completed { ExitCode: ProbeProgram.NoInterpreter } => "the host has neither perl nor python3; on the host: apt-get install perl-base",
        ShellOutcome.Completed completed => $"the probe did not start (exit code {completed.ExitCode})",
        _ => "the probe did not start",
    };
}
