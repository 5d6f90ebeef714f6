using System.Collections.Immutable;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Ports;

/// <summary>Reads the policy. An unreadable or invalid file is a value that names every fault, never an exception.</summary>
public interface IPolicyFile
{
    /// <summary>Reads and checks the whole file and the token files that it names.</summary>
    /// <param name="path">Absolute path.</param>
    PolicyReading Read(string path);
}

/// <summary>What reading a policy gave.</summary>
public abstract record PolicyReading
{
    private PolicyReading()
    {
    }

    /// <summary>The files that it names besides itself, also those that are at fault: a change of one of them is a change of the policy.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>The file is valid.</summary>
    /// <param name="Policy">Its content.</param>
    public sealed record Loaded(Policy Policy) : PolicyReading;

    /// <summary>It is not.</summary>
    /// <param name="Faults">All of them, in file order; never empty.</param>
    public sealed record Refused(ImmutableArray<FileFault> Faults) : PolicyReading;
}
