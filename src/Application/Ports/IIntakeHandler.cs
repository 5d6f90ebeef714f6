namespace ChatOpsBot.Application.Ports;

/// <summary>Works on what a chat platform sent, after it was written down and acknowledged.</summary>
public interface IIntakeHandler
{
    /// <summary>Whose items it takes: the name of the surface.</summary>
    string Surface { get; }

    /// <summary>
    /// Works on an item to its end, the answer to the asker included. May be called again for the same item after a crash or after <see cref="IntakeOutcome.Later"/>,
    /// so whatever it changes is tied to the item's key.
    /// </summary>
    Task<IntakeOutcome> HandleAsync(IntakeItem item, CancellationToken cancellationToken);
}

/// <summary>An item that was written down.</summary>
/// <param name="Surface">Whose it is.</param>
/// <param name="Key">The sender's own id of the item with the surface before it, unique for ever.</param>
/// <param name="Received">When it came.</param>
/// <param name="Body">What the surface wrote down; without secrets.</param>
/// <param name="Handle">What must not be written down, for example an address that answers without a token; <see langword="null"/> after a restart.</param>
public sealed record IntakeItem(string Surface, string Key, DateTimeOffset Received, ReadOnlyMemory<byte> Body, object? Handle)
{
    /// <summary>How often it was tried before.</summary>
    public int EarlierTries { get; init; }
}

/// <summary>How far the work on an item is.</summary>
public abstract record IntakeOutcome
{
    private IntakeOutcome()
    {
    }

    /// <summary>Done, the asker has the answer.</summary>
    public sealed record Done : IntakeOutcome;

    /// <summary>To be tried again, for example because the platform asks for a pause.</summary>
    /// <param name="Why">A sentence without secrets.</param>
    /// <param name="After">Not before; <see langword="null"/> leaves it to the intake.</param>
    public sealed record Later(string Why, TimeSpan? After = null) : IntakeOutcome;
}
