using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Adapters.YamlFiles.Runbooks;

/// <summary>Commands that are often recommended as repairs and cause the faults that this program finds.</summary>
internal static class HarmfulCommands
{
    private static readonly (string[] Words, string Why)[] s_known =
    [
        (["systemctl", "restart"], "restarting a network service tears taps off their bridges"),
        (["service", "restart"], "restarting a network service tears taps off their bridges"),
        (["ifdown"], "taking a bridge down cuts off its guests and loses the host's routes"),
        (["nft", "flush"], "flushing a rule set cannot be taken back exactly"),
        (["iptables", "-F"], "flushing a chain cannot be taken back exactly"),
        (["ebtables", "-F"], "flushing a chain cannot be taken back exactly"),
        (["brctl"], "brctl is obsolete and not installed everywhere; ip and bridge do the same"),
    ];

    /// <summary>Why that command is refused and what to do instead, or <see langword="null"/>. All words of an entry have to be there, the program first.</summary>
    /// <param name="vector">The program and its arguments.</param>
    /// <param name="isBridge">Whether an argument is, or stands for, a bridge.</param>
    public static (string Why, string Instead)? WhyRefused(IReadOnlyList<string> vector, Func<string, bool> isBridge)
    {
        if (RefusedRepairs.OfCommand(vector, isBridge) is { } refused)
        {
            return (refused.Why, refused.Instead);
        }

        var program = Path.GetFileName(vector[0]);
        return Array.Find(s_known, entry => entry.Words[0] == program && entry.Words.Skip(1).All(vector.Contains)).Why is { } why
            ? (why, "choose a smaller change; see runbooks/README.md")
            : null;
    }
}
