// The process that the crash tests kill: writes to the database named by its argument as fast as it can, and prints a line for each write that the store acknowledged:
// "inbox KEY" for an inbound item, "INCIDENT SEQ HEAD" for an event.
using System.Globalization;
using ChatOpsBot.Adapters.Sqlite;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Adapters.Sql;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Support;

using var database = SqliteDatabase.Open(new() { ConnectionString = $"Data Source={args[0]}" }, TimeProvider.System);
var service = new IncidentService(new SqlIncidentStore(database), new EffectSignal());
var inbox = new SqlInbox(database);
var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });

// Several at once, so that their writes share transactions.
await Task.WhenAll(Enumerable.Range(0, 6).Select(writer => Task.Run(() => WriteAsync(writer))));

async Task WriteAsync(int writer)
{
    for (var round = 0; ; round++)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}:{writer}:{round}");
        await inbox.PutAsync(key, IncidentSamples.Noon, "item"u8.ToArray(), CancellationToken.None);
        await output.WriteLineAsync($"inbox {key}");
        var request = new IncidentRequest { Host = $"host{writer}" };
        if (await service.OpenOrJoinAsync(request, IncidentSamples.Ann, IncidentSamples.Channel, new(), IncidentSamples.Noon, new(key, null), CancellationToken.None)
            is ApplyOutcome.Applied applied)
        {
            await output.WriteLineAsync($"{applied.View.Incident.Id.Number} {applied.View.Seq} {applied.View.Head}");
        }
    }
}
