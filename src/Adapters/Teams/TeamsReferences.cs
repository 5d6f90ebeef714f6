using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ChatOpsBot.Adapters.Teams.Inbound;
using ChatOpsBot.Application.Ports;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Teams;

/// <summary>Where the bot can speak without being asked first: written at every authenticated activity, forgotten when the app is removed.</summary>
/// <param name="book">Keeps it.</param>
/// <param name="time">The clock.</param>
/// <param name="log">For operators.</param>
internal sealed class TeamsReferences(IPlaceBook book, TimeProvider time, ILogger<TeamsReferences> log)
{
    private const int MostKnown = 20_000;

    /// <summary>What is kept already need not be written again; the store stays the truth.</summary>
    private readonly ConcurrentDictionary<string, object> _written = new(StringComparer.Ordinal);

    /// <summary>Remembers where an activity came from; the channel of a thread as well, since people are asked there.</summary>
    /// <exception cref="StoreException">It is not remembered.</exception>
    public async Task KeepAsync(TeamsActivity activity, CancellationToken cancellationToken)
    {
        if (activity.Place is not { } place || activity.Service is not { } service || activity.Bot is not { } bot || activity.Channel is not { } channel)
        {
            return;
        }

        var reference = new TeamsReference
        {
            Service = service,
            Channel = channel,
            Conversation = place.Conversation,
            Type = activity.ConversationType,
            Tenant = place.Tenant,
            Bot = bot,
            User = activity.UserObject,
            Locale = activity.Locale,
        };
        await WriteAsync(place.Id.Value, reference, TeamsPlaceJson.Default.TeamsReference, cancellationToken);
        if (place.Base != place.Conversation)
        {
            await WriteAsync((place with { Conversation = place.Base }).Id.Value, reference with { Conversation = place.Base }, TeamsPlaceJson.Default.TeamsReference, cancellationToken);
        }

        if (activity.UserObject is { } user && activity.User is { } mri)
        {
            await WriteAsync(KeyOf(place.Tenant, user), new TeamsUser(mri), TeamsPlaceJson.Default.TeamsUser, cancellationToken);
        }
    }

    /// <summary>How a conversation is reached; <see langword="null"/> when the bot was never there. A thread that was never seen is reached as its channel is.</summary>
    public async Task<TeamsReference?> FindAsync(TeamsPlace place, CancellationToken cancellationToken)
    {
        if (await ReadAsync(place.Id.Value, TeamsPlaceJson.Default.TeamsReference, cancellationToken) is { } known)
        {
            return known;
        }

        return place.Base != place.Conversation && await ReadAsync((place with { Conversation = place.Base }).Id.Value, TeamsPlaceJson.Default.TeamsReference, cancellationToken) is { } channel
            ? channel with { Conversation = place.Conversation }
            : null;
    }

    /// <summary>The platform's id of a person; <see langword="null"/> for one who never wrote to the bot.</summary>
    public async Task<string?> UserAsync(string tenant, string user, CancellationToken cancellationToken)
        => (await ReadAsync(KeyOf(tenant, user), TeamsPlaceJson.Default.TeamsUser, cancellationToken))?.Mri;

    /// <summary>The app was removed from there.</summary>
    public async Task ForgetAsync(TeamsPlace place, CancellationToken cancellationToken)
    {
        foreach (var key in new[] { place.Id.Value, (place with { Conversation = place.Base }).Id.Value })
        {
            _written.TryRemove(key, out _);
            await book.ForgetAsync(key, cancellationToken);
        }

        log.Removed(place.Id.Value);
    }

    /// <summary>The platform says that nothing can be sent there; the next activity from there makes it alive again.</summary>
    public async Task MarkDeadAsync(TeamsPlace place, string why, CancellationToken cancellationToken)
    {
        if (await FindAsync(place, cancellationToken) is { Dead: null } reference)
        {
            await WriteAsync(place.Id.Value, reference with { Dead = why }, TeamsPlaceJson.Default.TeamsReference, cancellationToken);
            log.Dead(place.Id.Value, why);
        }
    }

    private static string KeyOf(string tenant, string user) => $"teams-user:{tenant}/{user}";

    private async Task WriteAsync<T>(string key, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        // Another service may have forgotten it, or marked it dead, since.
        if (_written.TryGetValue(key, out var known) && value.Equals(known) && (!book.IsShared || value.Equals(await ReadAsync(key, type, cancellationToken))))
        {
            return;
        }

        await book.KeepAsync(key, JsonSerializer.SerializeToUtf8Bytes(value, type), time.GetUtcNow(), cancellationToken);
        if (_written.Count > MostKnown)
        {
            _written.Clear();
        }

        _written[key] = value;
    }

    private async Task<T?> ReadAsync<T>(string key, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await book.FindAsync(key, cancellationToken) is { } bytes ? JsonSerializer.Deserialize(bytes.Span, type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
