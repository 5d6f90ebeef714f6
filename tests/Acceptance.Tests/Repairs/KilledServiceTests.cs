using System.Diagnostics;
using ChatOpsBot.Acceptance.Tests.Lab;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Domain.Incidents;
using Microsoft.Data.Sqlite;
using Xunit;
using static ChatOpsBot.Acceptance.Tests.Repairs.RunningService;

namespace ChatOpsBot.Acceptance.Tests.Repairs;

/// <summary>The real program, killed without a chance to say anything while a repair is under way, and started again.</summary>
[Trait("Needs", "root")]
public class KilledServiceTests(LabFixture lab)
{
    private const string Host = "host53";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Serve_KilledWhileTheRepairIsApplied_TheNextOneBringsItToItsRightEnd()
    {
        await lab.NeedAsync(Host);
        using var folder = new ServiceFolder();
        await RepairTests.WithFaultsAsync(Host, ["bridge.uplink-missing"], async () =>
        {
            var id = await ApprovedAsync(folder);

            using (var killed = Serve(folder))
            {
                await UntilAsync(folder, id, state => state is "applying" or "verifying");
                killed.Kill(entireProcessTree: true);
                await killed.WaitForExitAsync(TestContext.Current.CancellationToken);
            }

            using var next = Serve(folder);
            try
            {
                // A guest may have got its address while nobody looked; one that boots asks for it again.
                await UntilAsync(folder, id, state => state is "resolved", () => LabFixture.LabAsync("lease", Host, "vm1", "--timeout", "5"));
            }
            finally
            {
                next.Kill(entireProcessTree: true);
                await next.WaitForExitAsync(CancellationToken.None);
            }

            await using var service = RunningService.Over(folder);
            var events = await service.EventsAsync(id);
            Assert.Single(events, e => e is IncidentEvent.StepReported { Part: StepPart.Run });
            Assert.Single(events, e => e is IncidentEvent.GuardReported { Report.Status: GuardStatus.Committed });
        });
    }

    /// <summary>An incident whose plan is approved and on which nobody works.</summary>
    private static async Task<IncidentId> ApprovedAsync(ServiceFolder folder)
    {
        IncidentId id;
        await using (var planning = await RunningService.StartAsync(folder))
        {
            id = await planning.CheckAsync(Host);
            await planning.UntilPlanAsync(id);
        }

        await using var idle = RunningService.Over(folder);
        Assert.IsType<ApplyOutcome.Applied>(await idle.ApproveAsync(id, Bob));
        return id;
    }

    internal static Process Serve(ServiceFolder folder, Action<ProcessStartInfo>? configure = null)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "chatopsbot"), ["serve"]);
        foreach (var (name, value) in folder.Environment(outside: true))
        {
            start.Environment[name] = value;
        }

        configure?.Invoke(start);
#pragma warning disable RS0030 // The program under test is a process.
        return Process.Start(start) ?? throw new InvalidOperationException("the program did not start");
#pragma warning restore RS0030
    }

    /// <summary>Waits for a state by looking into the file, since the service has no voice of its own here.</summary>
    internal static async Task UntilAsync(ServiceFolder folder, IncidentId id, Func<string, bool> wanted, Func<Task>? between = null)
    {
        using var connection = new SqliteConnection($"Data Source={folder.Database};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT state FROM incidents WHERE id = $id";
        command.Parameters.AddWithValue("$id", id.Number);
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var state = (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) ?? "");
            if (wanted(state))
            {
                return;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(begin) < Patience, $"the incident is {state}");
            if (between is not null)
            {
                await between();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(between is null ? 20 : 1000), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
