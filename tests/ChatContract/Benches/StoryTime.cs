using ChatOpsBot.Support;

namespace ChatOpsBot.ChatContract.Benches;

/// <summary>A clock that begins in the samples' story, runs on, and can be moved.</summary>
internal sealed class StoryTime : TimeProvider
{
    private readonly long _start = System.GetTimestamp();
    private long _moved;

    public override DateTimeOffset GetUtcNow() => IncidentSamples.At(2) + System.GetElapsedTime(_start) + TimeSpan.FromTicks(Interlocked.Read(ref _moved));

    public void Move(TimeSpan by) => Interlocked.Add(ref _moved, by.Ticks);
}
