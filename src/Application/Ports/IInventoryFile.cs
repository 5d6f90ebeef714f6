using System.Collections.Immutable;
using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Application.Ports;

/// <summary>Reads the inventory. An unreadable or invalid file is a value that names every fault, never an exception.</summary>
public interface IInventoryFile
{
    /// <summary>Reads and checks the whole file.</summary>
    /// <param name="path">Absolute path.</param>
    InventoryReading Read(string path);
}

/// <summary>What reading an inventory gave.</summary>
public abstract record InventoryReading
{
    private InventoryReading()
    {
    }

    /// <summary>The file is valid.</summary>
    /// <param name="Inventory">Its content.</param>
    public sealed record Loaded(Inventory Inventory) : InventoryReading;

    /// <summary>It is not.</summary>
    /// <param name="Faults">All of them, in file order; never empty.</param>
    public sealed record Refused(ImmutableArray<FileFault> Faults) : InventoryReading;
}

/// <summary>One fault of a configuration file.</summary>
/// <param name="File">Path of the file.</param>
/// <param name="Line">Line, from 1; 0 when the fault is the file as a whole.</param>
/// <param name="Column">Column, from 1; 0 when only the line is known.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record FileFault(string File, int Line, int Column, string What, string Remedy)
{
    /// <summary><c>file:line:column: what; remedy</c>, as editors and people read it.</summary>
    public override string ToString() => $"{File}{Position}: {What}; {Remedy}";

    private string Position => (Line, Column) switch
    {
        (0, _) => "",
        (_, 0) => $":{Line}",
        _ => $":{Line}:{Column}",
    };
}
