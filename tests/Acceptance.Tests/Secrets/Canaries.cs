using System.Security.Cryptography;

namespace ChatOpsBot.Acceptance.Tests.Secrets;

/// <summary>Made-up secrets, each another one in each run, and words that are no secrets: they have to be found where the secrets must not be, or nobody looked there.</summary>
internal sealed class Canaries
{
    private readonly string _run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
    private readonly List<string> _planted = [];

    /// <summary>What people say, and what is harmless.</summary>
    public string Said => $"sparrow{_run}";

    /// <summary>What stands beside the secrets on the host, and is harmless.</summary>
    public string OnHost => $"finch{_run}";

    /// <summary>All that were planted.</summary>
    public IReadOnlyList<string> Planted => _planted;

    /// <summary>Another secret.</summary>
    public string Next()
    {
        var canary = $"canary{_planted.Count}x{_run}";
        _planted.Add(canary);
        return canary;
    }

    /// <summary>The secrets that a text holds.</summary>
    public IEnumerable<string> In(string text) => _planted.Where(canary => text.Contains(canary, StringComparison.OrdinalIgnoreCase));
}
