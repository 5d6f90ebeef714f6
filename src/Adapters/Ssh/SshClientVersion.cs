using System.ComponentModel;
using System.Diagnostics;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>Which SSH client this machine has.</summary>
public static class SshClientVersion
{
    /// <summary>The client's own version line, or <see langword="null"/> when there is no client.</summary>
    public static async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("ssh") { ArgumentList = { "-V" }, RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        try
        {
#pragma warning disable RS0030 // This adapter is the one that starts processes.
            using var process = Process.Start(start);
#pragma warning restore RS0030
            if (process is null)
            {
                return null;
            }

            process.StandardInput.Close();
            var version = await process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return version.Trim();
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
