using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace ChatOpsBot.Adapters.Quartz;

/// <summary>Adds the alarm clock.</summary>
public static class QuartzServices
{
    /// <summary>Adds a scheduler in memory and the alarm clock on it. What is due lies in the store, so nothing is lost with the process.</summary>
    public static IServiceCollection AddQuartzAlarmClock(this IServiceCollection services)
    {
        services.AddQuartz(quartz =>
        {
            quartz.UseInMemoryStore();
            quartz.UseDefaultThreadPool(2); // an alarm only raises a flag
        });
        services.AddQuartzHostedService();
        services.AddHostedService<QuartzAlarmClock>();
        return services;
    }
}
