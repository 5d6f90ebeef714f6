using ChatOpsBot.Adapters.Web.Listeners;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Web;

/// <summary>Adds the HTTP API and the web console to a service.</summary>
public static class WebServices
{
    /// <summary>Binds <c>Http</c> and <c>Console</c>, checks both at start, opens the two listeners and registers what the routes need.</summary>
    public static IServiceCollection AddWeb(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<HttpOptions>().Bind(configuration.GetSection(HttpOptions.Section)).ValidateOnStart();
        services.AddOptions<ConsoleOptions>().Bind(configuration.GetSection(ConsoleOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<HttpOptions>, HttpOptionsValidator>();
        services.AddSingleton<IValidateOptions<ConsoleOptions>, ConsoleOptionsValidator>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, ListenerSetup>();
        return services;
    }

    /// <summary>
    /// Adds what every request passes (allowed hosts, security headers, listener gate, caller, rate limit) and the routes of API and console. Call it once, before other routes are mapped:
    /// those pass the same gates, and are reached through the console's listener unless marked by <see cref="ListenerRoutes.On"/>.
    /// </summary>
    public static WebApplication MapWeb(this WebApplication app)
    {
        app.UseRouting();
        app.UseMiddleware<ListenerGate>();
        return app;
    }
}

/// <summary>All problems of the options at once.</summary>
/// <param name="environment">Whether plain http to other machines is allowed.</param>
internal sealed class HttpOptionsValidator(IHostEnvironment environment) : IValidateOptions<HttpOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, HttpOptions options)
        => options.Problems(environment.IsDevelopment()).ToArray() is { Length: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}

/// <summary>All problems of the options at once.</summary>
internal sealed class ConsoleOptionsValidator : IValidateOptions<ConsoleOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ConsoleOptions options)
        => options.Problems().ToArray() is { Length: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}
