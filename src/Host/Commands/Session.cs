using System.CommandLine;
using ChatOpsBot.Adapters.Console.Terminal;
using ChatOpsBot.Adapters.YamlFiles;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Application.Observation;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Probing;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Host.Settings;
using ChatOpsBot.Adapters.Ssh;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serilog.Settings.Configuration;
using Serilog;

namespace ChatOpsBot.Host.Commands;

/// <summary>Opens the session of a command once its settings are known to be valid.</summary>
/// <param name="surroundings">What the process gives.</param>
/// <param name="settingsOption">Where the command line names the settings file.</param>
internal sealed class SessionFactory(Surroundings surroundings, Option<string?> settingsOption)
{
    /// <summary>What the process gives.</summary>
    public Surroundings Surroundings { get; } = surroundings;

    /// <summary>Checks the settings, then runs the command; invalid settings are all named and end it.</summary>
    public Task<int> RunAsync(ParseResult parsed, Func<Session, Task<int>> command) => WithSettingsAsync(parsed, async loaded =>
    {
        await using var session = new Session(Surroundings, loaded);
        return await command(session);
    });

    /// <summary>Checks the settings, then runs what needs nothing but them.</summary>
    public async Task<int> WithSettingsAsync(ParseResult parsed, Func<LoadedSettings, Task<int>> command)
    {
        var loaded = SettingsLoader.Load(Surroundings, parsed.GetValue(settingsOption));
        if (!loaded.Faults.IsEmpty)
        {
            Problems.Write(Surroundings.Error, loaded.Faults.Length == 1 ? "a setting is invalid" : $"{loaded.Faults.Length} settings are invalid", loaded.Faults.Select(fault => fault.ToString()));
            return ExitCodes.InvalidConfiguration;
        }

        return await command(loaded);
    }
}

/// <summary>What one command works with: settings, inventory, the way to the hosts. Made at first use and closed at the end.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public Session(Surroundings surroundings, LoadedSettings settings)
    {
        Surroundings = surroundings;
        Settings = settings;
        var services = new ServiceCollection();
        services.AddSingleton(surroundings.Time);
        settings.Options.AddTo(services);
        services.AddLogging(logging => logging.AddSerilog(Logger(settings), dispose: true));
        services.AddSingleton<IInventoryFile, InventoryFile>();
        services.AddSingleton<HostReader>();
        services.AddSingleton<HostProbes>();
        services.AddSingleton<ProbeRound>();
        services.AddSingleton<CheckHost>();
        services.AddSingleton<TraceHost>();
        services.AddSingleton<ExamineHost>();
        services.AddSingleton<HostNeeds>();
        services.AddSshHostShell();
        if (surroundings.Shell is { } shell)
        {
            services.AddSingleton(shell);
        }

        if (surroundings.Keys is { } keys)
        {
            services.AddSingleton(keys);
        }

        _services = services.BuildServiceProvider();
    }

    public Surroundings Surroundings { get; }

    public LoadedSettings Settings { get; }

    /// <summary>For operators of the bot.</summary>
    public Microsoft.Extensions.Logging.ILogger Log => Get<ILoggerFactory>().CreateLogger("ChatOpsBot.Commands");

    /// <summary>The login as commands for a person name it.</summary>
    public string AccountOf(HostEntry host) => host.User ?? Settings.Options.Ssh.User ?? "ACCOUNT";

    /// <summary>Runs a read and shows on the terminal how far it is.</summary>
    public Task<T> WithProgressAsync<T>(string host, Func<IProgress<ReadProgress>?, Task<T>> read)
        => new ReadSpinner(Surroundings.ErrorLook, Surroundings.Error).RunAsync(host, read);

    public T Get<T>()
        where T : notnull
        => _services.GetRequiredService<T>();

    /// <summary>Finds a host in the inventory. On failure everything has been said and the exit code is returned instead.</summary>
    public bool TryFindHost(string name, out HostEntry host, out int exitCode)
    {
        host = new() { Name = name, Address = "" };
        exitCode = ExitCodes.Good;
        var path = Settings.Options.InventoryFile;
        var reading = Get<IInventoryFile>().Read(path);
        if (reading is InventoryReading.Refused(var faults))
        {
            Problems.Write(Surroundings.Error, $"the inventory is invalid (Inventory:File, from {Settings.Sources["Inventory:File"]})", faults.Select(fault => fault.ToString()));
            exitCode = ExitCodes.InvalidConfiguration;
            return false;
        }

        var inventory = ((InventoryReading.Loaded)reading).Inventory;
        if (inventory.Find(name) is { } found)
        {
            // Whoever reads the host looks at the host alone, so the service's own setting is filled in here.
            host = found with { Ssh = found.Ssh with { Sudo = found.Ssh.Sudo ?? Settings.Options.Ssh.Sudo } };
            return true;
        }

        Surroundings.Error.WriteLine($"chatopsbot: the inventory {path} has no host {HostText.Line(name)}{NearestWord.Hint(name, inventory.Hosts.Select(entry => entry.Name))}; add it there, or name one of its {inventory.Hosts.Length} hosts");
        exitCode = ExitCodes.WrongArguments;
        return false;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    /// <summary>The log as the settings want it.</summary>
    internal static Serilog.Core.Logger Logger(LoadedSettings settings)
        => new LoggerConfiguration()
            .ReadFrom.Configuration(settings.Serilog, new ConfigurationReaderOptions(typeof(ConsoleLoggerConfigurationExtensions).Assembly, typeof(FileLoggerConfigurationExtensions).Assembly))
            .CreateLogger();
}

/// <summary>Lists problems on standard error, a line each.</summary>
internal static class Problems
{
    private const int Most = 50;

    public static void Write(TextWriter error, string what, IEnumerable<string> problems)
    {
        var all = problems.ToArray();
        error.WriteLine($"chatopsbot: {what}:");
        foreach (var problem in all.Take(Most))
        {
            error.WriteLine($"  {HostText.Line(problem, 2000)}");
        }

        if (all.Length > Most)
        {
            error.WriteLine($"  ... and {all.Length - Most} more");
        }
    }
}
