using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using ChatOpsBot.Adapters.Teams.Api;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Adapters.Teams.Inbound;

/// <summary>Who did something.</summary>
/// <param name="Person">The person; <see langword="null"/> when the policy knows none.</param>
/// <param name="Identities">The ids, for an administrator.</param>
/// <param name="Barred">Why they may do nothing; <see langword="null"/> when nothing bars.</param>
internal sealed record TeamsCaller(PersonId? Person, ImmutableArray<string> Identities, string? Barred);

/// <summary>Who did something, and what Teams knows that bars them. What cannot be asked bars.</summary>
/// <param name="profile">Which tenants may use the bot.</param>
/// <param name="connector">Is asked.</param>
/// <param name="references">Where.</param>
/// <param name="configuration">Whose account it is.</param>
/// <param name="time">The clock.</param>
internal sealed class TeamsCallers(TeamsProfile profile, Connector connector, TeamsReferences references, IConfigurationSource configuration, TimeProvider time)
{
    private static readonly TimeSpan s_believedFor = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, (DateTimeOffset At, string? Barred)> _asked = new(StringComparer.Ordinal);

    /// <summary>Who did it: by tenant and directory object id. Names, addresses and the platform's own ids are no identity.</summary>
    public async Task<TeamsCaller> FindAsync(TeamsItem item, CallerCheck check, CancellationToken cancellationToken)
    {
        Account? account = item.IsEmulator ? profile.IsDevelopment ? new Account.Emulator(item.User) : null
            : item.UserObject is { } user ? new Account.Teams(item.Tenant, user)
            : null;
        var person = account is null ? null : configuration.Current.Policy.FindOwner(account)?.Id;
        var barred = check == CallerCheck.Known || person is null || item.IsEmulator ? null : await AskAsync(item, check == CallerCheck.TrustedNow, cancellationToken);
        return new(person, account is null ? [] : [account.ToString()], barred);
    }

    /// <summary>Only answers are remembered, not that there was none.</summary>
    private async Task<string?> AskAsync(TeamsItem item, bool now, CancellationToken cancellationToken)
    {
        var key = $"{item.Place.Base} {item.UserObject}";
        if (!now && _asked.TryGetValue(key, out var known) && time.GetUtcNow() - known.At < s_believedFor)
        {
            return known.Barred;
        }

        var (told, barred) = await MemberAsync(item, cancellationToken);
        if (told)
        {
            if (_asked.Count > 10_000)
            {
                _asked.Clear();
            }

            _asked[key] = (time.GetUtcNow(), barred);
        }

        return barred;
    }

    private async Task<(bool Told, string? Barred)> MemberAsync(TeamsItem item, CancellationToken cancellationToken)
    {
        const string unknown = "Teams could not be asked whether your account is a full member, so nothing is done; try again";
        if (await references.FindAsync(item.Place, cancellationToken) is not { } reference)
        {
            return (false, unknown);
        }

        return await connector.MemberAsync(reference with { Conversation = item.Place.Base }, item.User, cancellationToken) switch
        {
            ConnectorReply.Good { Body.ValueKind: JsonValueKind.Object } good => (true, WhyMember(good.Body, item)),
            ConnectorReply.Refused { Status: 404 } => (true, "Teams does not know your account in this conversation: nothing is done"),
            _ => (false, unknown),
        };
    }

    private string? WhyMember(JsonElement member, TeamsItem item)
    {
        var role = member.Text("userRole") ?? member.Text("role");
        var tenant = member.Text("tenantId")?.ToLowerInvariant();
        return role is "guest" or "anonymous" || member.Text("userPrincipalName")?.Contains("#EXT#", StringComparison.OrdinalIgnoreCase) == true ? "guests may not do that"
            : role is "bot" or "skill" ? "bots may not do that"
            : tenant is not null && (!profile.Tenants.Contains(tenant) || tenant != item.Tenant) ? "your account belongs to another company: nothing is done from outside"
            : (member.Text("aadObjectId") ?? member.Text("objectId")) is { } user && !user.Equals(item.UserObject, StringComparison.OrdinalIgnoreCase) ? "Teams knows another account under that id: nothing is done"
            : null;
    }
}
