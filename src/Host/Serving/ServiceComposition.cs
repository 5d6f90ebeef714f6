using ChatOpsBot.Adapters.KeyFiles;
using ChatOpsBot.Adapters.Postgres;
using ChatOpsBot.Adapters.Quartz;
using ChatOpsBot.Adapters.Slack;
using ChatOpsBot.Adapters.Sqlite;
using ChatOpsBot.Adapters.Ssh;
using ChatOpsBot.Adapters.Teams;
using ChatOpsBot.Adapters.Telemetry;
using ChatOpsBot.Adapters.Web;
using ChatOpsBot.Adapters.Web.Listeners;
using ChatOpsBot.Adapters.YamlFiles;
using ChatOpsBot.Adapters.YamlFiles.Policies;
using ChatOpsBot.Adapters.YamlFiles.Runbooks;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Configuration;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Repairs;
using ChatOpsBot.Application.Retention;
using ChatOpsBot.Application.Settings;
using ChatOpsBot.Host.Commands;
using ChatOpsBot.Host.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serilog;

namespace ChatOpsBot.Host.Serving;

/// <summary>Puts the service together: one method per part, no logic.</summary>
internal static class ServiceComposition
{
    /// <summary>Composes the service.</summary>
    /// <param name="surroundings">The process it runs in.</param>
    /// <param name="settings">Its settings, checked.</param>
    /// <param name="last">May put something else in the place of what is registered; for tests.</param>
    public static WebApplication Build(Surroundings surroundings, LoadedSettings settings, Action<IServiceCollection>? last = null)
    {
        var options = settings.Options;
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = "chatopsbot",
            ContentRootPath = surroundings.ProgramDirectory,
            EnvironmentName = surroundings.IsDevelopment ? Environments.Development : Environments.Production,
        });

        // Our settings are read and checked already; what the framework finds by itself would be a second, unchecked source.
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders().AddSerilog(Session.Logger(settings), dispose: true);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ServeCommand.Patience);
        builder.Services.AddSingleton<IHostLifetime, SignalsElsewhere>();

        var services = builder.Services;
        services.AddSingleton(surroundings.Time);
        options.AddTo(services);
        AddHosts(services, surroundings);
        AddConfiguration(services, options);
        AddStore(services, options);
        AddIncidents(services, options, surroundings.Repairs);
        AddChat(services, options);
        services.AddSlack(options.Slack.Mode);
        services.AddTeams(options.Teams.Enabled, options.IsDevelopment);
        services.AddWeb();
        services.AddTelemetry(options.Telemetry);
        last?.Invoke(services);

        var app = builder.Build();
        app.MapWeb();
        app.MapSlack(options.Slack.Mode)?.On(Listener.Ingress);
        app.MapTeams(options.Teams.Enabled)?.On(Listener.Ingress);
        app.MapTelemetry().Health.On(Listener.Console | Listener.Ingress);
        return app;
    }

    private static void AddHosts(IServiceCollection services, Surroundings surroundings)
    {
        services.AddSshHostShell();
        if (surroundings.Shell is { } shell)
        {
            services.AddSingleton(shell);
        }

        if (surroundings.Keys is { } keys)
        {
            services.AddSingleton(keys);
        }
    }

    private static void AddConfiguration(IServiceCollection services, ProgramOptions options)
    {
        services.AddSingleton(new ConfigurationFiles
        {
            Inventory = options.Inventory.File,
            Policy = options.Policy.File,
            Runbooks = options.Runbooks.Directory,
            Sudo = options.Ssh.Sudo,
            UsualTimeToDecide = options.Scheduling.ApprovalExpires,
        });
        services.AddSingleton<IInventoryFile, InventoryFile>();
        services.AddSingleton<IPolicyFile>(new PolicyFile(allowEmulator: options.IsDevelopment));
        services.AddSingleton<IRunbookFiles, RunbookFiles>();
        services.AddSingleton<IFileStamps, FileStamps>();
        services.AddSingleton<GroupMembers>();
        services.AddSingleton<ConfigurationService>();
        services.AddSingleton<IConfigurationSource>(provider => provider.GetRequiredService<ConfigurationService>());
        services.AddSingleton<IPolicySource>(provider => provider.GetRequiredService<ConfigurationService>());
        services.AddSingleton<IRunbookLibrary>(provider => provider.GetRequiredService<ConfigurationService>());
        services.AddHostedService<ConfigurationWatch>();
    }

    private static void AddStore(IServiceCollection services, ProgramOptions options)
    {
        if (options.Storage.Provider == StorageProvider.Postgres)
        {
            services.AddPostgresStorage();
        }
        else
        {
            services.AddSqliteStorage();
        }

        services.AddTranscriptSigning();
        services.AddSingleton(options.Storage);
        services.AddHostedService<RetentionService>();
        services.AddSingleton<IServiceSecret>(provider => ServiceSecretFile.Open(provider.GetRequiredService<IOptions<ConsoleOptions>>().Value.KeyFile));
    }

    private static void AddChat(IServiceCollection services, ProgramOptions options)
    {
        services.AddSingleton(new ConsoleLinks(new Uri(options.Http.ConsoleUrls.Split(';')[0])));
        services.AddChat();
    }

    private static void AddIncidents(IServiceCollection services, ProgramOptions options, RepairOptions times)
    {
        services.AddSingleton(options.Scheduling.ToEffects(options.Storage.Provider));
        services.AddSingleton(options.Scheduling.ToLimits());
        services.AddSingleton(times with { GuardDeadline = options.Guard.Deadline });
        services.AddRepairs();
        services.AddHostedService<EffectService>();
        services.AddHostedService<SweepService>();
        services.AddQuartzAlarmClock(options.Storage.Provider == StorageProvider.Postgres ? options.Postgres.Completed("chatopsbot quartz") : null);
    }

    /// <summary>The program itself takes the signals; the host is started and stopped by <see cref="ServeCommand"/>.</summary>
    private sealed class SignalsElsewhere : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>Takes changed files into force.</summary>
    private sealed class ConfigurationWatch(ConfigurationService configuration) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => configuration.WatchAsync(stoppingToken);
    }
}
