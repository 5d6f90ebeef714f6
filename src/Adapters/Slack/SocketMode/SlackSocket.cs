using System.Net.WebSockets;
using System.Text.Json;
using ChatOpsBot.Adapters.Slack.Api;
using ChatOpsBot.Adapters.Slack.Inbound;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Slack.SocketMode;

/// <summary>
/// Socket Mode: keeps a connection to Slack. When Slack asks for a new one, the next is opened and greeted before the old one is left, so that nothing falls between.
/// </summary>
internal sealed class SlackSocket(
    IOptions<SlackOptions> options, SlackApi api, SlackHosts hosts, SlackReceiver receiver, SlackIdentity self, TimeProvider time, ILogger<SlackSocket> log) : BackgroundService
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(1);

    /// <summary>An old connection that Slack does not close is closed by us.</summary>
    private static readonly TimeSpan s_leaveAfter = TimeSpan.FromSeconds(30);

    private int _connected;

    /// <summary>Connections that were greeted and are open.</summary>
    public int Connected => Volatile.Read(ref _connected);

    /// <summary>Why there will be no further connection; <see langword="null"/> while there will.</summary>
    public string? Ended { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Mode != SlackMode.SocketMode)
        {
            return;
        }

        var leaving = new List<Task>();
        var failures = 0;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                leaving.RemoveAll(task => task.IsCompleted);
                var (connection, problem, isFinal, after) = await OpenAsync(stoppingToken);
                if (connection is null)
                {
                    if (isFinal)
                    {
                        End(problem);
                        return;
                    }

                    await WaitAsync(problem, after ?? Backoff(failures++), stoppingToken);
                    continue;
                }

                failures = 0;
                var end = await UntilReplacedAsync(connection, stoppingToken);
                if (end.Reason == SocketEnd.Refresh)
                {
                    log.Refreshing(end.Why);
                    leaving.Add(LeaveAsync(connection, stoppingToken));
                    continue;
                }

                Interlocked.Decrement(ref _connected);
                await connection.DisposeAsync();
                if (end.Reason == SocketEnd.Disabled)
                {
                    End(end.Why);
                    return;
                }

                await WaitAsync(end.Why, Backoff(failures++), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
        finally
        {
            await Task.WhenAll(leaving);
        }
    }

    private async Task<(SocketConnection? Connection, string Problem, bool IsFinal, TimeSpan? After)> OpenAsync(CancellationToken cancellationToken)
    {
        // So that own messages are known as such from the first event on.
        await self.AskAsync(cancellationToken);
        switch (await api.CallAsAppAsync("apps.connections.open", cancellationToken))
        {
            case SlackReply.Good good when Uri.TryCreate(good.Body.Text("url"), UriKind.Absolute, out var address) && hosts.IsSocket(address):
                return await GreetAsync(address, cancellationToken);
            case SlackReply.Good:
                return (null, "Slack named an address that is not its own", false, null);
            case SlackReply.Limited limited:
                return (null, "Slack asks to wait", false, limited.After);
            case SlackReply.Refused refused when SlackErrors.IsAboutToken(refused.Error) || refused.Error is "access_denied" or "forbidden_team" or "team_access_not_granted":
                return (null, $"the app-level token does not work ({refused.Error} {refused.Details}); doctor tells more", true, null);
            case SlackReply.Refused refused:
                return (null, refused.Error, false, null);
            case SlackReply.Broken broken:
                return (null, broken.Why, false, null);
            default:
                return (null, "an unknown reply", false, null);
        }
    }

    private async Task<(SocketConnection? Connection, string Problem, bool IsFinal, TimeSpan? After)> GreetAsync(Uri address, CancellationToken cancellationToken)
    {
        var connection = new SocketConnection(receiver, hosts, time, log);
        try
        {
            var connections = await connection.OpenAsync(address, cancellationToken);
            Interlocked.Increment(ref _connected);
            log.Connected(connections);
            return (connection, "", false, null);
        }
        catch (Exception failure) when (failure is WebSocketException or HttpRequestException or IOException or JsonException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            await connection.DisposeAsync();
            return (null, failure.GetType().Name, false, null);
        }
    }

    /// <summary>Waits until another connection is needed. When the service stops, this one is closed first, so that Slack sends elsewhere what comes now.</summary>
    private async Task<(SocketEnd Reason, string Why)> UntilReplacedAsync(SocketConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.UntilReplacedAsync().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Decrement(ref _connected);
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Goes on answering on a connection that was replaced until Slack closes it.</summary>
    private async Task LeaveAsync(SocketConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.Finished.WaitAsync(s_leaveAfter, time, cancellationToken);
        }
        catch (Exception failure) when (failure is TimeoutException or OperationCanceledException)
        {
            // It is closed now.
        }

        Interlocked.Decrement(ref _connected);
        await connection.DisposeAsync();
    }

    private void End(string why)
    {
        Ended = why;
        log.SocketEnded(why);
    }

    private Task WaitAsync(string why, TimeSpan wait, CancellationToken cancellationToken)
    {
        log.ConnectionLost(why, wait);
        return Task.Delay(wait, time, cancellationToken);
    }

    /// <summary>The first try follows at once; later ones further and further apart, not all bots at the same moment.</summary>
    private static TimeSpan Backoff(int failures)
    {
        var wait = failures == 0 ? 0.1 : Math.Min(s_longestWait.TotalSeconds, Math.Pow(2, Math.Min(failures, 10)));
        return TimeSpan.FromSeconds(wait * (0.75 + (Random.Shared.NextDouble() / 2)));
    }
}
