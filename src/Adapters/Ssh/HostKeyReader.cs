using System.Security.Cryptography;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Hosts;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>
/// Reads host keys by a key exchange that ends before any login, over the same way (jump hosts, aliases) that a run would take, so the line has the name
/// that ssh will look for.
/// </summary>
public sealed class HostKeyReader : IHostKeys
{
    private readonly SshClient _client;
    private readonly SshOptions _options;

    /// <summary>For the options in force.</summary>
    /// <param name="options">Section <c>Ssh</c>.</param>
    /// <param name="client">The installed client.</param>
    public HostKeyReader(IOptions<SshOptions> options, SshClient client)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value;
        _client = client;
    }

    /// <summary>Asks a host for its key; the limit is the host's <c>ConnectTimeout</c>.</summary>
    public async Task<HostKeyOutcome> ReadAsync(HostEntry host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        var target = HostTarget.From(host, _options);
        var (setting, problem) = await _client.PrepareAsync(target, cancellationToken);
        return setting is null
            ? new HostKeyOutcome.Failed(ShellFailureKind.ClientBroken, problem)
            : await ReadAsync(_client, setting, target, cancellationToken);
    }

    internal static async Task<HostKeyOutcome> ReadAsync(SshClient client, ClientSetting setting, HostTarget target, CancellationToken cancellationToken)
    {
        var scratch = setting.Directory.Scratch();
        try
        {
            var command = SshCommandLine.ReadKey(setting.Ssh, setting.Config, scratch, target.Route);
            var said = await client.AskAsync(command, target.Route.ConnectTimeout, cancellationToken);
            if (File.Exists(scratch) && File.ReadLines(scratch).Select(Parse).OfType<HostKeyOutcome.Offered>().FirstOrDefault() is { } key)
            {
                return key;
            }

            if (said is null)
            {
                return new HostKeyOutcome.Failed(
                    ShellFailureKind.TimedOut, $"{target.Name} presented no key within {target.Route.ConnectTimeout.TotalSeconds:0.#} s");
            }

            return FailureTable.Find(said) is var (row, line)
                ? new HostKeyOutcome.Failed(row.Kind, $"{row.Sentence}: {line}")
                : new HostKeyOutcome.Failed(ShellFailureKind.Unreachable, $"{target.Name} presented no key: {HostText.LastLine(said)}");
        }
        finally
        {
            File.Delete(scratch);
        }
    }

    /// <summary>A line of a known hosts file; <see langword="null"/> when it holds no key.</summary>
    internal static HostKeyOutcome.Offered? Parse(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 3)
        {
            return null;
        }

        var at = words[0].StartsWith('@') ? 1 : 0;
        var blob = new byte[line.Length];
        return words.Length >= at + 3 && Convert.TryFromBase64String(words[at + 2], blob, out var length)
            ? new HostKeyOutcome.Offered(words[at + 1], "SHA256:" + Convert.ToBase64String(SHA256.HashData(blob.AsSpan(0, length))).TrimEnd('='), line.Trim())
            : null;
    }
}
