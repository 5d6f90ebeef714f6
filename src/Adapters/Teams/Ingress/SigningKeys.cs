using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using ChatOpsBot.Adapters.Teams.Api;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace ChatOpsBot.Adapters.Teams.Ingress;

/// <summary>A published key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Endorsements">The channels it may sign for; empty when the publisher does not say.</param>
internal sealed record SigningKey(JsonWebKey Key, ImmutableArray<string> Endorsements);

/// <summary>What asking for a key brought.</summary>
/// <param name="Known">Whether the keys could be read at all.</param>
/// <param name="Key">The key; <see langword="null"/> when there is none of that id.</param>
internal sealed record KeyFound(bool Known, SigningKey? Key);

/// <summary>
/// The keys that one publisher signs with: read when they are first needed, anew each day and at an unknown id, which strangers can invent, at most once an hour.
/// </summary>
/// <param name="metadata">The publisher's OpenID metadata.</param>
/// <param name="http">Reads.</param>
/// <param name="time">The clock.</param>
/// <param name="log">For operators.</param>
internal sealed class SigningKeys(Uri metadata, TeamsHttp http, TimeProvider time, ILogger log) : IDisposable
{
    private const int LeastBits = 2048;

    private static readonly TimeSpan s_freshFor = TimeSpan.FromHours(24);
    private static readonly TimeSpan s_unknownEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_afterFailure = TimeSpan.FromSeconds(30);

    /// <summary>Keys that could not be read anew for so long may have been withdrawn.</summary>
    private static readonly TimeSpan s_believedFor = TimeSpan.FromDays(5);

    private readonly SemaphoreSlim _one = new(1);
    private volatile Set? _set;
    private DateTimeOffset _failed = DateTimeOffset.MinValue;

    /// <summary>The key of that id.</summary>
    public async Task<KeyFound> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (IsDue(id))
        {
            await _one.WaitAsync(cancellationToken);
            try
            {
                if (IsDue(id))
                {
                    await RefreshAsync(cancellationToken);
                }
            }
            finally
            {
                _one.Release();
            }
        }

        return _set is { } set && time.GetUtcNow() - set.Read < s_believedFor ? new(true, set.Keys.GetValueOrDefault(id)) : new(false, null);
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private bool IsDue(string id)
    {
        var now = time.GetUtcNow();
        return now - _failed >= s_afterFailure
            && (_set is not { } set || now - set.Read >= s_freshFor || (!set.Keys.ContainsKey(id) && now - set.Read >= s_unknownEvery));
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var (keys, why) = await ReadAsync(cancellationToken);
        if (keys is { Count: > 0 })
        {
            _set = new(time.GetUtcNow(), keys);
            return;
        }

        _failed = time.GetUtcNow();
        log.NoKeys(metadata.Host, why);
    }

    private async Task<(FrozenDictionary<string, SigningKey>? Keys, string Why)> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var document = JsonDocument.Parse(await http.GetAsync(metadata, cancellationToken));
            if (!Uri.TryCreate(document.RootElement.Text("jwks_uri"), UriKind.Absolute, out var address) || (address.Scheme != metadata.Scheme && address.Scheme != "https"))
            {
                return (null, "the metadata names no address of keys");
            }

            using var set = JsonDocument.Parse(await http.GetAsync(address, cancellationToken));
            return set.RootElement.Member("keys") is { ValueKind: JsonValueKind.Array } list
                ? (list.EnumerateArray().Select(Read).OfType<SigningKey>().DistinctBy(key => key.Key.KeyId).ToFrozenDictionary(key => key.Key.KeyId, StringComparer.Ordinal), "no usable key is published")
                : (null, "no keys are published");
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or IOException or ArgumentException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (null, failure is HttpRequestException { StatusCode: { } status } ? $"HTTP {(int)status}" : failure.GetType().Name);
        }
    }

    private static SigningKey? Read(JsonElement json)
    {
        if (json.Text("kty") != "RSA" || json.Text("kid") is not { } id || json.Text("use") is not (null or "sig") || json.Text("n") is null || json.Text("e") is null)
        {
            return null;
        }

        try
        {
            var key = new JsonWebKey { Kty = "RSA", KeyId = id, Kid = id, N = json.Text("n"), E = json.Text("e") };
            return key.KeySize < LeastBits ? null
                : new(key, json.Member("endorsements") is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString() ?? "")] : []);
        }
        catch (Exception failure) when (failure is FormatException or ArgumentException)
        {
            return null;
        }
    }

    private sealed record Set(DateTimeOffset Read, FrozenDictionary<string, SigningKey> Keys);
}
