using ChatOpsBot.Adapters.Web.Api;
using ChatOpsBot.Adapters.Web.Callers;
using ChatOpsBot.Adapters.Web.Incidents;
using ChatOpsBot.Adapters.Web.Listeners;
using ChatOpsBot.Adapters.Web.Pages;
using ChatOpsBot.Adapters.Web.Security;
using ChatOpsBot.Application.Incidents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Web;

/// <summary>Adds the HTTP API and the web console to a service.</summary>
public static class WebServices
{
    /// <summary>
    /// Opens the two listeners and registers what the routes need. The caller has checked <see cref="HttpOptions"/> and <see cref="ConsoleOptions"/> and registered them,
    /// and brings the ports and use cases, <see cref="ChatOpsBot.Application.Ports.IServiceSecret"/> among them.
    /// </summary>
    public static IServiceCollection AddWeb(this IServiceCollection services)
    {
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, ListenerSetup>();
        services.AddSingleton<IConfigureOptions<HostFilteringOptions>, AllowedHosts>();
        services.AddSingleton<KeyRingCipher>();
        services.TryAddSingleton<ProgressHub>();
        services.TryAddSingleton<RateLimits>();
        services.AddDataProtection().SetApplicationName("chatopsbot");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>, KeyRingSetup>();
        services.AddAntiforgery(options =>
        {
            options.FormFieldName = PageAssets.FormField;
            options.HeaderName = "X-Form-Token";
            options.Cookie.Name = "chatopsbot-form";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.SuppressXFrameOptionsHeader = true;
        });
        services.AddRazorComponents();
        services.Configure<FormOptions>(options =>
        {
            options.ValueCountLimit = 20;
            options.ValueLengthLimit = RequestBody.Largest;
            options.KeyLengthLimit = 100;
        });
        services.Configure<ForwardedHeadersOptions>(options => options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto);
        services.AddRateLimiter(_ => { });
        services.AddSingleton<IConfigureOptions<Microsoft.AspNetCore.RateLimiting.RateLimiterOptions>>(
            provider => new ConfigureOptions<Microsoft.AspNetCore.RateLimiting.RateLimiterOptions>(options => CallerRate.Configure(options, provider.GetRequiredService<RateLimits>())));
        services.AddSingleton<PersonTokens>();
        services.AddSingleton<ConsoleSession>();
        services.AddSingleton<Access>();
        services.AddSingleton<IncidentReader>();
        services.AddSingleton<EventStream>();
        services.AddSingleton<PageServices>();
        return services;
    }

    /// <summary>
    /// Adds what every request passes (failures, allowed hosts, security headers, listener gate, caller, rate limit) and the routes of API and console. Call it once, before other routes are
    /// mapped: those pass the same gates, and are reached through the console's listener unless marked by <see cref="ListenerRoutes.On"/>.
    /// </summary>
    public static WebApplication MapWeb(this WebApplication app)
    {
        // Only a proxy on this machine is believed: the framework's default.
        app.UseForwardedHeaders();
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<Failures>();
        app.UseHostFiltering();
        app.UseRouting();
        app.UseMiddleware<ListenerGate>();
        app.UseMiddleware<CallerFinder>();
        app.UseRateLimiter();
        MapApi(app);
        MapPages(app);
        PageAssets.Map(app);
        return app;
    }

    private static void MapApi(WebApplication app)
    {
        var api = app.MapGroup("/api/v1").RequireRateLimiting(CallerRate.Policy).AddEndpointFilter<ApiGate>().DisableAntiforgery();
        api.MapPost("/commands", CommandApi.CommandAsync);
        api.MapPost("/approvals/{token}", CommandApi.DecideAsync);
        api.MapGet("/incidents", IncidentApi.ListAsync);
        api.MapGet("/incidents/{id}", IncidentApi.OneAsync);
        api.MapGet("/incidents/{id}/events", IncidentApi.EventsAsync);
        api.MapGet("/incidents/{id}/transcript", IncidentApi.TranscriptAsync);
    }

    private static void MapPages(WebApplication app)
    {
        var open = app.MapGroup("").RequireRateLimiting(CallerRate.Policy).DisableAntiforgery();
        open.MapGet("/signin", SignInEndpoints.Form);
        open.MapPost("/signin", SignInEndpoints.InAsync);

        var pages = app.MapGroup("").RequireRateLimiting(CallerRate.Policy).AddEndpointFilter<PageGate>().DisableAntiforgery();
        pages.MapGet("/", PageEndpoints.HomeAsync);
        pages.MapGet("/incidents/{id}", PageEndpoints.IncidentAsync);
        pages.MapGet("/hosts", PageEndpoints.HostsAsync);
        pages.MapPost("/signout", SignInEndpoints.Out);
        pages.MapPost("/command", FormEndpoints.CommandAsync);
        pages.MapPost("/incidents/{id}/do", FormEndpoints.DoAsync);
        pages.MapPost("/incidents/{id}/decide", FormEndpoints.DecideAsync);
    }
}

/// <summary>The hosts that are served.</summary>
/// <param name="http">As set.</param>
internal sealed class AllowedHosts(IOptions<HttpOptions> http) : IConfigureOptions<HostFilteringOptions>
{
    /// <inheritdoc/>
    public void Configure(HostFilteringOptions options)
    {
        options.AllowedHosts = HttpOptions.Words(http.Value.AllowedHosts);
        options.AllowEmptyHosts = false;
        options.IncludeFailureMessage = false;
    }
}
