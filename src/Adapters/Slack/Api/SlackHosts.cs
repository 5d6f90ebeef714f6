namespace ChatOpsBot.Adapters.Slack.Api;

/// <summary>To which addresses we connect. What Slack names in its answers is checked as well: a forged one must not make us call into our own network.</summary>
/// <param name="options">Says whether Slack or a test peer is talked to.</param>
internal sealed class SlackHosts(SlackOptions options)
{
    /// <summary>Whether answers may be sent to that address.</summary>
    public bool IsResponse(Uri uri) => Is(uri, "https", host => host is "hooks.slack.com" or "hooks.slack-gov.com");

    /// <summary>Whether files may be sent to that address.</summary>
    public bool IsUpload(Uri uri) => Is(uri, "https", host => host is "files.slack.com" or "files.slack-gov.com" or "slack.com");

    /// <summary>Whether a socket may be opened to that address.</summary>
    public bool IsSocket(Uri uri) => Is(uri, "wss", host => host.EndsWith(".slack.com", StringComparison.Ordinal) || host.EndsWith(".slack-gov.com", StringComparison.Ordinal));

    /// <summary>Connects to public addresses only, whatever a name resolves to; a test peer is on this machine.</summary>
    public ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
        => GuardedConnection.ConnectAsync(context, options.IsTestPeer, cancellationToken);

    private bool Is(Uri uri, string scheme, Func<string, bool> host)
    {
        if (!uri.IsAbsoluteUri || uri.UserInfo.Length > 0)
        {
            return false;
        }

        return options.IsTestPeer
            ? options.Api() is { } api && uri.Host == api.Host && uri.Port == api.Port && uri.Scheme is "http" or "ws"
            : uri.Scheme == scheme && uri.IsDefaultPort && host(uri.Host);
    }
}
