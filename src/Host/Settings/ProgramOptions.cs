using ChatOpsBot.Adapters.KeyFiles;
using ChatOpsBot.Adapters.Postgres;
using ChatOpsBot.Adapters.Sqlite;
using ChatOpsBot.Adapters.Slack;
using ChatOpsBot.Adapters.Ssh;
using ChatOpsBot.Adapters.Teams;
using ChatOpsBot.Adapters.Web;
using ChatOpsBot.Application.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Host.Settings;

/// <summary>The settings in force, one object per section. Filled and checked once at start.</summary>
internal sealed class ProgramOptions
{
    /// <summary>Whether the environment is Development, where some settings may be looser.</summary>
    public bool IsDevelopment { get; init; }

    /// <summary>Where the inventory is.</summary>
    public InventoryOptions Inventory { get; } = new();

    /// <summary>Absolute path of the inventory.</summary>
    public string InventoryFile => Inventory.File;

    /// <summary>How hosts are reached.</summary>
    public SshOptions Ssh { get; } = new();

    /// <summary>Where the policy is.</summary>
    public PolicyOptions Policy { get; } = new();

    /// <summary>Where the service listens.</summary>
    public HttpOptions Http { get; } = new();

    /// <summary>Which store.</summary>
    public StorageOptions Storage { get; } = new();

    /// <summary>Where the embedded store has its file.</summary>
    public SqliteOptions Sqlite { get; } = new();

    /// <summary>Which server has the store that several services share.</summary>
    public PostgresOptions Postgres { get; } = new();

    /// <summary>Keys of the web console.</summary>
    public ConsoleOptions Console { get; } = new();

    /// <summary>The key under transcripts.</summary>
    public TranscriptOptions Transcript { get; } = new();

    /// <summary>How repairs are guarded.</summary>
    public GuardOptions Guard { get; } = new();

    /// <summary>Times and amounts of work.</summary>
    public SchedulingOptions Scheduling { get; } = new();

    /// <summary>Where the runbooks are.</summary>
    public RunbookOptions Runbooks { get; } = new();

    /// <summary>Slack.</summary>
    public SlackOptions Slack { get; } = new();

    /// <summary>Microsoft Teams.</summary>
    public TeamsOptions Teams { get; } = new();

    /// <summary>Where metrics are sent.</summary>
    public TelemetryOptions Telemetry { get; } = new();

    /// <summary>The defaults; files are looked for beside the program.</summary>
    public static ProgramOptions DefaultsIn(string directory, bool isDevelopment)
    {
        var options = new ProgramOptions { IsDevelopment = isDevelopment };
        options.Inventory.File = Path.Combine(directory, options.Inventory.File);
        options.Policy.File = Path.Combine(directory, options.Policy.File);
        options.Sqlite.ConnectionString = SqliteOptions.Placed(options.Sqlite.ConnectionString, directory);
        options.Console.KeyFile = Path.Combine(directory, options.Console.KeyFile);
        options.Transcript.SigningKeyFile = Path.Combine(directory, options.Transcript.SigningKeyFile);
        options.Runbooks.Directory = Path.Combine(directory, options.Runbooks.Directory);
        return options;
    }

    /// <summary>Gives every section to whoever asks for its <see cref="IOptions{TOptions}"/>; they were all checked.</summary>
    public void AddTo(IServiceCollection services)
        => services
            .AddSingleton(Options.Create(Inventory))
            .AddSingleton(Options.Create(Ssh))
            .AddSingleton(Options.Create(Policy))
            .AddSingleton(Options.Create(Http))
            .AddSingleton(Options.Create(Storage))
            .AddSingleton(Options.Create(Sqlite))
            .AddSingleton(Options.Create(Postgres))
            .AddSingleton(Options.Create(Console))
            .AddSingleton(Options.Create(Transcript))
            .AddSingleton(Options.Create(Guard))
            .AddSingleton(Options.Create(Scheduling))
            .AddSingleton(Options.Create(Runbooks))
            .AddSingleton(Options.Create(Slack))
            .AddSingleton(Options.Create(Teams))
            .AddSingleton(Options.Create(Telemetry));
}
