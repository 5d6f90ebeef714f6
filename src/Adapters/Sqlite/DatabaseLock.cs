using System.Globalization;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.Sqlite;

/// <summary>
/// A lock of the operating system beside the database: two services on one file would each believe to be the only one that performs effects. Ends with the process,
/// however it ends.
/// </summary>
internal sealed class DatabaseLock : IDisposable
{
    private readonly FileStream _file;

    private DatabaseLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="StoreException">Another process has it, or the file cannot be written.</exception>
    public static DatabaseLock Take(string database)
    {
        var path = database + ".lock";
        try
        {
            var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
#pragma warning disable CA1416 // the service runs on Linux only
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
#pragma warning restore CA1416
                BufferSize = 0,
            });
            try
            {
                // Beside the lock, since opening a locked file is refused also for reading.
                File.WriteAllText(HolderFile(database), string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
                return new(file);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new StoreException($"{path} cannot be written: {failure.Message} Give the service's user the folder of the database.", failure);
        }
        catch (IOException failure) when (HolderOf(database) is { } holder)
        {
            throw new StoreException($"{database} is in use by the process {holder}; stop it first. Two services cannot share one SQLite file (use Storage:Provider=Postgres for several).", failure);
        }
        catch (IOException failure)
        {
            throw new StoreException($"{path} cannot be locked: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static string HolderFile(string database) => database + ".pid";

    private static string? HolderOf(string database)
    {
        try
        {
            return File.ReadAllText(HolderFile(database)).Trim() is { Length: > 0 } line && line.All(char.IsAsciiDigit) ? line : null;
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
