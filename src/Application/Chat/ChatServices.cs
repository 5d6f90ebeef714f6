using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Chat.Delivery;
using ChatOpsBot.Application.Chat.Intake;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ChatOpsBot.Application.Chat;

/// <summary>Adds everything that people talk to.</summary>
public static class ChatServices
{
    /// <summary>
    /// Adds commands, decisions, cards and the handlers of the chat lanes. The caller adds the ports (store, inbox, card index, secret, signer, configuration), the incidents,
    /// <see cref="Domain.Incidents.IncidentLimits"/>, a clock, <see cref="ConsoleLinks"/> when there is a console, and an <see cref="Ports.IChatSurface"/> for each platform.
    /// </summary>
    public static IServiceCollection AddChat(this IServiceCollection services)
    {
        services.TryAddSingleton(new ConsoleLinks(null));
        services.AddSingleton<ButtonTokens>();
        services.AddSingleton<DecisionService>();
        services.AddSingleton<CardMaker>();
        services.TryAddSingleton<TraceHost>();
        services.AddSingleton<CommandServices>();
        services.AddSingleton<HostWorkLimits>();
        services.AddSingleton<CommandDispatcher>();
        services.AddSingleton<ICommandDispatcher>(provider => provider.GetRequiredService<CommandDispatcher>());
        services.AddSingleton<ChatSurfaces>();
        services.AddSingleton<CardDelivery>();
        services.TryAddSingleton<ProgressHub>();
        services.AddHostedService<LiveCards>();
        services.AddSingleton<IEffectHandler, UpdateCard>();
        services.AddSingleton<IEffectHandler, PostMessages>();
        services.AddHostedService<ResumeCommands>();
        services.AddSingleton<ChatIntake>();
        services.AddHostedService(provider => provider.GetRequiredService<ChatIntake>());
        return services;
    }
}
