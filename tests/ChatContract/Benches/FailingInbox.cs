using System.Collections.Immutable;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.ChatContract.Benches;

/// <summary>An inbox whose disk can fail.</summary>
internal sealed class FailingInbox : IInbox
{
    private IInbox? _real;

    public bool Fails { get; set; }

    private IInbox Real => Fails ? throw new StoreException("the disk failed") : _real ?? throw new InvalidOperationException("no inbox");

    public FailingInbox Of(IInbox real)
    {
        _real = real;
        return this;
    }

    public Task<InboxPut> PutAsync(string key, DateTimeOffset received, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) => Real.PutAsync(key, received, body, cancellationToken);

    public Task DoneAsync(InboxDone done, CancellationToken cancellationToken) => Real.DoneAsync(done, cancellationToken);

    public Task<ImmutableArray<InboxItem>> PendingAsync(int limit, CancellationToken cancellationToken) => Real.PendingAsync(limit, cancellationToken);
}
