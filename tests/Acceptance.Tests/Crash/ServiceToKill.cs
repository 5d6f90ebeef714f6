using ChatOpsBot.Application.Configuration;
using ChatOpsBot.Host;
using ChatOpsBot.Host.Serving;
using ChatOpsBot.Host.Settings;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Crash;

/// <summary>What the process of a <see cref="KillableService"/> does.</summary>
public sealed class ServiceToKill
{
    /// <summary>Not a test of its own: the service until it is killed.</summary>
    [Fact(Explicit = true)]
    public async Task Serve()
    {
        var orders = MishapOrders.OfThisProcess();
        Assert.SkipWhen(orders is null, "only as the helper of another test");
        var clock = new MovedTime();
        using var points = new PointSwitch(orders.Point, () => orders.Befall(clock), orders.Log);

        // Guests of the lab get their address at once or never.
        var surroundings = Surroundings.OfProcess() with { Time = clock, Repairs = new() { AckWait = TimeSpan.FromSeconds(3), SettleWithin = TimeSpan.FromSeconds(1) } };
        var settings = SettingsLoader.Load(surroundings, null);
        Assert.Empty(settings.Faults);
        await using var app = ServiceComposition.Build(surroundings, settings, services => KillPoints.Into(services, points));
        Assert.Empty(((ConfigurationService?)app.Services.GetService(typeof(ConfigurationService)))?.Reload() ?? []);
        await app.StartAsync(CancellationToken.None);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
