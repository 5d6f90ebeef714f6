using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ChatOpsBot.Domain.Approvals;

namespace ChatOpsBot.Domain.Policies;

/// <summary>A person of the policy file with all accounts: whoever speaks from two of them is still one person.</summary>
public sealed record PolicyPerson
{
    /// <summary>The id under <c>people:</c>.</summary>
    public required PersonId Id { get; init; }

    /// <summary>How people call that person; only shown, never compared.</summary>
    public required string Name { get; init; }

    /// <summary>Groups by name.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>Accounts of chat platforms.</summary>
    public ImmutableArray<Account> Accounts { get; init; } = [];

    /// <summary>Hash of the token for console and API; <see langword="null"/> without one.</summary>
    public ConsoleTokenHash? ConsoleToken { get; init; }
}

/// <summary>An account of a chat platform, by the ids that the platform guarantees; names are no identity.</summary>
public abstract record Account
{
    private Account()
    {
    }

    /// <summary>A Slack user.</summary>
    /// <param name="Team">Team id, for example <c>T1</c>.</param>
    /// <param name="User">User id, for example <c>U1</c>.</param>
    public sealed record Slack(string Team, string User) : Account
    {
        /// <inheritdoc/>
        public override string ToString() => $"slack team {Team} user {User}";
    }

    /// <summary>A Teams user.</summary>
    /// <param name="Tenant">Tenant id.</param>
    /// <param name="User">The user's directory object id.</param>
    public sealed record Teams(string Tenant, string User) : Account
    {
        /// <summary>Tenant id in lower case: the platform writes these ids in either.</summary>
        public string Tenant { get; init; } = Tenant.ToLowerInvariant();

        /// <summary>The user's directory object id in lower case.</summary>
        public string User { get; init; } = User.ToLowerInvariant();

        /// <inheritdoc/>
        public override string ToString() => $"teams tenant {Tenant} user {User}";
    }

    /// <summary>A user of a local test client of the Teams protocol.</summary>
    /// <param name="User">User id.</param>
    public sealed record Emulator(string User) : Account
    {
        /// <inheritdoc/>
        public override string ToString() => $"teams emulator user {User}";
    }
}

/// <summary>SHA-256 of a console token. The token itself is kept nowhere.</summary>
public sealed record ConsoleTokenHash
{
    /// <summary>Fewer characters could be guessed.</summary>
    public const int LeastLength = 16;

    /// <summary>More is a mistake, for example a whole key file.</summary>
    public const int LargestLength = 512;

    private ConsoleTokenHash(string hex) => Hex = hex;

    /// <summary>The hash in lower-case hex; a session is bound to it, so a changed token ends the session.</summary>
    public string Hex { get; }

    /// <summary>The hash of a token as it came in; white space around it does not count.</summary>
    public static ConsoleTokenHash Of(string token) => new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token.Trim()))));

    /// <summary>A hash that was kept, for example in a session; <see langword="null"/> when the text is none.</summary>
    public static ConsoleTokenHash? FromHex(string? hex) => hex is { Length: 64 } && hex.All(char.IsAsciiHexDigitLower) ? new(hex) : null;

    /// <summary>Compares in constant time.</summary>
    public bool Matches(ConsoleTokenHash other) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hex), Encoding.ASCII.GetBytes(other.Hex));

    /// <summary>Never the hash: it would end up in logs.</summary>
    public override string ToString() => "***";
}
