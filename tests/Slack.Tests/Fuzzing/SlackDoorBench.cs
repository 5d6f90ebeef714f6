using System.Collections.Immutable;
using System.Text;
using ChatOpsBot.Adapters.Slack;
using ChatOpsBot.Adapters.Slack.Api;
using ChatOpsBot.Adapters.Slack.Inbound;
using ChatOpsBot.Adapters.Slack.Ingress;
using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Chat.Intake;
using ChatOpsBot.Application.Configuration;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.FakeSlack;
using ChatOpsBot.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatOpsBot.Slack.Tests.Fuzzing;

/// <summary>Slack's ways in, real from the raw bytes to what is written down; the inbox remembers the last item only, and nobody works on it.</summary>
internal sealed class SlackDoorBench : IDisposable
{
    private readonly LastItem _inbox = new();
    private readonly GroupMembers _members;
    private readonly ChatIntake _intake;
    private readonly SlackApi _api;
    private readonly ButtonTokens _tokens = new(new Secret());

    public SlackDoorBench()
    {
        var options = Options.Create(new SlackOptions
        {
            Mode = SlackMode.Http,
            AppId = SlackWorkspace.App,
            TeamIds = SlackWorkspace.Team,
            BotToken = SlackWorkspace.BotToken,
            SigningSecret = SlackWorkspace.Secret,
            ApiBaseUrl = "http://127.0.0.1:9/api/",
        });
        _members = new([], Time);
        _intake = new(_inbox, [], Time, NullLogger<ChatIntake>.Instance);
        _api = new(options, new(options.Value), Time, NullLogger<SlackApi>.Instance);
        Receiver = new(options, _intake, _members, new(_api), NullLogger<SlackReceiver>.Instance);
        Endpoint = new(options, Receiver, Time, NullLogger<SlackEndpoint>.Instance);
    }

    public ManualTime Time { get; } = new();

    public SlackReceiver Receiver { get; }

    public SlackEndpoint Endpoint { get; }

    /// <summary>How many inputs were taken so far.</summary>
    public int Taken { get; private set; }

    /// <summary>Reads the item that was written down, if one was, as the worker does.</summary>
    public void ReadWhatWasTaken()
    {
        if (_inbox.Take() is not { } body)
        {
            return;
        }

        Taken++;
        var item = SlackItemJson.Decode(body);
        Assert.NotNull(item);
        Assert.NotNull(SlackText.Line(item.Text, SlackWorkspace.BotUser));
        _ = _tokens.Read(item.Token ?? "");
        _ = Forms.Read(item.Token ?? "", item.Answers ?? []);
    }

    public void Dispose()
    {
        _api.Dispose();
        _intake.Dispose();
        _members.Dispose();
    }

    private sealed class Secret : IServiceSecret
    {
        public ReadOnlyMemory<byte> KeyFor(string purpose) => Encoding.UTF8.GetBytes(purpose.PadRight(32));
    }

    /// <summary>Says of each item that it is done already, so that nobody works on it.</summary>
    private sealed class LastItem : IInbox
    {
        private ReadOnlyMemory<byte>? _body;

        public ReadOnlyMemory<byte>? Take()
        {
            var body = _body;
            _body = null;
            return body;
        }

        public Task<InboxPut> PutAsync(string key, DateTimeOffset received, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
        {
            _body = body;
            return Task.FromResult(new InboxPut(IsNew: false, IsDone: true, null));
        }

        public Task DoneAsync(InboxDone done, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<ImmutableArray<InboxItem>> PendingAsync(int limit, CancellationToken cancellationToken) => Task.FromResult(ImmutableArray<InboxItem>.Empty);
    }
}
