using System.Collections.Immutable;
using System.Text;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Application.Repairs;

/// <summary>Brings the commands that a host ran for a plan into the incident: each once, whatever was repeated or crashed in between.</summary>
/// <param name="guard">Reads the journal.</param>
/// <param name="store">Knows what was brought before.</param>
/// <param name="outputs">Keeps outputs.</param>
/// <param name="time">The clock.</param>
public sealed class StepRecords(HostGuard guard, IIncidentStore store, OutputKeeper outputs, TimeProvider time)
{
    /// <summary>Events for the commands that the incident does not know yet. Empty when the host cannot be asked: the record is for people and holds nothing up.</summary>
    public async Task<ImmutableArray<IncidentEvent>> NewAsync(HostEntry host, Plan plan, IncidentId incident, CancellationToken cancellationToken)
    {
        if (await guard.JournalAsync(host, plan, cancellationToken) is not GuardReply.Answered(var journal, _))
        {
            return [];
        }

        var known = (await store.LoadAsync(incident, 0, cancellationToken))
            .Where(stored => stored.Type == "step-reported.v1")
            .Select(stored => stored.Read())
            .OfType<IncidentEvent.StepReported>()
            .Count(step => step.PlanId == plan.Id);
        var events = ImmutableArray.CreateBuilder<IncidentEvent>();
        foreach (var record in journal.Records)
        {
            // The journal only grows, so what is known is its beginning.
            if (GuardReports.CommandOf(record, plan) is var (part, argv) && known-- <= 0)
            {
                var output = await outputs.KeepAsync(Masking.Mask(Encoding.UTF8.GetBytes(record.Found)), cancellationToken);
                events.Add(new IncidentEvent.StepReported(time.GetUtcNow(), plan.Id, record.Step, part, argv, record.ExitCode, output));
            }
        }

        return events.ToImmutable();
    }
}
