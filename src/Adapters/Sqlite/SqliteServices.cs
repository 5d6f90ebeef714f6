using ChatOpsBot.Adapters.Sql;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Sqlite;

/// <summary>Adds the embedded store.</summary>
public static class SqliteServices
{
    /// <summary>Registers every port of the store. The caller has checked <see cref="SqliteOptions"/> and registered it.</summary>
    public static IServiceCollection AddSqliteStorage(this IServiceCollection services)
    {
        services.AddSingleton(provider => SqliteDatabase.Open(provider.GetRequiredService<IOptions<SqliteOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SqlDatabase>(provider => provider.GetRequiredService<SqliteDatabase>());
        return services.AddSqlStores();
    }
}
