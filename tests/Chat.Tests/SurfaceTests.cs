using ChatOpsBot.ChatContract;
using ChatOpsBot.ChatContract.Surfaces;

namespace ChatOpsBot.Chat.Tests;

/// <summary>Slack against a Slack that its own clients have approved.</summary>
public sealed class SlackChatTests : ChatContractTests
{
    /// <inheritdoc/>
    protected override Task<ChatUnderTest> StartAsync() => SlackUnderTest.StartAsync();
}

/// <summary>Teams against a service that its own clients have approved.</summary>
public sealed class TeamsChatTests : ChatContractTests
{
    /// <inheritdoc/>
    protected override Task<ChatUnderTest> StartAsync() => TeamsUnderTest.StartAsync();
}

/// <summary>The web console and its API.</summary>
public sealed class WebChatTests : ChatContractTests
{
    /// <inheritdoc/>
    protected override Task<ChatUnderTest> StartAsync() => WebUnderTest.StartAsync();
}

/// <summary>The terminal client.</summary>
public sealed class TerminalChatTests : ChatContractTests
{
    /// <inheritdoc/>
    protected override Task<ChatUnderTest> StartAsync() => TerminalUnderTest.StartAsync();
}
