using System.Collections.Concurrent;
using ChatOpsBot.FakeSlack;

namespace ChatOpsBot.ChatContract.Benches;

/// <summary>Everything that the tests' bots sent to Slack, for the judges at the end.</summary>
internal static class CapturedCalls
{
    public static ConcurrentQueue<FakeCall> Calls { get; } = new();

    public static ConcurrentQueue<string> Complaints { get; } = new();

    public static void Keep(SlackWorkspace workspace)
    {
        foreach (var call in workspace.Calls)
        {
            Calls.Enqueue(call);
        }
    }
}
