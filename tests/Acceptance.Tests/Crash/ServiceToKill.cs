using ChatOpsBot.Application.Configuration;
using ChatOpsBot.Host;
using ChatOpsBot.Host.Serving;
using ChatOpsBot.Host.Settings;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Crash;

/// <summary>What the process of a <see cref="KillableService"/> does.</summary>
public sealed class ServiceToKill
{
    /// <summary>Not a test of its own: the service until it is killed.</summary>
    [Fact(Explicit = true)]
    public async Task Serve()
    {
#pragma warning disable RS0030 // Orders from the test that started this process.
        var log = Environment.GetEnvironmentVariable(KillableService.LogVariable);
        var at = Environment.GetEnvironmentVariable(KillableService.PointVariable);
#pragma warning restore RS0030
        Assert.SkipWhen(log is null, "only as the helper of another test");
        using var ends = new KillSwitch(at ?? "", log);

        // Guests of the lab get their address at once or never.
        var surroundings = Surroundings.OfProcess() with { Repairs = new() { AckWait = TimeSpan.FromSeconds(3), SettleWithin = TimeSpan.FromSeconds(1) } };
        var settings = SettingsLoader.Load(surroundings, null);
        Assert.Empty(settings.Faults);
        await using var app = ServiceComposition.Build(surroundings, settings, services => KillPoints.Into(services, ends));
        Assert.Empty(((ConfigurationService?)app.Services.GetService(typeof(ConfigurationService)))?.Reload() ?? []);
        await app.StartAsync(CancellationToken.None);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
