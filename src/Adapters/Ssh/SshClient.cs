using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>What a client for one target is started with.</summary>
/// <param name="Ssh">Path of the program.</param>
/// <param name="Config">Path of its configuration.</param>
/// <param name="Directory">Where sockets go.</param>
internal sealed record ClientSetting(string Ssh, string Config, ControlDirectory Directory);

/// <summary>The installed OpenSSH client, and the directory its connections are kept in. One for the whole process.</summary>
public sealed class SshClient : IDisposable
{
    private const int MostText = 16 * 1024;

    private readonly string? _root;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private ControlDirectory? _directory;

    /// <summary>The client of this machine.</summary>
    /// <param name="options">Section <c>Ssh</c>.</param>
    /// <param name="time">The clock of all limits.</param>
    /// <param name="logger">Where orphaned connections are reported.</param>
    public SshClient(IOptions<SshOptions> options, TimeProvider time, ILogger<SshClient> logger)
        : this(options.Value.ControlDirectory, ClientEnvironment.Own(), time, logger)
    {
    }

    internal SshClient(string? root, ClientEnvironment environment, TimeProvider time, ILogger logger)
    {
        _root = root;
        _logger = logger;
        Environment = environment;
        Time = time;
    }

    internal ClientEnvironment Environment { get; }

    internal TimeProvider Time { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _directory?.Dispose();
        _opening.Dispose();
    }

    /// <summary>Makes ready to start clients for the target.</summary>
    /// <returns>What they need, or why this side cannot start any.</returns>
    internal async Task<(ClientSetting? Setting, string Problem)> PrepareAsync(HostTarget target, CancellationToken cancellationToken)
    {
        if (Environment.Ssh is not { } ssh)
        {
            return (null, "there is no ssh on this machine; install the package openssh-client");
        }

        if ((target.Fault() ?? KeyFault(target.Route.IdentityFile) ?? FileFault(target.Route.ConfigFile)) is { } fault)
        {
            return (null, fault);
        }

        var (opened, problem) = await OpenAsync(cancellationToken);
        if (opened is null)
        {
            return (null, problem);
        }

        (var config, problem) = opened.ConfigFile(ClientConfig.TextFor(target.Route));
        return config is null ? (null, problem) : (new ClientSetting(ssh, config, opened), "");
    }

    /// <summary>Runs a client that needs no input.</summary>
    /// <returns>What it said on standard error, or <see langword="null"/> when it did not end within the limit.</returns>
    internal async Task<string?> AskAsync(IReadOnlyList<string> command, TimeSpan limit, CancellationToken cancellationToken)
    {
        var (process, problem) = ClientProcess.Start(Environment, command, Time);
        if (process is null)
        {
            return problem;
        }

        await using (process)
        {
            await process.CloseInputAsync();
            using var late = new CancellationTokenSource(limit, Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
            var text = new OutputBuffer(MostText);
            var buffer = new byte[4096];
            try
            {
                int read;
                while ((read = await process.Errors.ReadAsync(buffer, either.Token)) > 0)
                {
                    text.Append(buffer.AsSpan(0, read));
                }

                await process.Exited.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }

            return Encoding.UTF8.GetString(text.Take().Span);
        }
    }

    /// <summary>What ssh would say about the key, found before a connection is made for nothing.</summary>
    private static string? KeyFault(string? path)
    {
        if (path is null)
        {
            return null;
        }

        if (FileOwnership.Of(path, followLinks: true) is not { } found)
        {
            return $"the private key {path} does not exist or its directory cannot be entered; correct Ssh:IdentityFile";
        }

        if (found.Uid == FileOwnership.OwnUid && found.IsOpenToOthers)
        {
            return $"the private key {path} is readable by others, so ssh does not use it; run: chmod 600 {path}";
        }

        return FileFault(path);
    }

    private static string? FileFault(string? path)
    {
        if (path is null)
        {
            return null;
        }

        try
        {
            using var opened = File.OpenRead(path);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be read: {failure.Message}";
        }
    }

    private async Task<(ControlDirectory? Directory, string Problem)> OpenAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _directory) is { } present)
        {
            return (present, "");
        }

        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_directory is not null)
            {
                return (_directory, "");
            }

            var (opened, problem) = ControlDirectory.Open(_root ?? ControlDirectory.Default(Environment));
            if (opened is null)
            {
                return (null, problem);
            }

            await opened.SweepAsync(Environment, Time, _logger);
            Volatile.Write(ref _directory, opened);
            return (opened, "");
        }
        finally
        {
            _opening.Release();
        }
    }
}
