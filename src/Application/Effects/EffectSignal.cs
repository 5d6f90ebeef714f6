namespace ChatOpsBot.Application.Effects;

/// <summary>Wakes the effect worker at once instead of at its next look. Only an accelerator: a lost signal costs a second.</summary>
public sealed class EffectSignal
{
    private volatile TaskCompletionSource _next = New();

    /// <summary>Effects may be due.</summary>
    public void Raise() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    /// <summary>Told about each later moment at which effects become due, for an alarm clock that raises the signal then. It must return at once.</summary>
    public event Action<DateTimeOffset>? Wanted;

    /// <summary>Effects will be due then.</summary>
    public void RaiseAt(DateTimeOffset at) => Wanted?.Invoke(at);

    /// <summary>Completes at the next <see cref="Raise"/> after this call.</summary>
    public Task NextAsync() => _next.Task;

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
