namespace ChatOpsBot.Domain.Evidence;

/// <summary>What is known about one kind of fact of a host.</summary>
/// <typeparam name="T">The fact.</typeparam>
public abstract record FactReading<T>
{
    private FactReading()
    {
    }

    /// <summary>The fact was read.</summary>
    /// <param name="Value">The fact.</param>
    public sealed record Known(T Value) : FactReading<T>;

    /// <summary>The kernel or the file system proves that there is nothing to read.</summary>
    /// <param name="Why">The proof, as a person reads it.</param>
    public sealed record Absent(string Why) : FactReading<T>;

    /// <summary>It could not be read, so nothing may be concluded from it.</summary>
    /// <param name="Reason">Why, as a person reads it.</param>
    public sealed record Missing(string Reason) : FactReading<T>;
}
