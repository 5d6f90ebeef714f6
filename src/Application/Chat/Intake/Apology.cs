using System.Security.Cryptography;
using System.Text;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Application.Chat.Intake;

/// <summary>What people are told when something of ours fails again and again: what failed is for operators, they get a mark by which those find it.</summary>
public static class Apology
{
    // So many failed attempts are kept from people: seven seconds of them. A store that fails is mostly mended, and then they learn what was done: a minute.
    private const int After = 3;
    private const int AfterStore = 6;

    /// <summary>Whether people are told now.</summary>
    /// <param name="failure">What failed.</param>
    /// <param name="earlierTries">How often the same was tried before.</param>
    public static bool IsDue(Exception failure, int earlierTries) => failure is not OperationCanceledException && earlierTries >= (failure is StoreException ? AfterStore : After);

    /// <summary>The mark, in the log and in the answer.</summary>
    public static string MarkOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 4));

    /// <summary>The answer.</summary>
    public static CommandAnswer For(string key) => new CommandAnswer.NotDone(
        $"something failed here, and it is not known what was done; look at the incident before you ask again. An operator finds the cause in the log under {MarkOf(key)}");
}
