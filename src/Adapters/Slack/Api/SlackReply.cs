using System.Collections.Immutable;
using System.Text.Json;

namespace ChatOpsBot.Adapters.Slack.Api;

/// <summary>What calling the Web API brought.</summary>
internal abstract record SlackReply
{
    private SlackReply()
    {
    }

    /// <summary>It said <c>ok</c>.</summary>
    /// <param name="Body">The whole answer.</param>
    public sealed record Good(JsonElement Body) : SlackReply
    {
        /// <summary>The scopes of the token, as the header says; empty when it says nothing.</summary>
        public ImmutableArray<string> Scopes { get; init; } = [];

        /// <summary>Slack's clock.</summary>
        public DateTimeOffset? Date { get; init; }
    }

    /// <summary>It said no.</summary>
    /// <param name="Error">Its word for it.</param>
    /// <param name="Details">Its messages and the scope that is missing.</param>
    public sealed record Refused(string Error, string Details) : SlackReply;

    /// <summary>Too many requests; it did not arrive.</summary>
    /// <param name="After">When to come back; <see langword="null"/> when it did not say.</param>
    public sealed record Limited(TimeSpan? After) : SlackReply;

    /// <summary>Network or service failed.</summary>
    /// <param name="Why">A sentence without secrets.</param>
    /// <param name="MayHaveArrived">Whether the request may have been carried out nevertheless.</param>
    public sealed record Broken(string Why, bool MayHaveArrived) : SlackReply;
}
