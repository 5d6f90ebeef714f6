using System.Globalization;

namespace ChatOpsBot.Host.Commands;

/// <summary>Writes files that are nobody else's business.</summary>
internal static class PrivateFile
{
    /// <summary>Writes beside the target and renames, so that a failure never leaves half a file under its name. Returns what went wrong.</summary>
    public static async Task<string?> SaveAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var partial = $"{path}.{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}.partial";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            await using (var stream = new FileStream(partial, options))
            {
                await stream.WriteAsync(bytes, cancellationToken);
            }

            File.Move(partial, path, overwrite: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
        finally
        {
            if (File.Exists(partial))
            {
                File.Delete(partial);
            }
        }
    }
}
