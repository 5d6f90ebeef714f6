using System.Text;
using System.Text.Json;
using ChatOpsBot.Application;
using ChatOpsBot.Application.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ChatOpsBot.Adapters.Telemetry;

/// <summary>Adds health, readiness and metrics.</summary>
public static class TelemetryServices
{
    /// <summary>Registers what the routes need, and the exporter when a collector is named.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">The settings in force.</param>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, TelemetryOptions options)
    {
        // Made here and not at the first scrape: what was counted before would be lost.
        services.AddSingleton(new PrometheusText(Metrics.Name));
        services.AddSingleton<Readiness>();
        if (options.OtlpEndpoint is { } endpoint)
        {
            services.AddOpenTelemetry()
                .ConfigureResource(resource => resource.AddService("chatopsbot", serviceVersion: Metrics.Version))
                .WithMetrics(metrics => metrics.AddMeter(Metrics.Name).AddOtlpExporter(exporter => Configure(exporter, endpoint, "metrics")))
                .WithTracing(traces => traces.AddSource(Metrics.Name).AddOtlpExporter(exporter => Configure(exporter, endpoint, "traces")));
        }

        return services;

        void Configure(OtlpExporterOptions exporter, Uri collector, string signal)
        {
            var http = options.OtlpProtocol == OtlpProtocol.HttpProtobuf;
            exporter.Protocol = http ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
            // Over HTTP the library takes the address as it is; collectors expect the signal's path.
            exporter.Endpoint = http && collector.AbsolutePath == "/" ? new(collector, $"v1/{signal}") : collector;
        }
    }

    /// <summary>Maps <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c>. They show neither hosts nor persons, and ask nobody who they are.</summary>
    /// <returns>The routes, so that the caller can say where they are reached.</returns>
    public static TelemetryRoutes MapTelemetry(this IEndpointRouteBuilder app) => new(
        app.MapGet("/healthz", () => Results.Text("ok\n")),
        app.MapGet("/readyz", ReadyAsync),
        app.MapGet("/metrics", (PrometheusText metrics) => Results.Text(metrics.Render(), "text/plain; version=0.0.4", Encoding.UTF8)));

    private static async Task ReadyAsync(HttpContext context, Readiness readiness)
    {
        var checks = await readiness.LookAsync(context.RequestAborted);
        var ready = checks.All(check => check.IsReady);
        using var body = new MemoryStream();
        await using (var json = new Utf8JsonWriter(body, new() { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteBoolean("ready", ready);
            json.WriteString("version", Metrics.Version);
            json.WriteStartArray("checks");
            foreach (var check in checks)
            {
                json.WriteStartObject();
                json.WriteString("name", check.Name);
                json.WriteBoolean("ready", check.IsReady);
                json.WriteString("text", check.Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        context.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(body.ToArray(), context.RequestAborted);
    }
}

/// <summary>The three routes.</summary>
/// <param name="Health">Liveness.</param>
/// <param name="Ready">Readiness.</param>
/// <param name="Metrics">Prometheus text.</param>
public sealed record TelemetryRoutes(IEndpointConventionBuilder Health, IEndpointConventionBuilder Ready, IEndpointConventionBuilder Metrics);
