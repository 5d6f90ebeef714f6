using Microsoft.AspNetCore.Builder;

namespace ChatOpsBot.Adapters.Web.Listeners;

/// <summary>The two doors of the service.</summary>
[Flags]
public enum Listener
{
    /// <summary>No door.</summary>
    None = 0,

    /// <summary>For people and their programs: <c>Http:ConsoleUrls</c>.</summary>
    Console = 1,

    /// <summary>For chat platforms: <c>Http:IngressUrls</c>.</summary>
    Ingress = 2,
}

/// <summary>Through which doors a route is reached. A route without this mark is reached through <see cref="Listener.Console"/> only.</summary>
/// <param name="Listeners">The doors.</param>
public sealed record ListenerMark(Listener Listeners);

/// <summary>Marks routes.</summary>
public static class ListenerRoutes
{
    /// <summary>The route is reached through these doors; any other answers 404.</summary>
    public static T On<T>(this T route, Listener listeners)
        where T : IEndpointConventionBuilder
    {
        route.WithMetadata(new ListenerMark(listeners));
        return route;
    }
}
