using ChatOpsBot.Application.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace ChatOpsBot.Adapters.Sql;

/// <summary>Adds the stores on an SQL database.</summary>
public static class SqlServices
{
    /// <summary>Registers every port of the store. The caller has registered the <see cref="SqlDatabase"/>.</summary>
    public static IServiceCollection AddSqlStores(this IServiceCollection services)
    {
        services.AddSingleton<IIncidentStore, SqlIncidentStore>();
        services.AddSingleton<IEffectOutbox, SqlOutbox>();
        services.AddSingleton<IInbox, SqlInbox>();
        services.AddSingleton<ICardIndex, SqlCardIndex>();
        services.AddSingleton<IPlaceBook, SqlPlaceBook>();
        services.AddSingleton<IHostLeases, SqlHostLeases>();
        services.AddSingleton<IRetention, SqlRetention>();
        return services;
    }
}
