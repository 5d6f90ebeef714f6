using System.Collections.Immutable;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Application.Ports;

/// <summary>The runbooks in force. They change as a whole, together with inventory and policy; what was planned keeps the version it was made from.</summary>
public interface IRunbookLibrary
{
    /// <summary>The last valid set.</summary>
    RunbookSet Current { get; }
}

/// <summary>Reads runbook files. An unreadable or invalid file is a value that names every fault, never an exception.</summary>
public interface IRunbookFiles
{
    /// <summary>Reads every <c>*.yaml</c> below a folder but the cases beside them.</summary>
    /// <param name="folder">Absolute path.</param>
    RunbooksReading ReadAll(string folder);

    /// <summary>Reads one runbook.</summary>
    /// <param name="file">Absolute path.</param>
    RunbooksReading Read(string file);
}

/// <summary>What reading runbooks gave.</summary>
public abstract record RunbooksReading
{
    private RunbooksReading()
    {
    }

    /// <summary>All files are valid.</summary>
    /// <param name="Runbooks">Their content.</param>
    public sealed record Loaded(RunbookSet Runbooks) : RunbooksReading;

    /// <summary>At least one is not.</summary>
    /// <param name="Faults">All of them, in file order; never empty.</param>
    public sealed record Refused(ImmutableArray<FileFault> Faults) : RunbooksReading;
}
