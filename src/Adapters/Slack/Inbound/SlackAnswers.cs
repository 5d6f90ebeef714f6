using System.Text;
using ChatOpsBot.Adapters.Slack.Api;
using ChatOpsBot.Adapters.Slack.Rendering;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Ports;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Slack.Inbound;

/// <summary>
/// Brings answers to who asked: to their eyes only where they typed a slash command or pressed a button, to the thread or the direct conversation where they wrote.
/// </summary>
/// <param name="sender">Sends.</param>
/// <param name="time">The clock.</param>
/// <param name="log">For operators.</param>
internal sealed class SlackAnswers(SlackSender sender, TimeProvider time, ILogger<SlackAnswers> log)
{
    /// <summary>Slack takes answers by the address of an interaction for half an hour.</summary>
    private static readonly TimeSpan s_addressLives = TimeSpan.FromMinutes(29);

    /// <summary>Brings the answer, or says when to try again.</summary>
    /// <param name="act">What was asked.</param>
    /// <param name="handle">How it can be answered at once.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="details">Whether a card of the answer is shown with all of it.</param>
    /// <param name="item">When it was asked.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IntakeOutcome> BringAsync(SlackItem act, SlackHandle handle, CommandAnswer answer, bool details, IntakeItem item, CancellationToken cancellationToken)
    {
        SlackMessage Render(SlackBlocks style) => details && answer is CommandAnswer.Done { Card: { } card }
            ? sender.RenderersFor(act.Team).Cards.Render(card, style, unfolded: true)
            : TextMessages.Plain(answer is CommandAnswer.NotUnderstood wrong ? $"{wrong.Text}\n{wrong.Usage}" : answer.Text, style);

        var (reply, sent) = await SendAsync(act, handle, Render, item, cancellationToken);
        switch (reply)
        {
            case SlackReply.Good:
                await FileAsync(act, sent, cancellationToken);
                return new IntakeOutcome.Done();
            case SlackReply.Limited limited:
                return new IntakeOutcome.Later("Slack asks to wait", limited.After);
            case SlackReply.Broken broken:
                return new IntakeOutcome.Later(broken.Why);
            default:
                log.NotAnswered(act.User, act.Channel, reply is SlackReply.Refused refused ? refused.Error : "no reply");
                return new IntakeOutcome.Done();
        }
    }

    private async Task<(SlackReply Reply, SlackMessage Sent)> SendAsync(
        SlackItem act, SlackHandle handle, Func<SlackBlocks, SlackMessage> render, IntakeItem item, CancellationToken cancellationToken)
    {
        if (act.Act is SlackAct.Mention or SlackAct.Direct)
        {
            return await sender.SendAsync(
                "chat.postMessage", act.Channel, render, [("thread_ts", act.Act == SlackAct.Mention ? act.Thread ?? act.Message : act.Thread)], cancellationToken);
        }

        if (handle.ResponseUrl is { } address && time.GetUtcNow() - item.Received < s_addressLives)
        {
            var answered = await sender.RespondAsync(address, render, cancellationToken);
            if (answered.Reply is not SlackReply.Refused)
            {
                return answered;
            }
        }

        if (act.Channel.Length > 0)
        {
            var shown = await sender.SendAsync("chat.postEphemeral", act.Channel, render, [("user", act.User), ("thread_ts", act.Thread)], cancellationToken);
            if (shown.Reply is not SlackReply.Refused { Error: var error } || !SlackErrors.IsAboutPlace(error))
            {
                return shown;
            }
        }

        // Where the bot is not, only a direct message reaches them.
        return await sender.SendAsync("chat.postMessage", act.User, render, [], cancellationToken);
    }

    /// <summary>The whole of what did not fit: to the thread of the card or question; what is for one pair of eyes goes to their direct conversation.</summary>
    private async Task FileAsync(SlackItem act, SlackMessage sent, CancellationToken cancellationToken)
    {
        if (sent.Rest is not { } rest)
        {
            return;
        }

        var (channel, thread) = act.Act switch
        {
            SlackAct.Press or SlackAct.Mention => (act.Channel, act.Thread ?? act.Message),
            SlackAct.Direct => (act.Channel, act.Thread),
            _ => (await DirectAsync(act.User, cancellationToken), null),
        };
        var reply = channel is { Length: > 0 } ? await sender.UploadAsync(channel, thread, "all-of-it.txt", "All of it", Encoding.UTF8.GetBytes(rest), cancellationToken) : null;
        if (reply is not SlackReply.Good)
        {
            log.NotAnswered(act.User, act.Channel, $"the file with all of it: {(reply is SlackReply.Refused refused ? refused.Error : "no reply")}");
        }
    }

    /// <summary>The id of the direct conversation with a person, which a first message opens.</summary>
    private async Task<string?> DirectAsync(string user, CancellationToken cancellationToken)
    {
        var (reply, _) = await sender.SendAsync("chat.postMessage", user, style => TextMessages.Plain("All of the answer that did not fit:", style), [], cancellationToken);
        return reply is SlackReply.Good good ? good.Body.Text("channel") : null;
    }
}
