namespace ChatOpsBot.Adapters.Teams.Api;

/// <summary>The one HTTP client of this adapter: no redirects, no cookies, no proxy, public addresses only; a test peer is on this machine.</summary>
internal sealed class TeamsHttp : IDisposable
{
    private const int LargestReply = 2 * 1024 * 1024;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;

    /// <summary>The options were checked before.</summary>
    public TeamsHttp(TeamsProfile profile, TimeProvider time)
    {
        _time = time;
        Client = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            MaxConnectionsPerServer = 32,
            ConnectCallback = (context, cancellationToken) => GuardedConnection.ConnectAsync(context, profile.IsDevelopment && IsThisMachine(context.DnsEndPoint.Host), cancellationToken),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestReply,
        };
    }

    /// <summary>The client.</summary>
    public HttpClient Client { get; }

    /// <summary>Reads a published document.</summary>
    /// <exception cref="HttpRequestException">It cannot be read.</exception>
    public async Task<byte[]> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(s_limit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var response = await Client.GetAsync(address, HttpCompletionOption.ResponseContentRead, both.Token);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsByteArrayAsync(both.Token);
    }

    /// <inheritdoc/>
    public void Dispose() => Client.Dispose();

    private static bool IsThisMachine(string host) => new UriBuilder("http", host).Uri.IsLoopback;
}
