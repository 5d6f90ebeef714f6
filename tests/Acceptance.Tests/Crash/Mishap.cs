using ChatOpsBot.Acceptance.Tests.Repairs;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Crash;

/// <summary>What befalls the service at a point of its way.</summary>
internal abstract record Mishap
{
    /// <summary>What it is called in the table.</summary>
    public abstract string Name { get; }

    /// <summary>Whether the process ends, as by SIGKILL, and is started again by its supervisor.</summary>
    public virtual bool Kills => false;

    /// <summary>Whether the process is ended then or somewhat later, and started again.</summary>
    public virtual bool Ends => Kills;

    /// <summary>By how much the wall clock of the service jumps; its timers do not.</summary>
    public virtual TimeSpan Jump => TimeSpan.Zero;

    /// <summary>States in which the incident may end then, besides those of the scenario.</summary>
    public virtual IReadOnlyList<string> AlsoEnds => [];

    /// <summary>A script for <c>sh</c> that the process runs at the point and waits for; empty for none.</summary>
    /// <param name="folder">Of the service.</param>
    /// <param name="host">The host of the lab.</param>
    public virtual string Script(ServiceFolder folder, string host) => "";

    /// <summary>Prepares the folder of a service that was not started yet.</summary>
    public virtual Task BeginAsync(ServiceFolder folder) => Task.CompletedTask;

    /// <summary>Once the process has ended and before it is started again.</summary>
    /// <param name="folder">Of the service.</param>
    /// <param name="tryAsync">Starts the service, which is expected to refuse; what it said.</param>
    public virtual Task BetweenAsync(ServiceFolder folder, Func<Task<string>> tryAsync) => Task.CompletedTask;

    /// <summary>Waits until it has passed, when the incident ended before.</summary>
    /// <param name="folder">Of the service.</param>
    public virtual Task OverAsync(ServiceFolder folder) => Task.CompletedTask;

    /// <summary>Takes away what <see cref="BeginAsync"/> has made.</summary>
    public virtual Task EndAsync(ServiceFolder folder) => Task.CompletedTask;

    /// <summary>For <see cref="OverAsync"/>.</summary>
    protected static async Task UntilAsync(Func<bool> condition)
    {
        for (var left = 300; left > 0 && !condition(); left--)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
