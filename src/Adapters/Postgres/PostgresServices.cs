using ChatOpsBot.Adapters.Sql;
using ChatOpsBot.Application.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Postgres;

/// <summary>Adds the store that several services share.</summary>
public static class PostgresServices
{
    /// <summary>A server that is just being restarted is waited for; afterwards whoever supervises the service decides.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Registers every port of the store. The caller has checked <see cref="PostgresOptions"/> and registered it.</summary>
    public static IServiceCollection AddPostgresStorage(this IServiceCollection services)
    {
        services.AddSingleton(provider => PostgresDatabase.Open(
            provider.GetRequiredService<IOptions<PostgresOptions>>().Value, provider.GetRequiredService<TimeProvider>(), s_patience,
            why => provider.GetRequiredService<ILogger<PostgresDatabase>>().LogDatabaseAwaited(why, s_patience)));
        services.AddSingleton<SqlDatabase>(provider => provider.GetRequiredService<PostgresDatabase>());
        services.AddSingleton<IKeyRing, PostgresKeyRing>();
        services.AddSingleton<CommonMarks>();
        services.AddHostedService<PostgresListener>();
        return services.AddSqlStores();
    }
}
