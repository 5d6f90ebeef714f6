using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Application.Chat.Intake;

/// <summary>
/// Keeps an inbound item for this service while it works on it, where several services share the inbox. Who dies or stands still loses it to another after a while.
/// </summary>
internal sealed class InboxHold : IAsyncDisposable
{
    private readonly CancellationTokenSource _finished = new();
    private readonly Task _keeping;

    private InboxHold(IInbox inbox, string key, TimeProvider time) => _keeping = inbox.IsShared ? KeepAsync(inbox, key, time) : Task.CompletedTask;

    /// <summary>Takes an item; <see langword="null"/> when it is done or another service has it.</summary>
    /// <exception cref="StoreException">The store cannot be asked.</exception>
    public static async Task<InboxHold?> TakeAsync(IInbox inbox, string key, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await inbox.TakeAsync(key, now, now + IInbox.HeldFor, cancellationToken) ? new(inbox, key, time) : null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _finished.CancelAsync();
        await _keeping;
        _finished.Dispose();
    }

    private async Task KeepAsync(IInbox inbox, string key, TimeProvider time)
    {
        try
        {
            while (true)
            {
                await Task.Delay(IInbox.HeldFor / 3, time, _finished.Token);
                try
                {
                    var now = time.GetUtcNow();
                    await inbox.TakeAsync(key, now, now + IInbox.HeldFor, _finished.Token);
                }
                catch (StoreException)
                {
                    // Asked again in a moment; what the work itself stores fails meanwhile too.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The work has ended.
        }
    }
}
