using System.Diagnostics;
using ChatOpsBot.Adapters.Tests.Postgres;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(PrivatePostgres))]

namespace ChatOpsBot.Adapters.Tests.Postgres;

/// <summary>A PostgreSQL of the tests' own, started by the first test that needs one and gone with this process, however it ends.</summary>
public sealed class PrivatePostgres : IDisposable
{
    private readonly Lock _starting = new();
    private Process? _server;
    private string? _unusable;
    private int _databases;

    /// <summary>The folder of its socket.</summary>
    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"cob-pg-{Environment.ProcessId}");

    /// <summary>A connection string of its administrator.</summary>
    public string Administrator(string database) => $"Host={Folder};Username=postgres;Database={database};Pooling=false";

    /// <summary>A connection string of the bot's user.</summary>
    public string Bot(string database) => $"Host={Folder};Username=bot;Password=bot-pw;Database={database}";

    /// <summary>Makes an empty database that the bot's user owns; skips the test when there is no PostgreSQL.</summary>
    public string NewDatabase()
    {
        Need();
        var name = $"cob{Interlocked.Increment(ref _databases)}";
        Run("postgres", $"CREATE DATABASE {name} OWNER bot");
        return name;
    }

    /// <summary>A connection string to an empty schema in a database that several tests share: much quicker to make than a database.</summary>
    public string NewSchema()
    {
        Need();
        var name = $"cob{Interlocked.Increment(ref _databases)}";
        Run("quick", $"CREATE SCHEMA {name} AUTHORIZATION quick");
        return $"Host={Folder};Username=quick;Database=quick;Search Path={name}";
    }

    /// <summary>Removes a database, also from under who has it.</summary>
    public void Drop(string name) => Run("postgres", $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");

    /// <summary>Runs a command as administrator.</summary>
    public object? Run(string database, string text)
    {
        Need();
        using var connection = new NpgsqlConnection(Administrator(database));
        connection.Open();
        using var command = new NpgsqlCommand(text, connection);
        return command.ExecuteScalar();
    }

    /// <summary>Runs a file of psql's as the bot's user, as an administrator restores a dump.</summary>
    public void Restore(string database, string file)
    {
        Need();
        var psql = Directory.EnumerateFiles("/usr/lib/postgresql", "psql", SearchOption.AllDirectories).Max() ?? throw new InvalidOperationException("there is no psql beside the server");
        var start = new ProcessStartInfo(psql, ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", Folder, "-U", "bot", "-d", database, "-f", file]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PGPASSWORD"] = "bot-pw";
#pragma warning disable RS0030 // psql is a process
        using var process = Process.Start(start) ?? throw new InvalidOperationException("psql did not start");
#pragma warning restore RS0030
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var complaints = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, complaints);
    }

    public void Dispose()
    {
        if (_server is { } server)
        {
            // Its end of input is what it ends by.
            server.StandardInput.Close();
            server.WaitForExit(TimeSpan.FromSeconds(30));
            server.Dispose();
        }
    }

    private void Need()
    {
        lock (_starting)
        {
            if (_server is null && _unusable is null)
            {
                Start();
            }
        }

        Assert.SkipWhen(_unusable is not null, _unusable ?? "");
    }

    private void Start()
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(AppContext.BaseDirectory, "private-postgres.sh"), Folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
#pragma warning disable RS0030 // the server is a process
        var server = Process.Start(start) ?? throw new InvalidOperationException("bash did not start");
#pragma warning restore RS0030
        var complaints = server.StandardError.ReadToEndAsync(CancellationToken.None);
        if (server.StandardOutput.ReadLine() == "ready")
        {
            _server = server;
            return;
        }

        server.WaitForExit();
        _unusable = server.ExitCode == 77 ? complaints.Result.Trim() : throw new InvalidOperationException(complaints.Result);
    }
}
