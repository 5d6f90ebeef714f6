using System.Text;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.Web.Security;

/// <summary>The service's secret, drawn from the console's key file: one file to keep, the same keys on every node that has it.</summary>
/// <param name="key">The key.</param>
internal sealed class ServiceSecret(ConsoleSecret key) : IServiceSecret
{
    private const int KeyBytes = 32;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> KeyFor(string purpose) => key.Derive(Encoding.UTF8.GetBytes($"chatopsbot service secret 1\n{purpose}"), KeyBytes);
}
