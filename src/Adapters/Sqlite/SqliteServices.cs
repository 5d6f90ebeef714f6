using ChatOpsBot.Application.Ports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Sqlite;

/// <summary>Adds the embedded store.</summary>
public static class SqliteServices
{
    /// <summary>Binds <c>Storage</c>, checks it at start and registers every port of the store.</summary>
    public static IServiceCollection AddSqliteStorage(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SqliteOptions>().Bind(configuration.GetSection(SqliteOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SqliteOptions>, SqliteOptionsValidator>();
        services.AddSingleton(provider => SqliteDatabase.Open(provider.GetRequiredService<IOptions<SqliteOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IIncidentStore, SqliteIncidentStore>();
        services.AddSingleton<IEffectOutbox, SqliteOutbox>();
        services.AddSingleton<IInbox, SqliteInbox>();
        services.AddSingleton<ICardIndex, SqliteCardIndex>();
        services.AddSingleton<IHostLeases, SqliteHostLeases>();
        return services;
    }
}

/// <summary>All problems of the options at once.</summary>
internal sealed class SqliteOptionsValidator : IValidateOptions<SqliteOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SqliteOptions options)
        => options.Problems().ToArray() is { Length: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}
