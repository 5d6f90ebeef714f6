using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;

namespace ChatOpsBot.FakeSlack;

/// <summary>What is in the pretended workspace, and everything that was sent to it.</summary>
public sealed class SlackWorkspace
{
    /// <summary>The app.</summary>
    public const string App = "A0FAKE";

    /// <summary>The workspace.</summary>
    public const string Team = "T1";

    /// <summary>The bot's user.</summary>
    public const string BotUser = "U0BOT";

    /// <summary>The bot.</summary>
    public const string Bot = "B0BOT";

    /// <summary>The bot token; made up, and refused by the real Slack.</summary>
    public const string BotToken = "xoxb-fake-0000";

    /// <summary>The app-level token.</summary>
    public const string AppToken = "xapp-fake-0000";

    /// <summary>The signing secret.</summary>
    public const string Secret = "fake-signing-secret-5f1c0a7e93b2";

    private readonly Lock _gate = new();
    private readonly List<FakeMessage> _messages = [];
    private long _clock = 1_800_000_000_000_000;

    /// <summary>People: id to what users.info says besides the id.</summary>
    public ConcurrentDictionary<string, JsonObject> Users { get; } = new();

    /// <summary>Channels: id to what conversations.info says besides the id.</summary>
    public ConcurrentDictionary<string, JsonObject> Channels { get; } = new();

    /// <summary>User groups: id to the ids of members.</summary>
    public ConcurrentDictionary<string, string[]> UserGroups { get; } = new();

    /// <summary>Every call of the Web API that was let in, in order.</summary>
    public ConcurrentQueue<FakeCall> Calls { get; } = new();

    /// <summary>What only one person sees: by chat.postEphemeral or by a response address.</summary>
    public ConcurrentQueue<FakeEphemeral> Ephemerals { get; } = new();

    /// <summary>Forms that were opened.</summary>
    public ConcurrentQueue<JsonObject> Views { get; } = new();

    /// <summary>Finished files by id.</summary>
    public ConcurrentDictionary<string, FakeFile> Files { get; } = new();

    /// <summary>The messages of a channel, oldest first.</summary>
    public IReadOnlyList<FakeMessage> Messages(string? channel = null)
    {
        lock (_gate)
        {
            return [.. _messages.Where(message => channel is null || message.Channel == channel)];
        }
    }

    /// <summary>Adds a message and gives it its time.</summary>
    public FakeMessage Add(FakeMessage message)
    {
        lock (_gate)
        {
            var stamped = message with { Ts = NextTs() };
            _messages.Add(stamped);
            return stamped;
        }
    }

    /// <summary>Changes a message; <see langword="null"/> when it is not there.</summary>
    public FakeMessage? Change(string channel, string ts, Func<FakeMessage, FakeMessage> change)
    {
        lock (_gate)
        {
            var index = _messages.FindIndex(message => message.Channel == channel && message.Ts == ts);
            return index < 0 ? null : _messages[index] = change(_messages[index]);
        }
    }

    /// <summary>Deletes a message.</summary>
    public void Delete(string channel, string ts)
    {
        lock (_gate)
        {
            _messages.RemoveAll(message => message.Channel == channel && message.Ts == ts);
        }
    }

    /// <summary>The time of the next message; unique.</summary>
    public string NextTs()
    {
        var micros = Interlocked.Increment(ref _clock);
        return string.Create(CultureInfo.InvariantCulture, $"{micros / 1_000_000}.{micros % 1_000_000:D6}");
    }
}

/// <summary>A message.</summary>
/// <param name="Channel">Where.</param>
/// <param name="Text">Its text.</param>
/// <param name="Blocks">Its blocks.</param>
public sealed record FakeMessage(string Channel, string Text, JsonArray? Blocks)
{
    /// <summary>Its time, which is its id.</summary>
    public string Ts { get; init; } = "";

    /// <summary>The thread.</summary>
    public string? Thread { get; init; }

    /// <summary>Its metadata.</summary>
    public JsonNode? Metadata { get; init; }

    /// <summary>Files on it.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Whether it shows in the channel although it is in a thread.</summary>
    public bool Broadcast { get; init; }

    /// <summary>How often it was changed.</summary>
    public int Changes { get; init; }

    /// <summary>All texts in it, those of blocks included.</summary>
    public string AllText => $"{Text}\n{Blocks?.ToJsonString()}";
}

/// <summary>What only one person sees.</summary>
/// <param name="Channel">Where.</param>
/// <param name="User">Who.</param>
/// <param name="Text">Its text.</param>
/// <param name="Blocks">Its blocks.</param>
/// <param name="Trigger">The interaction that it answers; <see langword="null"/> for chat.postEphemeral.</param>
public sealed record FakeEphemeral(string Channel, string User, string Text, JsonArray? Blocks, string? Trigger);

/// <summary>A call of the Web API.</summary>
/// <param name="Method">Which method.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="At">When.</param>
public sealed record FakeCall(string Method, IReadOnlyDictionary<string, string> Arguments, DateTimeOffset At);

/// <summary>A file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">Its title.</param>
/// <param name="Bytes">Its bytes.</param>
public sealed record FakeFile(string Name, string Title, byte[] Bytes);

/// <summary>What goes wrong with a call.</summary>
public sealed record FakeFault
{
    /// <summary>HTTP status instead of 200.</summary>
    public int? Status { get; init; }

    /// <summary>With 429: the header.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>Slack's own error word.</summary>
    public string? Error { get; init; }

    /// <summary>The call is carried out, but the connection breaks before the answer.</summary>
    public bool BreaksAfterwards { get; init; }

    /// <summary>Nothing is answered for so long.</summary>
    public TimeSpan Delay { get; init; }
}
