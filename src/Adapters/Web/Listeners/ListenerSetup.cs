using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Web.Listeners;

/// <summary>Opens both doors and notes at each connection through which one it came: ports can be 0 or shared by two addresses, the connection cannot lie.</summary>
/// <param name="http">The addresses.</param>
internal sealed class ListenerSetup(IOptions<HttpOptions> http) : IConfigureOptions<KestrelServerOptions>
{
    /// <summary>No request of ours is larger; what chat platforms send is smaller as well.</summary>
    private const long LargestBody = 256 * 1024;

    /// <inheritdoc/>
    public void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = LargestBody;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        Open(options, http.Value.ConsoleUrls, Listener.Console);
        Open(options, http.Value.IngressUrls, Listener.Ingress);
    }

    private void Open(KestrelServerOptions options, string urls, Listener door)
    {
        foreach (var address in HttpOptions.Words(urls).Select(ListenAddress.Parse).OfType<ListenAddress>())
        {
            options.Listen(address.Address, address.Port, listen =>
            {
                if (address.IsHttps)
                {
                    listen.UseHttps(X509Certificate2.CreateFromPemFile(http.Value.CertificateFile, http.Value.CertificateKeyFile));
                }

                listen.Use(next => connection =>
                {
                    connection.Features.Set(new CameThrough(door));
                    return next(connection);
                });
            });
        }
    }
}

/// <summary>The door of a connection.</summary>
/// <param name="Door">Which.</param>
internal sealed record CameThrough(Listener Door);

/// <summary>Answers 404 to a route that does not belong to the door, so that the address open to chat platforms shows nothing of the console.</summary>
/// <param name="next">What follows.</param>
internal sealed class ListenerGate(RequestDelegate next)
{
    /// <summary>Runs after routing.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        // A request that came through no listener of ours (a test server) is taken for the console's.
        var door = context.Features.Get<CameThrough>()?.Door ?? Listener.Console;
        if (context.GetEndpoint() is { } endpoint && !(endpoint.Metadata.GetMetadata<ListenerMark>()?.Listeners ?? Listener.Console).HasFlag(door))
        {
            context.SetEndpoint(null);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        return next(context);
    }
}
