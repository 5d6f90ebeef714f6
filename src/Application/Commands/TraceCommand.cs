using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Commands;

/// <summary><c>trace</c>: follows a guest's DHCP request hop by hop. Opens no incident.</summary>
internal sealed class TraceCommand : ChatCommand
{
    public override PolicyCommand Command => PolicyCommand.Trace;

    public override string Usage => "trace HOST GUEST";

    public override string Example => "trace host42 vm1";

    public override string Summary => "follow a guest's DHCP request hop by hop, as far as the host's settings and rules tell";

    internal override Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken) => Task.FromResult(Prepare(call));

    private Prepared Prepare(CommandCall call)
    {
        if (Arguments.Host(call, Command, out var problem) is not { } host || Arguments.Name(call, "guest", out problem) is not { } guest)
        {
            return Wrong(problem);
        }

        return Arguments.Rest(call) is { } rest ? Wrong(rest) : new Prepared.Ready(Ask(call, host.Name), async token =>
        {
            // As a reading of the host takes its time, so does this answer; it is told in one piece.
            var outcome = await call.Services.Traces.RunAsync(host, guest, null, token);
            return outcome switch
            {
                TraceOutcome.Unreachable unreachable => new CommandAnswer.NotDone($"{host.Name} could not be read: {unreachable.Message}"),
                TraceOutcome.Traced { Answer: TraceAnswer.Followed followed } => new CommandAnswer.Done(TraceText.Of(host.Name, followed)),
                TraceOutcome.Traced { Answer: TraceAnswer.UnknownGuest unknown } => new CommandAnswer.NotUnderstood(TraceText.Unknown(host.Name, guest, unknown), Usage),
                TraceOutcome.Traced { Answer: TraceAnswer.NotRead(var why) } => new CommandAnswer.NotDone($"{host.Name} did not show its links: {why}"),
                _ => throw new InvalidOperationException($"unknown outcome {outcome.GetType().Name}"),
            };
        });
    }
}
