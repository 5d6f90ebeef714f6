using ChatOpsBot.Adapters.Teams.Api;
using ChatOpsBot.Adapters.Teams.Inbound;
using ChatOpsBot.Adapters.Teams.Ingress;
using ChatOpsBot.Application.Ports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Teams;

/// <summary>Adds Teams to a service.</summary>
public static class TeamsServices
{
    /// <summary>Registers the surface and its way in, when it is switched on. The caller has checked <see cref="TeamsOptions"/> and registered it.</summary>
    /// <param name="services">The service.</param>
    /// <param name="enabled">Whether it is switched on.</param>
    /// <param name="development">Whether test peers on this machine are allowed.</param>
    public static IServiceCollection AddTeams(this IServiceCollection services, bool enabled, bool development)
    {
        if (!enabled)
        {
            return services;
        }

        services.AddSingleton(provider => new TeamsProfile(provider.GetRequiredService<IOptions<TeamsOptions>>(), development));
        services.AddSingleton<TeamsHttp>();
        services.AddSingleton<BotToken>();
        services.AddSingleton<Connector>();
        services.AddSingleton<FileStore>();
        services.AddSingleton<TeamsKeys>();
        services.AddSingleton<TokenJudge>();
        services.AddSingleton<TeamsReferences>();
        services.AddSingleton<TeamsViews>();
        services.AddSingleton<IChatSurface, TeamsSurface>();
        services.AddSingleton<TeamsCallers>();
        services.AddSingleton<TeamsAnswers>();
        services.AddSingleton<TeamsActions>();
        services.AddSingleton<TeamsFiles>();
        services.AddSingleton<TeamsInvokes>();
        services.AddSingleton<IIntakeHandler, TeamsWorker>();
        services.AddSingleton<TeamsReceiver>();
        services.AddSingleton<TeamsEndpoint>();
        return services;
    }

    /// <summary>Maps the route that Teams sends to; none when it is switched off. The caller says through which door it is reached.</summary>
    public static IEndpointConventionBuilder? MapTeams(this IEndpointRouteBuilder app, bool enabled)
        => enabled ? app.Map("/api/messages", (RequestDelegate)(context => context.RequestServices.GetRequiredService<TeamsEndpoint>().HandleAsync(context))) : null;
}
