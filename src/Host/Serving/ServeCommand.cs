using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using ChatOpsBot.Adapters.Postgres;
using ChatOpsBot.Application.Configuration;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Adapters.Sql;
using ChatOpsBot.Host.Commands;
using ChatOpsBot.Host.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace ChatOpsBot.Host.Serving;

/// <summary><c>serve</c>: the service, until it is told to stop.</summary>
internal static class ServeCommand
{
    /// <summary>Time for effects under way and open requests to end; what does not is performed again at the next start.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    public static Command Create(SessionFactory sessions)
    {
        var command = new ExampleCommand("serve", "Run the service: HTTP API, web console and the work on incidents. SIGHUP reloads inventory, policy and runbooks; SIGTERM or Ctrl-C stops in order.", "chatopsbot serve")
        {
            Patience = Patience + TimeSpan.FromSeconds(5),
        };
        command.SetAction((parsed, cancellationToken) => sessions.WithSettingsAsync(parsed, settings => RunAsync(sessions.Surroundings, settings, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(Surroundings surroundings, LoadedSettings settings, CancellationToken stop)
    {
        await using var app = ServiceComposition.Build(surroundings, settings);
        var configuration = app.Services.GetRequiredService<ConfigurationService>();
        if (configuration.Reload() is { IsEmpty: false } faults)
        {
            return Refuse(surroundings, "inventory, policy or runbooks are invalid", faults.Select(fault => fault.ToString()));
        }

        using var hangup = surroundings.Hangup.On(() => configuration.Reload());
        try
        {
            // Each says what is wrong with a file before anything listens.
            app.Services.GetRequiredService<SqlDatabase>();
            var signer = app.Services.GetRequiredService<ITranscriptSigner>();
            var secret = app.Services.GetRequiredService<IServiceSecret>();
            if (app.Services.GetService<CommonMarks>() is { } marks)
            {
                await marks.RequireAsync("Console:KeyFile", Convert.ToHexStringLower(secret.KeyFor("fingerprint 1").Span), "sessions and buttons of one service would mean nothing to another", stop);
                await marks.RequireAsync("Transcript:SigningKeyFile", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(signer.PublicKeyPem))), "one incident's transcript would be signed by several keys", stop);
            }

            await app.StartAsync(stop);
        }
        catch (StoreException failure)
        {
            // Whoever supervises the service starts it again only where that can help.
            Problems.Write(surroundings.Error, "the store cannot be used", [failure.Message]);
            return failure.MayPass ? ExitCodes.CouldNotTell : ExitCodes.InvalidConfiguration;
        }
        catch (IOException failure)
        {
            // Kestrel: an address in use, a certificate that cannot be read.
            return Refuse(surroundings, "the service cannot listen", [failure.Message, "Http:ConsoleUrls and Http:IngressUrls say where it listens"]);
        }

        surroundings.Out.WriteLine($"listening on {string.Join(", ", Addresses(app))}");
        await surroundings.Out.FlushAsync(CancellationToken.None);
        await WhenStoppedAsync(app, stop);
        await app.StopAsync(CancellationToken.None);
        return ExitCodes.Good;
    }

    /// <summary>Ends at a signal, or when the host stops by itself because a part of it failed for good.</summary>
    private static async Task WhenStoppedAsync(WebApplication app, CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bySignal = stop.Register(() => stopped.TrySetResult());
        await using var byHost = app.Lifetime.ApplicationStopping.Register(() => stopped.TrySetResult());
        await stopped.Task;
    }

    private static IEnumerable<string> Addresses(WebApplication app)
        => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];

    private static int Refuse(Surroundings surroundings, string what, IEnumerable<string> problems)
    {
        Problems.Write(surroundings.Error, what, problems);
        return ExitCodes.InvalidConfiguration;
    }
}
