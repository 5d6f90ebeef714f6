using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Quartz;

namespace ChatOpsBot.Adapters.Quartz;

/// <summary>Adds the alarm clock.</summary>
public static class QuartzServices
{
    /// <summary>How often a scheduler of a cluster says that it lives; what it had is taken over by another after missing a few of these.</summary>
    private static readonly TimeSpan s_checkIn = TimeSpan.FromSeconds(2);

    /// <summary>Adds a scheduler and the alarm clock on it. What is due lies in the store, so nothing is lost with the process, nor with the scheduler's tables.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="postgres">The database in which the schedulers of several services keep their alarms together; <see langword="null"/> to keep them in memory.</param>
    public static IServiceCollection AddQuartzAlarmClock(this IServiceCollection services, string? postgres = null)
    {
        services.AddQuartz(quartz =>
        {
            if (postgres is null)
            {
                quartz.UseInMemoryStore();
            }
            else
            {
                UseCluster(quartz, postgres);
            }

            quartz.UseDefaultThreadPool(2); // an alarm only raises a flag
        });
        services.AddQuartzHostedService();
        services.AddHostedService<QuartzAlarmClock>();
        return services;
    }

    private static void UseCluster(IQuartzBuilder quartz, string postgres)
    {
        quartz.ConfigureScheduler(scheduler =>
        {
            scheduler.InstanceName = "chatopsbot";
            scheduler.GenerateInstanceId = true;
        });
        quartz.UsePersistentStore(store =>
        {
            store.UsePostgres(NpgsqlFactory.Instance, postgres);
            store.ProvisionSchema(); // from the script that the package carries
            store.UseClustering(cluster => cluster.CheckinInterval = s_checkIn);
        });
    }
}
