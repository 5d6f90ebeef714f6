using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Application.Guarding;

/// <summary>Changes hosts through the guard program, which undoes by itself what nobody commits.</summary>
/// <remarks>
/// An operation whose answer does not come is never assumed to have happened or not: the host is asked for the status over a new connection, and
/// while its steps run or are taken back, asked again. Every operation may be repeated.
/// </remarks>
public sealed class HostGuard(IHostShell shell, TimeProvider time)
{
    // Beyond the limits of the steps themselves: connecting, sudo, a loaded host.
    private static readonly TimeSpan Allowance = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(1);

    // Of a plan whose steps nobody here knows.
    private static readonly TimeSpan ForgottenLimit = TimeSpan.FromMinutes(2);

    private const int OutputCap = 16 * 1024 * 1024;

    /// <summary>Takes the host and starts the watchdog; success is <see cref="GuardStatus.Armed"/> without a refusal.</summary>
    /// <param name="host">Where.</param>
    /// <param name="plan">The approved plan.</param>
    /// <param name="token">Fencing token of the host's lease.</param>
    /// <param name="deadline">Time after which the watchdog takes back what is not committed.</param>
    /// <param name="cancellationToken">Ends the waiting; what the host does by then is for <see cref="StatusAsync"/> to find out.</param>
    public async Task<GuardReply> BeginAsync(HostEntry host, Plan plan, long token, TimeSpan deadline, CancellationToken cancellationToken)
        => GuardPlanEncoding.Of(plan) switch
        {
            GuardPlanEncoding.Unfit unfit => new GuardReply.Unfit(unfit.Problems),
            GuardPlanEncoding.Encoded encoded => await ChangeAsync(host, plan, GuardRequest.Begin(plan, encoded.Bytes, token, deadline), false, cancellationToken),
            var other => throw new InvalidOperationException($"unexpected encoding {other.GetType().Name}"),
        };

    /// <summary>Runs the steps and waits for their end; success is <see cref="GuardStatus.Applied"/>. On <see cref="GuardStatus.Applying"/> with no steps running, one failed.</summary>
    public Task<GuardReply> ApplyAsync(HostEntry host, Plan plan, long token, CancellationToken cancellationToken)
        => ChangeAsync(host, plan, GuardRequest.Apply(plan, token), false, cancellationToken);

    /// <summary>Pushes the deadline to that long from now, 10 min after begin at most. Always over a new connection: only who can still log in may ask for more time.</summary>
    public Task<GuardReply> ExtendAsync(HostEntry host, Plan plan, long token, TimeSpan deadline, CancellationToken cancellationToken)
        => ChangeAsync(host, plan, GuardRequest.Extend(plan, token, deadline), true, cancellationToken);

    /// <summary>Keeps the change; success is <see cref="GuardStatus.Committed"/>. Over a new connection, so that no change is kept that shuts us out.</summary>
    public Task<GuardReply> CommitAsync(HostEntry host, Plan plan, long token, CancellationToken cancellationToken)
        => ChangeAsync(host, plan, GuardRequest.Commit(plan, token), true, cancellationToken);

    /// <summary>Takes the change back and waits for the end; only <see cref="GuardStatus.Reverted"/> means that it was.</summary>
    public Task<GuardReply> RevertAsync(HostEntry host, Plan plan, long token, CancellationToken cancellationToken)
        => ChangeAsync(host, plan, GuardRequest.Revert(plan, token), false, cancellationToken);

    /// <summary>Takes back a plan of which only the id is known, as a list showed it; the host has all else.</summary>
    public Task<GuardReply> RevertAsync(HostEntry host, string planId, long token, CancellationToken cancellationToken)
        => ChangeAsync(host, new Target(planId, "", ForgottenLimit), GuardRequest.Revert(planId, token), false, cancellationToken);

    /// <summary>How it stands, asked over a new connection.</summary>
    public Task<GuardReply> StatusAsync(HostEntry host, Plan plan, CancellationToken cancellationToken)
        => AskAsync(host, GuardRequest.Status(plan), plan.Id, cancellationToken);

    /// <summary>The same with everything that happened, for the transcript.</summary>
    public Task<GuardReply> JournalAsync(HostEntry host, Plan plan, CancellationToken cancellationToken)
        => AskAsync(host, GuardRequest.Journal(plan), plan.Id, cancellationToken);

