using Microsoft.Extensions.Logging;
using Microsoft.Identity.Client;

namespace ChatOpsBot.Adapters.Teams.Api;

/// <summary>The token by which the bot speaks: asked for once for all who need it, anew a little before its end.</summary>
internal sealed class BotToken : IDisposable
{
    /// <summary>What the token is for.</summary>
    public const string Scope = "https://api.botframework.com/.default";

    private static readonly TimeSpan s_early = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(15);

    private readonly TimeProvider _time;
    private readonly ILogger<BotToken> _log;
    private readonly SemaphoreSlim _one = new(1);
    private readonly Func<CancellationToken, Task<AuthenticationResult>> _ask;
    private volatile Held? _held;

    /// <summary>The options were checked before.</summary>
    public BotToken(TeamsProfile profile, TeamsHttp http, TimeProvider time, ILogger<BotToken> log)
    {
        _time = time;
        _log = log;
        var authority = new Uri(profile.Options.LoginAuthority.EndsWith('/') ? profile.Options.LoginAuthority : profile.Options.LoginAuthority + "/");
        var isTest = profile.IsDevelopment && authority is { Scheme: "http", IsLoopback: true };

        // The library takes https only; a test peer on this machine is reached without.
        var secure = isTest ? new UriBuilder(authority) { Scheme = "https" }.Uri : authority;
        var app = new Lazy<IConfidentialClientApplication>(() => ConfidentialClientApplicationBuilder.Create(profile.Options.AppId)
            .WithClientSecret(profile.Options.ClientSecret)
            .WithAuthority(new Uri(secure, profile.Options.TenantId).AbsoluteUri, validateAuthority: false)
            .WithInstanceDiscovery(false)
            .WithHttpClientFactory(new Factory(isTest ? new HttpClient(new Downgrade(http.Client, authority)) : http.Client))
            .Build());
        _ask = cancellationToken => app.Value.AcquireTokenForClient([Scope]).WithForceRefresh(true).ExecuteAsync(cancellationToken);
    }

    /// <summary>The token; <see langword="null"/> when none is given out.</summary>
    /// <param name="refused">A token that was refused: it is not given again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<string?> GetAsync(string? refused, CancellationToken cancellationToken)
    {
        if (Usable(refused) is { } ready)
        {
            return ready;
        }

        await _one.WaitAsync(cancellationToken);
        try
        {
            return Usable(refused) ?? await AskAsync(cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private string? Usable(string? refused) => _held is { } held && held.Token != refused && _time.GetUtcNow() < held.Until - s_early ? held.Token : null;

    private async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(s_limit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var result = await _ask(both.Token);

            // The library reads the machine's clock; here only how long the token lives counts.
            _held = new(result.AccessToken, _time.GetUtcNow() + (result.ExpiresOn - TimeProvider.System.GetUtcNow()));
            return result.AccessToken;
        }
        catch (Exception failure) when (failure is MsalException or HttpRequestException or IOException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Messages of the library can hold parts of the request.
            _log.NoToken(failure is MsalServiceException service ? $"{service.ErrorCode} (HTTP {service.StatusCode})" : failure is MsalException known ? known.ErrorCode : failure.GetType().Name);
            return null;
        }
    }

    private sealed record Held(string Token, DateTimeOffset Until);

    private sealed class Factory(HttpClient client) : IMsalHttpClientFactory
    {
        public HttpClient GetHttpClient() => client;
    }

    /// <summary>Reaches the test peer, and nobody else, without TLS.</summary>
    private sealed class Downgrade(HttpClient client, Uri authority) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri is not { } address || address.Authority != authority.Authority)
            {
                throw new HttpRequestException(HttpRequestError.ConnectionError, "another address than the test peer's");
            }

            using var plain = new HttpRequestMessage(request.Method, new UriBuilder(address) { Scheme = "http" }.Uri) { Content = request.Content };
            foreach (var header in request.Headers)
            {
                plain.Headers.TryAddWithoutValidation(header.Key, header.Value);
            }

            return await client.SendAsync(plain, cancellationToken);
        }
    }
}
