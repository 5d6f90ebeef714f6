using ChatOpsBot.Adapters.Slack.Api;
using ChatOpsBot.Adapters.Slack.Rendering;
using ChatOpsBot.Domain.Cards;

namespace ChatOpsBot.Adapters.Slack.Inbound;

/// <summary>Opens modals.</summary>
/// <param name="api">Calls Slack.</param>
internal sealed class SlackForms(SlackApi api)
{
    /// <summary>Opens a form. A trigger lives three seconds and opens one form, so nothing is tried again.</summary>
    /// <returns>Why it is not open; <see langword="null"/> when it is.</returns>
    public async Task<string?> OpenAsync(Form form, string trigger, string channel, string? thread, CancellationToken cancellationToken)
        => await api.CallAsync("views.open", [("trigger_id", trigger), ("view", FormView.Render(form, channel, thread).Json())], cancellationToken) switch
        {
            SlackReply.Good => null,
            SlackReply.Refused { Error: "expired_trigger_id" or "trigger_expired" or "exchanged_trigger_id" } => "it took too long",
            SlackReply.Refused refused => refused.Error,
            SlackReply.Limited => "Slack asks to wait",
            _ => "Slack did not answer",
        };
}
