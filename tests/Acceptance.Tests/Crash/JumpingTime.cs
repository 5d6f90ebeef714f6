namespace ChatOpsBot.Acceptance.Tests.Crash;

/// <summary>A wall clock that somebody sets; timers and measured times go on as they do on a real machine then.</summary>
internal sealed class JumpingTime : TimeProvider
{
    private long _jumped;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _jumped));

    /// <summary>Sets it forward, or back by less than nothing.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref _jumped, by.Ticks);
}
