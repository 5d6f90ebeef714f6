using System.Collections.Immutable;
using ChatOpsBot.Adapters.Teams.Api;
using ChatOpsBot.Adapters.Teams.Ingress;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Domain.Policies;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Teams.Checks;

/// <summary>The part of <c>doctor</c> that looks at Teams: the keys of what comes in, the token for what goes out, the people and places of the policy. Posts nothing.</summary>
public static class TeamsDoctor
{
    private static readonly TimeSpan s_clockMayDiffer = TimeSpan.FromSeconds(60);

    /// <summary>Looks.</summary>
    /// <param name="options">The settings in force, secrets included.</param>
    /// <param name="policy">Names people and places; <see langword="null"/> when it cannot be read.</param>
    /// <param name="development">Whether test peers are allowed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<ImmutableArray<Point>> LookAsync(TeamsOptions options, Policy? policy, bool development, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!options.Enabled)
        {
            return [new(PointState.Note, "teams", "off; deploy/README.md says how it is set up")];
        }

        var profile = new TeamsProfile(Options.Create(options), development);
        if (profile.IsAnonymous)
        {
            return [new(PointState.Note, "teams", "a test client on this machine needs no token (Development, without Teams:AppId)")];
        }

        using var http = new TeamsHttp(profile, time);
        using var token = new BotToken(profile, http, time, NullLogger<BotToken>.Instance);
        using var keys = new TeamsKeys(profile, http, time, NullLogger<TeamsKeys>.Instance).BotFramework;
        var points = ImmutableArray.CreateBuilder<Point>();
        points.Add((await keys.FindAsync("", cancellationToken)).Known
            ? new(PointState.Good, "teams signing keys", $"read from {new Uri(options.OpenIdMetadataUrl).Host}")
            : new(PointState.Gap, "teams signing keys", $"{options.OpenIdMetadataUrl} cannot be read, so nothing from Teams is believed", "let this machine reach it over https; a web proxy is not used"));
        points.Add(await token.GetAsync(null, cancellationToken) is not null
            ? new(PointState.Good, "teams token", "Microsoft gives one out for the app and its secret")
            : new(PointState.Gap, "teams token", "Microsoft gives none out", "compare Teams:AppId and Teams:TenantId with the app registration; secrets end after a while, then make a new one"));
        points.Add(await ClockAsync(http, options, time, cancellationToken));
        if (policy is not null)
        {
            points.AddRange(OfPolicy(profile, policy));
        }

        return points.ToImmutable();
    }

    private static async Task<Point> ClockAsync(TeamsHttp http, TeamsOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10), time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            using var response = await http.Client.GetAsync(new Uri(options.OpenIdMetadataUrl), both.Token);
            if (response.Headers.Date is { } theirs)
            {
                var off = (time.GetUtcNow() - theirs).Duration();
                return off < s_clockMayDiffer
                    ? new(PointState.Good, "teams clock", $"{off.TotalSeconds:0} s apart")
                    : new(PointState.Gap, "teams clock", $"this machine's clock is {off.TotalSeconds:0} s apart from Microsoft's; tokens further off than 300 s are refused", "timedatectl set-ntp true");
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The point about the keys has said it.
        }

        return new(PointState.Note, "teams clock", "Microsoft did not tell its time");
    }

    private static IEnumerable<Point> OfPolicy(TeamsProfile profile, Policy policy)
    {
        foreach (var (person, account) in policy.People.SelectMany(person => person.Accounts.OfType<Account.Teams>().Select(account => (person.Id, account))))
        {
            if (!profile.Tenants.Contains(account.Tenant))
            {
                yield return new(PointState.Gap, "teams account", $"{person} has an account in the tenant {account.Tenant}, which may not use the bot", "correct people: in the policy, or Teams:AllowedTenantIds");
            }
        }

        foreach (var place in policy.Groups.Values.SelectMany(group => group.Notify).Distinct().Select(TeamsPlace.Read).OfType<TeamsPlace>())
        {
            yield return profile.Tenants.Contains(place.Tenant)
                ? new(PointState.Note, "teams conversation", $"{place.Conversation}: add the app there and write to it once, then the bot can ask there by itself")
                : new Point(PointState.Gap, "teams conversation", $"{place.Conversation} is in the tenant {place.Tenant}, which may not use the bot", "correct notify: in the policy, or Teams:AllowedTenantIds");
        }
    }
}
