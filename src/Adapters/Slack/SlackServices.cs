using ChatOpsBot.Adapters.Slack.Api;
using ChatOpsBot.Adapters.Slack.Inbound;
using ChatOpsBot.Adapters.Slack.Ingress;
using ChatOpsBot.Adapters.Slack.SocketMode;
using ChatOpsBot.Application.Ports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Slack;

/// <summary>Adds Slack to a service.</summary>
public static class SlackServices
{
    /// <summary>Registers the surface and its ways in, when it is switched on. The caller has checked <see cref="SlackOptions"/> and registered it.</summary>
    public static IServiceCollection AddSlack(this IServiceCollection services, SlackMode mode)
    {
        if (mode == SlackMode.Off)
        {
            return services;
        }

        services.AddSingleton(provider => new SlackHosts(provider.GetRequiredService<IOptions<SlackOptions>>().Value));
        services.AddSingleton<SlackApi>();
        services.AddSingleton<SlackIdentity>();
        services.AddSingleton<SlackSender>();
        services.AddSingleton<IChatSurface, SlackSurface>();
        services.AddSingleton<IGroupDirectory, SlackGroups>();
        services.AddSingleton<SlackCallers>();
        services.AddSingleton<SlackForms>();
        services.AddSingleton<SlackAnswers>();
        services.AddSingleton<IIntakeHandler, SlackWorker>();
        services.AddSingleton<SlackReceiver>();
        services.AddSingleton<SlackEndpoint>();
        services.AddSingleton<SlackSocket>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<SlackSocket>());
        return services;
    }

    /// <summary>Maps the routes that Slack sends to; none unless the mode is <see cref="SlackMode.Http"/>. The caller says through which door they are reached.</summary>
    public static IEndpointConventionBuilder? MapSlack(this IEndpointRouteBuilder app, SlackMode mode)
    {
        if (mode != SlackMode.Http)
        {
            return null;
        }

        var group = app.MapGroup("/slack");
        foreach (var (path, door) in new[] { ("/commands", SlackDoor.Commands), ("/interactivity", SlackDoor.Interactivity), ("/events", SlackDoor.Events) })
        {
            group.Map(path, (RequestDelegate)(context => context.RequestServices.GetRequiredService<SlackEndpoint>().HandleAsync(context, door)));
        }

        return group;
    }
}
