using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Observation;
using ChatOpsBot.Application.Probing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ChatOpsBot.Application.Repairs;

/// <summary>Adds everything that makes incidents move.</summary>
public static class RepairServices
{
    /// <summary>
    /// Adds incidents, the effect worker and the handlers of the host and timer lanes. The caller adds the ports (store, shell, keys, configuration, runbooks), <see cref="EffectOptions"/>,
    /// <see cref="RepairOptions"/>, a clock, and one <see cref="IEffectHandler"/> for each effect of the chat lanes.
    /// </summary>
    public static IServiceCollection AddRepairs(this IServiceCollection services)
    {
        services.TryAddSingleton<HostReader>();
        services.TryAddSingleton<HostGuard>();
        services.TryAddSingleton<GuardSweep>();
        services.TryAddSingleton<HostHistory>();
        services.TryAddSingleton<HostProbes>();
        services.TryAddSingleton<ProbeRound>();
        services.TryAddSingleton<EffectSignal>();
        services.TryAddSingleton<IncidentService>();
        services.TryAddSingleton<OutputKeeper>();
        services.TryAddSingleton<TranscriptService>();
        services.TryAddSingleton<ProgressHub>();
        services.AddSingleton<SnapshotKeeper>();
        services.AddSingleton<StepRecords>();
        services.AddSingleton<PlanGuard>();
        services.AddSingleton<RepairBaselines>();
        services.AddSingleton<SymptomCheck>();
        services.AddSingleton<EffectWorker>();
        services.AddSingleton<IEffectHandler, TimerEffects>();
        services.AddSingleton<IEffectHandler, ObserveHost>();
        services.AddSingleton<IEffectHandler, ProposePlan>();
        services.AddSingleton<IEffectHandler, BeginRepair>();
        services.AddSingleton<IEffectHandler, ApplyRepair>();
        services.AddSingleton<IEffectHandler, VerifyRepair>();
        services.AddSingleton<IEffectHandler, CommitRepair>();
        services.AddSingleton<IEffectHandler, RevertRepair>();
        services.AddSingleton<IEffectHandler, WatchGuests>();
        return services;
    }
}
