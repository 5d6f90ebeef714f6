using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Application.Ports;

/// <summary>Asks a host for its SSH key, without logging in and without trusting the answer.</summary>
public interface IHostKeys
{
    /// <summary>Reads the key that the host offers now.</summary>
    Task<HostKeyOutcome> ReadAsync(HostEntry host, CancellationToken cancellationToken);
}

/// <summary>What asking a host for its key gave.</summary>
public abstract record HostKeyOutcome
{
    private HostKeyOutcome()
    {
    }

    /// <summary>The host answered.</summary>
    /// <param name="Algorithm">As in <c>ssh-ed25519</c>.</param>
    /// <param name="Fingerprint"><c>SHA256:...</c>, to compare with what the host's console shows.</param>
    /// <param name="KnownHostsLine">The line that makes it trusted.</param>
    public sealed record Offered(string Algorithm, string Fingerprint, string KnownHostsLine) : HostKeyOutcome;

    /// <summary>It did not.</summary>
    /// <param name="Kind">Why.</param>
    /// <param name="Message">A sentence for a person.</param>
    public sealed record Failed(ShellFailureKind Kind, string Message) : HostKeyOutcome;
}
