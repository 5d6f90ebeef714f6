using ChatOpsBot.Acceptance.Tests.Lab;
using ChatOpsBot.Application.Repairs;
using ChatOpsBot.Host;
using ChatOpsBot.Host.Settings;
using ChatOpsBot.Support;

namespace ChatOpsBot.Acceptance.Tests.Repairs;

/// <summary>Everything that a service of one test needs on disk: inventory of the lab, a policy of two people, keys, an empty store, and a way into the lab's network.</summary>
internal sealed class ServiceFolder : IDisposable
{
    private const string Policy = """
        people:
          - { id: ann, name: Ann, groups: [network], slack: [{ team: T1, user: U1 }] }
          - { id: bob, name: Bob, groups: [network], slack: [{ team: T1, user: U2 }] }
        groups: { network: {} }
        rules: [{ who: ["group:network"], may: [check, recheck, run, cancel], hosts: ["*"] }]
        approvals: [{ risk: [D0, D1, D2, D3], from: ["group:network"], quorum: 1, requesterMay: false }]
        """;

    // Relays a connection out of the lab's own network, and ends with either side.
    private const string Proxy = """
        use strict; use warnings; use Socket;
        socket my $s, PF_INET, SOCK_STREAM, 0 or die "$!";
        connect $s, pack_sockaddr_in($ARGV[1], inet_aton($ARGV[0])) or die "$!";
        sub all { my ($to, $bytes) = @_; while (length $bytes) { my $n = syswrite $to, $bytes or exit; substr($bytes, 0, $n) = '' } }
        while (1) {
            my $wait = ''; vec($wait, fileno STDIN, 1) = vec($wait, fileno $s, 1) = 1;
            select $wait, undef, undef, undef;
            if (vec $wait, fileno STDIN, 1) { sysread STDIN, my $got, 65536 or exit; all($s, $got) }
            if (vec $wait, fileno $s, 1) { sysread $s, my $got, 65536 or exit; all(*STDOUT, $got) }
        }
        """;

    private readonly TemporaryFolder _folder = new();

    /// <summary>Makes the folder.</summary>
    /// <param name="policy">Changes the text of the policy.</param>
    /// <param name="user">The account on the hosts; that of the lab's inventory when not given.</param>
    public ServiceFolder(Func<string, string>? policy = null, string? user = null)
    {
        var proxy = _folder.Write("proxy.pl", Proxy);
        _folder.Write("ssh_config", $"Host *\n  ProxyCommand nsenter --net=/run/netns/{Path.GetFileName(LabFixture.Folder)}-ctl perl {proxy} %h %p\n");
        _folder.Write("inventory.yaml", File.ReadAllText($"{LabFixture.Folder}/inventory.yaml").Replace("user: ops", $"user: {user ?? "ops"}", StringComparison.Ordinal));
        _folder.Write("policy.yaml", policy?.Invoke(Policy) ?? Policy);
    }

    /// <summary>Settings besides the usual ones, as environment variables.</summary>
    public IReadOnlyDictionary<string, string> More { get; init; } = new Dictionary<string, string>();

    /// <summary>The folder of what the service keeps; it makes it itself.</summary>
    public string Data => Path.Combine(_folder.Path, "data");

    /// <summary>The database file.</summary>
    public string Database => Path.Combine(Data, "c.db");

    /// <summary>Settings as environment variables.</summary>
    /// <param name="outside">Whether the service runs outside of the lab's network and needs the relay.</param>
    public Dictionary<string, string> Environment(bool outside) => new(More)
    {
        ["Inventory__File"] = Path.Combine(_folder.Path, "inventory.yaml"),
        ["Policy__File"] = Path.Combine(_folder.Path, "policy.yaml"),
        ["Runbooks__Directory"] = RepositoryFiles.At("runbooks"),
        ["Storage__ConnectionString"] = $"Data Source={Database}",
        ["Console__KeyFile"] = Path.Combine(Data, "console-key"),
        ["Transcript__SigningKeyFile"] = Path.Combine(Data, "signing-key.pem"),
        ["Http__ConsoleUrls"] = "http://127.0.0.1:0",
        ["Ssh__IdentityFile"] = $"{LabFixture.Folder}/key",
        ["Ssh__KnownHostsFile"] = $"{LabFixture.Folder}/known_hosts",
        ["Ssh__ConfigFile"] = outside ? Path.Combine(_folder.Path, "ssh_config") : "",
        ["NO_COLOR"] = "1",
    };

    /// <summary>The process that a service in this process believes to be.</summary>
    /// <param name="repairs">How long its repairs wait for what; as in the real program when not given.</param>
    /// <param name="time">Its clock; the machine's when not given.</param>
    public Surroundings Surroundings(RepairOptions? repairs = null, TimeProvider? time = null) => new()
    {
        Time = time ?? TimeProvider.System,
        Repairs = repairs ?? new(),
        Out = TextWriter.Null,
        Error = TextWriter.Null,
        Environment = Environment(outside: true),
        CurrentDirectory = _folder.Path,
        ProgramDirectory = _folder.Path,
    };

    /// <summary>The settings, checked.</summary>
    public LoadedSettings Settings()
    {
        var loaded = SettingsLoader.Load(Surroundings(), null);
        return loaded.Faults.IsEmpty ? loaded : throw new InvalidOperationException(string.Join("\n", loaded.Faults));
    }

    public void Dispose() => _folder.Dispose();
}
