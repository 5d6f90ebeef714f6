using System.Security.Cryptography;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Secrets;

/// <summary>Made-up secrets, each another one in each run, and words that are no secrets: they have to be found where the secrets must not be, or nobody looked there.</summary>
internal sealed class Canaries
{
    private readonly string _run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
    private readonly List<string> _planted = [];
    private readonly Dictionary<string, string> _tokens = new(StringComparer.Ordinal);

    /// <summary>What people say, and what is harmless.</summary>
    public string Said => $"sparrow{_run}";

    /// <summary>What stands beside the secrets on the host, and is harmless.</summary>
    public string OnHost => $"finch{_run}";

    /// <summary>Another secret.</summary>
    public string Next()
    {
        var canary = $"canary{_planted.Count}x{_run}";
        _planted.Add(canary);
        return canary;
    }

    /// <summary>The secret of a person, the same each time and long enough for a token of the console.</summary>
    public string Of(string person) => _tokens.TryGetValue(person, out var token) ? token : _tokens[person] = $"{Next()}-0123456789abcdef";

    /// <summary>Fails when an outlet has one of the secrets, or when it lacks the harmless word, for then nothing was looked at.</summary>
    /// <param name="outlet">What is searched, for the failure.</param>
    /// <param name="texts">All that came out there, each part with where it is.</param>
    /// <param name="control">The harmless word.</param>
    /// <param name="more">Further secrets.</param>
    public void ExpectNoneIn(string outlet, IEnumerable<(string Where, string Text)> texts, string control, params string[] more)
    {
        var all = texts.ToArray();
        Assert.True(Array.Exists(all, part => part.Text.Contains(control, StringComparison.Ordinal)), $"{outlet}: '{control}' is not there either, so this shows nothing; there is {string.Join(", ", all.Select(part => $"{part.Where} of {part.Text.Length}"))}");
        var found = all.SelectMany(part => _planted.Concat(more)
            .Where(secret => part.Text.Contains(secret, StringComparison.OrdinalIgnoreCase))
            .Select(secret => $"{outlet}, {part.Where}: {secret} in ...{Around(part.Text, secret)}...")).ToArray();
        Assert.True(found.Length == 0, string.Join("\n", found));
    }

    private static string Around(string text, string secret)
    {
        var at = text.IndexOf(secret, StringComparison.OrdinalIgnoreCase);
        return text[Math.Max(0, at - 60)..Math.Min(text.Length, at + secret.Length + 20)];
    }
}
