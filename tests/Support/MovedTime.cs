namespace ChatOpsBot.Support;

/// <summary>The machine's clock, set forward or back by a test; timers and measured times go on as they do on a real machine then.</summary>
public sealed class MovedTime : TimeProvider
{
    private long _moved;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _moved));

    /// <summary>Sets it.</summary>
    /// <param name="by">By how much; negative for back.</param>
    public void Move(TimeSpan by) => Interlocked.Add(ref _moved, by.Ticks);
}
