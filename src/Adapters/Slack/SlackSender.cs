using System.Text.Json.Nodes;
using ChatOpsBot.Adapters.Slack.Api;
using ChatOpsBot.Adapters.Slack.Rendering;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Policies;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Slack;

/// <summary>Sends messages: one at a time in each channel, in simpler blocks when the workspace refuses the newer ones, the whole of what did not fit as a file.</summary>
internal sealed class SlackSender : IDisposable
{
    private const int Lanes = 256;

    private readonly SlackApi _api;
    private readonly IConfigurationSource _configuration;
    private readonly SlackOptions _options;
    private readonly ILogger<SlackSender> _log;
    private readonly SemaphoreSlim[] _lanes = [.. Enumerable.Range(0, Lanes).Select(_ => new SemaphoreSlim(1))];
    private volatile bool _newestRefused;

    /// <summary>The options were checked before.</summary>
    public SlackSender(SlackApi api, IConfigurationSource configuration, IOptions<SlackOptions> options, ILogger<SlackSender> log)
    {
        _api = api;
        _configuration = configuration;
        _options = options.Value;
        _log = log;
    }

    /// <summary>The blocks to begin with: once a workspace has refused the newer ones, it is not asked each time.</summary>
    private SlackBlocks FirstStyle => _options.Blocks == SlackBlocks.Newest && _newestRefused ? SlackBlocks.Classic : _options.Blocks;

    /// <summary>Renderers whose mentions are accounts of that workspace.</summary>
    public (CardBlocks Cards, TextMessages Texts) RenderersFor(string team)
    {
        string? Account(PersonId person)
            => _configuration.Current.Policy.Find(person)?.Accounts.OfType<Account.Slack>().OrderBy(account => account.Team == team ? 0 : 1)
                .FirstOrDefault(account => account.Team == team || _options.Teams.Contains(account.Team))?.User;

        return (new(Account), new(Account));
    }

    /// <summary>Posts or changes a message.</summary>
    /// <param name="method"><c>chat.postMessage</c>, <c>chat.update</c> or <c>chat.postEphemeral</c>.</param>
    /// <param name="channel">Where.</param>
    /// <param name="render">Makes the message with given blocks.</param>
    /// <param name="more">Further arguments.</param>
    /// <param name="cancellationToken">Ends the wait; whether it arrived is unknown then.</param>
    public Task<(SlackReply Reply, SlackMessage Sent)> SendAsync(
        string method, string channel, Func<SlackBlocks, SlackMessage> render, IReadOnlyList<(string Name, string? Value)> more, CancellationToken cancellationToken)
        => WithFallbackAsync(
            render,
            async message =>
            {
                var lane = _lanes[(channel.GetHashCode(StringComparison.Ordinal) & int.MaxValue) % Lanes];
                await lane.WaitAsync(cancellationToken);
                try
                {
                    IEnumerable<(string Name, string? Value)> only = method == "chat.postMessage" ? [("mrkdwn", message.Blocks is null ? "false" : null), ("unfurl_links", "false"), ("unfurl_media", "false")] : [];
                    return await _api.CallAsync(
                        method, [("channel", channel), ("text", message.Text), ("blocks", message.Blocks?.Json() ?? (method == "chat.update" ? "[]" : null)), .. only, .. more], cancellationToken);
                }
                finally
                {
                    lane.Release();
                }
            });

    /// <summary>Answers by the address that came with an interaction.</summary>
    public Task<(SlackReply Reply, SlackMessage Sent)> RespondAsync(Uri address, Func<SlackBlocks, SlackMessage> render, CancellationToken cancellationToken)
        => WithFallbackAsync(render, message =>
        {
            var body = new JsonObject { ["response_type"] = "ephemeral", ["replace_original"] = false, ["text"] = message.Text };
            if (message.Blocks is { } blocks)
            {
                body["blocks"] = blocks;
            }

            return _api.RespondAsync(address, body.Bytes(), cancellationToken);
        });

    /// <summary>Uploads a file in three steps. Until the last one nobody sees anything, so the others may be repeated.</summary>
    public async Task<SlackReply> UploadAsync(string channel, string? thread, string name, string title, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var begun = await _api.CallAsync(
            "files.getUploadURLExternal", [("filename", name), ("length", bytes.Length.ToString(System.Globalization.CultureInfo.InvariantCulture))], cancellationToken);
        if (begun is not SlackReply.Good good)
        {
            return begun is SlackReply.Broken broken ? broken with { MayHaveArrived = false } : begun;
        }

        if (good.Body.Text("file_id") is not { } id || !Uri.TryCreate(good.Body.Text("upload_url"), UriKind.Absolute, out var address))
        {
            return new SlackReply.Broken("files.getUploadURLExternal: the answer lacks file or address", MayHaveArrived: false);
        }

        var sent = await _api.UploadAsync(address, bytes, cancellationToken);
        if (sent is not SlackReply.Good)
        {
            return sent is SlackReply.Broken failed ? failed with { MayHaveArrived = false } : sent;
        }

        var files = new JsonArray(new JsonObject { ["id"] = id, ["title"] = TextCut.At(title, 200) });
        return await _api.CallAsync("files.completeUploadExternal", [("files", files.Json()), ("channel_id", channel), ("thread_ts", thread)], cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var lane in _lanes)
        {
            lane.Dispose();
        }
    }

    private async Task<(SlackReply Reply, SlackMessage Sent)> WithFallbackAsync(Func<SlackBlocks, SlackMessage> render, Func<SlackMessage, Task<SlackReply>> send)
    {
        for (var style = FirstStyle; ; style++)
        {
            var message = render(style);
            var reply = await send(message);
            if (reply is not SlackReply.Refused refused || !IsAboutBlocks(refused) || style == SlackBlocks.Text)
            {
                return (reply, message);
            }

            // A refused block must never cost the finding that it shows.
            _log.BlocksRefused(refused.Error, Details(refused), style + 1);
            _newestRefused |= style == SlackBlocks.Newest && refused.Error != "msg_blocks_too_long";
        }
    }

    /// <summary>An address for answers says what is wrong with the blocks only by its status.</summary>
    private static bool IsAboutBlocks(SlackReply.Refused refused) => SlackErrors.IsAboutBlocks(refused.Error) || refused.Error == "http_400";

    private static string Details(SlackReply.Refused refused) => refused.Details.Length <= 300 ? refused.Details : refused.Details[..300];
}
