using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Adapters.Web.Callers;

/// <summary>Knows people by their tokens, under the policy in force: who left it, or got another token, is nobody from that moment on.</summary>
/// <param name="configuration">The policy.</param>
internal sealed class PersonTokens(IConfigurationSource configuration)
{
    /// <summary>The person whose token this is; <see langword="null"/> when it is nobody's.</summary>
    public Caller? Find(string token, bool byCookie)
        => token.Length is >= ConsoleTokenHash.LeastLength and <= ConsoleTokenHash.LargestLength ? Find(ConsoleTokenHash.Of(token), byCookie) : null;

    /// <summary>The person, if their token still has that hash.</summary>
    public Caller? Find(PersonId person, string tokenHash, bool byCookie)
        => ConsoleTokenHash.FromHex(tokenHash) is { } hash && Find(hash, byCookie) is { } caller && caller.Id == person ? caller : null;

    private Caller? Find(ConsoleTokenHash hash, bool byCookie)
        => configuration.Current.Policy.FindByToken(hash) is { } person ? new(person.Id, person.Name, hash.Hex, byCookie) : null;
}