    /// <summary>Every plan the host remembers, for the sweep at start: <see cref="GuardReport.HoldsHost"/> marks what must be settled.</summary>
    public Task<GuardReply> ListAsync(HostEntry host, CancellationToken cancellationToken)
        => AskAsync(host, GuardRequest.List(), null, cancellationToken);

    private Task<GuardReply> ChangeAsync(HostEntry host, Plan plan, GuardRequest request, bool fresh, CancellationToken cancellationToken)
        => ChangeAsync(host, new Target(plan.Id, plan.BootId, LimitFor(plan)), request, fresh, cancellationToken);

    private async Task<GuardReply> ChangeAsync(HostEntry host, Target plan, GuardRequest request, bool fresh, CancellationToken cancellationToken)
    {
        var limit = plan.Limit;
        var reply = Judge(await RunAsync(host, request, limit, fresh, cancellationToken), plan.Id);
        if (reply is not GuardReply.Unknown(var lost))
        {
            return reply;
        }

        var until = time.GetTimestamp();
        while (true)
        {
            var status = await AskAsync(host, GuardRequest.Status(plan.Id, plan.BootId), plan.Id, cancellationToken);
            var patient = time.GetElapsedTime(until) < limit;
            switch (status)
            {
                case GuardReply.Answered answered when !patient || !IsBusy(answered.Report):
                    return answered with { Lost = lost };
                case not GuardReply.Answered when !patient:
                    return new GuardReply.Unknown($"{lost}; asked again: {Reason(status)}");
            }

            await Task.Delay(AskEvery, time, cancellationToken);
        }
    }

    private async Task<GuardReply> AskAsync(HostEntry host, GuardRequest request, string? plan, CancellationToken cancellationToken)
        => Judge(await RunAsync(host, request, Allowance, true, cancellationToken), plan);

    private Task<ShellOutcome> RunAsync(HostEntry host, GuardRequest request, TimeSpan limit, bool fresh, CancellationToken cancellationToken)
        => shell.RunAsync(
            host,
            new(GuardProgram.Argv(request)) { Stdin = GuardProgram.Stdin(request), TimeLimit = limit, OutputCap = OutputCap, AsRoot = true, FreshConnection = fresh },
            null,
            cancellationToken);

    private static GuardReply Judge(ShellOutcome outcome, string? plan) => outcome switch
    {
        ShellOutcome.Failed { Kind: ShellFailureKind.Unreachable or ShellFailureKind.TimedOut or ShellFailureKind.Killed or ShellFailureKind.OutputTooLarge } failed
            => new GuardReply.Unknown(failed.Message),
        ShellOutcome.Failed failed => new GuardReply.NotStarted(failed.Kind, failed.Message),
        ShellOutcome.Completed completed => GuardAnswer.Read(completed.Stdout) switch
        {
            GuardAnswer.Understood(var reports) when plan is null => new GuardReply.Listed(reports),
            GuardAnswer.Understood([var report]) when report.Plan == plan => new GuardReply.Answered(report),
            GuardAnswer.Garbled garbled => new GuardReply.Unknown($"{garbled.Problem} (exit code {completed.ExitCode})"),
            _ => new GuardReply.Unknown("the guard answered for another plan"),
        },
        _ => throw new InvalidOperationException($"unexpected outcome {outcome.GetType().Name}"),
    };

    // Something goes on by itself; its outcome is worth waiting for.
    private static bool IsBusy(GuardReport report) => report.StepsRunning || report.Status == GuardStatus.Reverting;

    private static string Reason(GuardReply reply) => reply switch
    {
        GuardReply.Unknown unknown => unknown.Message,
        GuardReply.NotStarted refused => refused.Message,
        _ => "no answer",
    };

    // Each step may read twice and run once, each up to its limit and a little more for the kill.
    private static TimeSpan LimitFor(Plan plan)
        => plan.Steps.Aggregate(Allowance, (sum, step) => sum + 3 * (step.Timeout + TimeSpan.FromSeconds(5)));

    // A plan as far as waiting for it needs to know it.
    private readonly record struct Target(string Id, string BootId, TimeSpan Limit);
}
