using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Chat.Intake;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Application.Configuration;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Chat;

/// <summary>Reads command lines, asks the policy, performs. There is no other way to a command.</summary>
/// <param name="services">What commands need.</param>
/// <param name="tokens">Reads the tokens of buttons.</param>
/// <param name="inbox">Remembers what was done.</param>
/// <param name="limits">Bounds what reaches hosts.</param>
public sealed class CommandDispatcher(CommandServices services, ButtonTokens tokens, IInbox inbox, HostWorkLimits limits) : ICommandDispatcher
{
    /// <summary>Work of a chat that was written down but not done before a crash is performed after it, unless nobody waits for it any more.</summary>
    private static readonly TimeSpan s_tooOld = TimeSpan.FromMinutes(10);

    private const string KeyPrefix = "command ";
    private const string Unknown = "help shows what you may do";

    /// <summary>Two deliveries of the same item at once wait for each other. Few, because a wait between different items does no harm.</summary>
    private readonly SemaphoreSlim[] _oneByOne = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    private static readonly TimeSpan s_othersPatience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_askOthers = TimeSpan.FromMilliseconds(200);

    /// <inheritdoc/>
    public Task<CommandAnswer> DispatchAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        // People paste; what they type is shown to others and stored.
        var clean = request with { Text = Masking.Mask(request.Text) };
        return OnceAsync(clean.IdempotencyKey, () => CommandCodec.Encode(clean), () => PerformAsync(clean, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<CommandAnswer> PressAsync(ButtonPress press, CancellationToken cancellationToken)
    {
        var clean = press with { Reason = press.Reason is { } reason ? Masking.Mask(reason) : null };
        return OnceAsync(clean.IdempotencyKey, () => CommandCodec.Encode(clean), () => PerformAsync(clean, cancellationToken), cancellationToken);
    }

    /// <summary>At start: performs what chats were told is accepted and a crash kept from being done. Requests of HTTP clients wait for their own repeat.</summary>
    public async Task<int> ResumeAsync(CancellationToken cancellationToken)
    {
        var resumed = 0;
        foreach (var item in await inbox.PendingAsync(1000, cancellationToken))
        {
            if (!item.Key.StartsWith(KeyPrefix, StringComparison.Ordinal) || services.Time.GetUtcNow() - item.Received > s_tooOld)
            {
                continue;
            }

            var (request, press) = CommandCodec.DecodeRequest(item.Body, item.Key[KeyPrefix.Length..]);
            if (request is { Conversation: not null })
            {
                await DispatchAsync(request, cancellationToken);
                resumed++;
            }
            else if (press is { Conversation: not null })
            {
                await PressAsync(press, cancellationToken);
                resumed++;
            }
        }

        return resumed;
    }

    /// <summary>The inbox's key of a delivery.</summary>
    internal static string InboxKey(string key) => KeyPrefix + key;

    private async Task<CommandAnswer> OnceAsync(string? key, Func<ReadOnlyMemory<byte>> body, Func<Task<CommandAnswer>> perform, CancellationToken cancellationToken)
    {
        if (key is null)
        {
            return await perform();
        }

        var gate = _oneByOne[(key.GetHashCode(StringComparison.Ordinal) & int.MaxValue) % _oneByOne.Length];
        await gate.WaitAsync(cancellationToken);
        try
        {
            var begin = services.Time.GetTimestamp();
            InboxHold? taken;
            while (true)
            {
                var put = await inbox.PutAsync(InboxKey(key), services.Time.GetUtcNow(), body(), cancellationToken);
                if (put.IsDone)
                {
                    return CommandCodec.DecodeAnswer(put.Answer) ?? new CommandAnswer.NotDone("this was done before; status shows what came of it");
                }

                if ((taken = await InboxHold.TakeAsync(inbox, InboxKey(key), services.Time, cancellationToken)) is not null)
                {
                    break;
                }

                // Another service performs it at this moment, and its answer is the answer; or it has died, and then the item is free soon.
                if (services.Time.GetElapsedTime(begin) > s_othersPatience)
                {
                    return new CommandAnswer.NotDone("another service of the cluster has been working on this for long; status shows what comes of it");
                }

                await Task.Delay(s_askOthers, services.Time, cancellationToken);
            }

            await using var hold = taken;
            var answer = await perform();
            await inbox.DoneAsync(new(InboxKey(key), CommandCodec.Encode(answer)), cancellationToken);
            return answer;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<CommandAnswer> PerformAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        if (CommandLine.Read(request.Text, out var line) is { } wrong)
        {
            return new CommandAnswer.NotUnderstood(wrong, Unknown);
        }

        await services.Configuration.RefreshMembersAsync(GroupMembers.BelievedFor, cancellationToken);
        var word = line.Take() ?? PolicyCommand.Help.Word();
        return ChatCommands.Find(word) is { } command
            ? await PerformAsync(command, new(request, line, services.Configuration.Current, services), cancellationToken)
            : new CommandAnswer.NotUnderstood(
                $"there is no command {Arguments.Shown(word)}{NearestWord.Hint(word, ChatCommands.All.Select(known => known.Command.Word()))}", Unknown);
    }

    private async Task<CommandAnswer> PerformAsync(ChatCommand command, CommandCall call, CancellationToken cancellationToken)
    {
        if (call.Request.Barred is { } barred && command.Command is not (PolicyCommand.Help or PolicyCommand.WhoAmI or PolicyCommand.WhyNot))
        {
            return new CommandAnswer.Refused(barred, PolicyAnswer.NoRule);
        }

        // Strangers are refused before anything that they name is looked up.
        if (call.Configuration.Policy.Find(call.Person) is null
            && PolicyJudge.Judge(call.Configuration.Policy, new() { Person = call.Person, Command = command.Command }) is PolicyAnswer.Refused stranger)
        {
            return Refuse(stranger);
        }

        return await command.PrepareAsync(call, cancellationToken) switch
        {
            Prepared.NotUnderstood wrong => new CommandAnswer.NotUnderstood(wrong.What, wrong.Usage),
            Prepared.Ready ready when PolicyJudge.Judge(call.Configuration.Policy, ready.Question) is PolicyAnswer.Refused refused
                => new CommandAnswer.Refused($"{refused.Sentence}; {refused.Remedy}{UnreadGroups.Hint(call.Configuration.Policy)}", refused.Rule),
            Prepared.Ready ready => await limits.WithinAsync(command.Command, call, ready.Question.Host?.Name, () => ready.Run(cancellationToken)),
            var other => throw new InvalidOperationException($"unknown preparation {other.GetType().Name}"),
        };
    }

    private async Task<CommandAnswer> PerformAsync(ButtonPress press, CancellationToken cancellationToken)
    {
        if (press.Barred is { } barred)
        {
            return new CommandAnswer.Refused(barred, PolicyAnswer.NoRule);
        }

        await services.Configuration.RefreshMembersAsync(GroupMembers.BelievedFor, cancellationToken);
        var policy = services.Configuration.Current.Policy;
        if (policy.Find(press.Person) is null && PolicyJudge.Judge(policy, new() { Person = press.Person, Command = PolicyCommand.Status }) is PolicyAnswer.Refused stranger)
        {
            return Refuse(stranger);
        }

        if (tokens.Read(press.Token) is not { } target)
        {
            return new CommandAnswer.Refused("this button is none of ours; open the incident's newest card", PolicyAnswer.NoRule);
        }

        var subject = new DecisionSubject.OfToken(press.Token);
        return target.Action switch
        {
            ButtonAction.Approve => await ApproveCommand.DecideAsync(Call(press, ""), subject, Decision.Approve, press.Reason, cancellationToken),
            ButtonAction.Deny => await ApproveCommand.DecideAsync(Call(press, ""), subject, Decision.Deny, press.Reason, cancellationToken),
            ButtonAction.Details => await TypedAsync(press, $"status {target.Incident}", cancellationToken),
            ButtonAction.Recheck => await TypedAsync(press, $"recheck {target.Incident}", cancellationToken),
            ButtonAction.Cancel => await TypedAsync(press, $"cancel {target.Incident} {OneLine.Of(press.Reason, Arguments.LongestText)}", cancellationToken),
            ButtonAction.Nudge => await NudgeAsync(press, target, cancellationToken),
            ButtonAction.MakeStay => await MakeStayAsync(press, target, cancellationToken),
            _ => new CommandAnswer.Refused("this token is for the HTTP API", PolicyAnswer.NoRule),
        };
    }

    /// <summary>A press that stands for a line takes the way of that line.</summary>
    private Task<CommandAnswer> TypedAsync(ButtonPress press, string text, CancellationToken cancellationToken) => PerformAsync(Call(press, text).Request, cancellationToken);

    private async Task<CommandAnswer> NudgeAsync(ButtonPress press, ButtonTarget target, CancellationToken cancellationToken)
    {
        if (await services.Incidents.GetAsync(target.Incident, cancellationToken) is not { } view)
        {
            return new CommandAnswer.NotDone($"there is no incident {target.Incident} any more", target.Incident);
        }

        if (RunRefusal(press, view.Incident.Request.Host) is { } refusal)
        {
            return refusal;
        }

        return Nudge.GuestOf(view.Incident) is { } guest
            ? await TypedAsync(press, $"run {Nudge.Runbook} {view.Incident.Request.Host} \"{Nudge.Parameter}={guest}\"", cancellationToken)
            : new CommandAnswer.NotDone($"{target.Incident} is {view.Incident.State.Name}; there is no guest to be nudged", target.Incident);
    }

    /// <summary>Opens an incident of its own, with its own plan and approval.</summary>
    private async Task<CommandAnswer> MakeStayAsync(ButtonPress press, ButtonTarget target, CancellationToken cancellationToken)
    {
        if (await services.Incidents.GetAsync(target.Incident, cancellationToken) is not { } view)
        {
            return new CommandAnswer.NotDone($"there is no incident {target.Incident} any more", target.Incident);
        }

        if (RunRefusal(press, view.Incident.Request.Host) is { } refusal)
        {
            return refusal;
        }

        var runbooks = services.Configuration.Current.Runbooks;
        return MakeStay.Of(view.Incident).FirstOrDefault(offer => runbooks.Find(offer.Runbook) is not null) is { } offer
            ? await TypedAsync(press, offer.Command(view.Incident.Request.Host), cancellationToken)
            : new CommandAnswer.NotDone($"{target.Incident} is {view.Incident.State.Name}; it has no repair that a file could make to stay", target.Incident);
    }

    /// <summary>Whoever may not run anything on the host is told that, and not how the incident stands.</summary>
    private CommandAnswer.Refused? RunRefusal(ButtonPress press, string host)
    {
        var current = services.Configuration.Current;
        return PolicyJudge.Judge(current.Policy, new() { Person = press.Person, Command = PolicyCommand.Run, Host = current.HostOf(host) }) is PolicyAnswer.Refused refused ? Refuse(refused) : null;
    }

    private CommandCall Call(ButtonPress press, string text)
    {
        var request = new CommandRequest { Person = press.Person, Text = text, Conversation = press.Conversation, Barred = press.Barred, Origin = press.Origin, IdempotencyKey = press.IdempotencyKey };
        CommandLine.Read("", out var empty);
        return new(request, empty, services.Configuration.Current, services);
    }

    private static CommandAnswer.Refused Refuse(PolicyAnswer.Refused refused) => new($"{refused.Sentence}; {refused.Remedy}", refused.Rule);
}
