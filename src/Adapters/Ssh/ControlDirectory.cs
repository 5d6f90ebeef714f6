using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>
/// This process's own directory for sockets and generated configuration, inside one shared by all bots of the account. A locked file in it says
/// that its owner lives; the masters of those whose lock is free are closed.
/// </summary>
internal sealed partial class ControlDirectory : IDisposable
{
    // sockaddr_un holds 107 bytes and a NUL; ssh binds PATH.XXXXXXXXXXXXXXXX first and renames it.
    private const int LongestSocketPath = 107 - 17;
    private const int OwnNameLength = 9;
    private const int LongestSocketName = 6;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(2);

    private readonly string _own;
    private readonly FileStream _held;
    private readonly Lock _mutex = new();
    private readonly Dictionary<string, string> _configs = [];
    private int _sockets;

    private ControlDirectory(string own, FileStream held)
    {
        _own = own;
        _held = held;
    }

    /// <summary>Where it is when the settings do not say.</summary>
    public static string Default(ClientEnvironment environment)
        => environment.RuntimeDirectory is { } runtime && FaultOf(runtime + "/chatopsbot") is null && Directory.Exists(runtime)
            ? runtime + "/chatopsbot"
            : FileOwnership.OwnUid == 0 ? "/run/chatopsbot" : $"/tmp/chatopsbot-{FileOwnership.OwnUid}";

    /// <summary>Why a directory cannot serve, or <see langword="null"/>.</summary>
    public static string? FaultOf(string directory)
    {
        if (!PathPattern().IsMatch(directory))
        {
            return "it is no absolute path of letters, digits and . _ -";
        }

        var longest = LongestSocketPath - OwnNameLength - LongestSocketName;
        return directory.Length > longest ? $"it has {directory.Length} characters, and socket paths leave room for {longest}" : null;
    }

    /// <summary>Makes the directories and takes the lock.</summary>
    /// <returns>The directory, or why it cannot be had.</returns>
    public static (ControlDirectory? Directory, string Problem) Open(string root)
    {
        if (FaultOf(root) is { } fault)
        {
            return (null, $"the control directory {root} cannot be used: {fault}; set Ssh:ControlDirectory");
        }

        if (OperatingSystem.IsWindows())
        {
            return (null, "this transport needs sockets with owners and modes, so it runs on Linux");
        }

        try
        {
            Directory.CreateDirectory(root, OwnerOnly);
            if (FileOwnership.Of(root, followLinks: false) is not { IsDirectory: true, IsOpenToOthers: false } found || found.Uid != FileOwnership.OwnUid)
            {
                return (null, $"{root} is not a directory of our own with mode 0700, so others could use our connections; remove it or set Ssh:ControlDirectory");
            }

            // Under its final name only once it is locked, or another process that sweeps just now would take it for a dead one's.
            var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(OwnNameLength / 2));
            Directory.CreateDirectory($"{root}/.{name}", OwnerOnly);
            var held = Lock($"{root}/.{name}");
            Directory.Move($"{root}/.{name}", $"{root}/{name}");
            return (new ControlDirectory($"{root}/{name}", held), "");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return (null, $"the control directory {root} cannot be made: {failure.Message}; set Ssh:ControlDirectory");
        }
    }

    /// <summary>A socket path that was never used.</summary>
    public string NextSocket() => $"{_own}/m{Interlocked.Increment(ref _sockets)}";

    /// <summary>A file with that text.</summary>
    /// <returns>Its path, or why it cannot be written.</returns>
    public (string? Path, string Problem) ConfigFile(string text)
    {
        lock (_mutex)
        {
            try
            {
                if (!_configs.TryGetValue(text, out var path) || !File.Exists(path))
                {
                    path ??= $"{_own}/c{_configs.Count}";
                    File.WriteAllText(path, text);
                    _configs[text] = path;
                }

                return (path, "");
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                return (null, $"the control directory {_own} cannot be written: {failure.Message}; restart the bot if somebody removed it");
            }
        }
    }

    /// <summary>Path of a scratch file that does not exist.</summary>
    public string Scratch() => $"{_own}/k{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";

    /// <summary>Closes the masters of processes that died without doing it, and removes what they left.</summary>
    public async Task SweepAsync(ClientEnvironment environment, TimeProvider time, ILogger logger)
    {
        foreach (var other in Directory.EnumerateDirectories(Path.GetDirectoryName(_own) ?? _own).Where(path => path != _own && !Path.GetFileName(path).StartsWith('.')))
        {
            if (FileOwnership.Of(other, followLinks: false) is not { IsDirectory: true } found || found.Uid != FileOwnership.OwnUid)
            {
                continue;
            }

            try
            {
                await using var free = Lock(other);
                foreach (var socket in Directory.EnumerateFiles(other, "m*"))
                {
                    await CloseMasterAsync(socket, environment, time);
                    Log.OrphanClosed(logger, socket);
                }

                Directory.Delete(other, recursive: true);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Its owner lives, or was faster in removing it.
                Log.DirectoryInUse(logger, other, failure.Message);
            }
        }
    }

    public void Dispose()
    {
        _held.Dispose();
        try
        {
            Directory.Delete(_own, recursive: true);
        }
        catch (IOException)
        {
            // Somebody removed it before us.
        }
    }

    private static FileStream Lock(string directory)
        => new(directory + "/lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static async Task CloseMasterAsync(string socket, ClientEnvironment environment, TimeProvider time)
    {
        if (environment.Ssh is not { } ssh || ClientProcess.Start(environment, SshCommandLine.Exit(ssh, socket), time).Process is not { } process)
        {
            return;
        }

        await using (process)
        {
            await Task.WhenAny(process.Exited, Task.Delay(CloseLimit, time));
        }
    }

    [GeneratedRegex(@"\A/[A-Za-z0-9._/-]+\z")]
    private static partial Regex PathPattern();
}
