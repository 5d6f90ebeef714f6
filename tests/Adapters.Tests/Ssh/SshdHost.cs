using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ChatOpsBot.Domain.Hosts;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Ssh;

/// <summary>Real sshd's on 127.0.0.1 with host keys, accounts and sudo rules of their own; shared by the tests of one collection.</summary>
public sealed class SshdHost : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private Process? script;

    public string Folder { get; } = $"/tmp/cob-ssh-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";

    /// <summary>Why there is no host; tests are skipped for it.</summary>
    public string? Missing { get; private set; }

    /// <summary>An ordinary sshd.</summary>
    public int Port { get; private set; }

    /// <summary>One that allows a single session on a connection.</summary>
    public int OneSessionPort { get; private set; }

    /// <summary>One that allows none.</summary>
    public int NoSessionPort { get; private set; }

    public string IdentityFile => $"{Folder}/key";

    public string KnownHostsFile => $"{Folder}/known_hosts";

    public string PublicHostKey => File.ReadAllText($"{Folder}/hostkey.pub").Trim();

    public string ConfigFile => $"{Folder}/ssh_config";

    public async ValueTask InitializeAsync()
    {
        Missing = LocalProgram.IsRoot ? LocalProgram.FirstMissing("/usr/sbin/sshd", "ssh", "unshare", "sudo", "csh", "timeout") : "needs root";
        if (Missing is not null)
        {
            return;
        }

        Directory.CreateDirectory(Folder);
        await LocalProgram.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", IdentityFile);
        await LocalProgram.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", $"{Folder}/hostkey");
        File.Copy($"{IdentityFile}.pub", $"{Folder}/authorized_keys");
        Port = FreePort();
        OneSessionPort = FreePort();
        NoSessionPort = FreePort();
        WriteConfig(Port, "MaxSessions 50");
        WriteConfig(OneSessionPort, "MaxSessions 1");
        WriteConfig(NoSessionPort, "MaxSessions 0");
        File.WriteAllLines(KnownHostsFile, new[] { Port, OneSessionPort, NoSessionPort }.Select(KnownHostsLine));
        File.WriteAllText(ConfigFile, "");
        script = LocalProgram.Start("sh", $"{AppContext.BaseDirectory}/Ssh/sshd-host.sh", Folder);
        using var late = new CancellationTokenSource(StartLimit, TimeProvider.System);
        var said = await script.StandardOutput.ReadLineAsync(late.Token);
        Assert.True(said == "up", $"the host did not start: {said}");
        await ProveAsync(late.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (script is not null)
        {
            script.StandardInput.Close();
            await script.WaitForExitAsync();
            script.Dispose();
        }

        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    /// <summary>An entry for an account, as an inventory would hold it.</summary>
    public HostEntry Entry(string user, int? port = null) => new()
    {
        Name = "host42",
        Address = "127.0.0.1",
        Port = port ?? Port,
        User = user,
        Ssh = new SshOverrides { IdentityFile = IdentityFile, KnownHostsFile = KnownHostsFile, ConfigFile = ConfigFile },
    };

    public string KnownHostsLine(int port) => $"[127.0.0.1]:{port} {string.Join(' ', PublicHostKey.Split(' ').Take(2))}";

    /// <summary>Another file of the folder, with that text.</summary>
    public string WriteFile(string name, string text)
    {
        File.WriteAllText($"{Folder}/{name}", text);
        return $"{Folder}/{name}";
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void WriteConfig(int port, string more) => File.WriteAllText($"{Folder}/sshd-{port}.conf", $"""
        Port {port}
        ListenAddress 127.0.0.1
        HostKey {Folder}/hostkey
        PidFile none
        AuthorizedKeysFile {Folder}/authorized_keys
        StrictModes no
        UsePAM no
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        PermitRootLogin yes
        MaxStartups 100
        {more}

        """);

    /// <summary>The stock client must get in, else every test below would say nothing about the adapter.</summary>
    private async Task ProveAsync(CancellationToken cancellationToken)
    {
        await Eventually.TrueAsync("sshd listens", () => Task.FromResult(Listens(Port) && Listens(OneSessionPort) && Listens(NoSessionPort)), cancellationToken);
        foreach (var user in new[] { "root", "ops", "viewer", "cshuser" })
        {
            var answer = await LocalProgram.RunAsync(
                "ssh", "-F", "/dev/null", "-i", IdentityFile, "-o", "BatchMode=yes", "-o", $"UserKnownHostsFile={KnownHostsFile}", "-o", "StrictHostKeyChecking=yes",
                "-p", $"{Port}", $"{user}@127.0.0.1", "id -un");
            Assert.Equal(user, answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault());
        }
    }

    private static bool Listens(int port)
    {
        using var client = new TcpClient();
        try
        {
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

/// <summary>The tests that share one host run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class SshdTests : ICollectionFixture<SshdHost>
{
    public const string Name = "sshd";
}
