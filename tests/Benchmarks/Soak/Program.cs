using System.Globalization;
using ChatOpsBot.Benchmarks.Soak;

// One "check" and four cheap commands a second from Slack, Teams and the HTTP API, on real hosts of a lab, while chat peers fail at random; a person approves what waits.
//   Soak PROGRAM RUNBOOKS LAB_FOLDER MINUTES
// Faults on the hosts are put in by soak.sh. The last line is what it prints for people and scripts.
var (program, runbooks, lab, minutes) = (args[0], args[1], args[2], double.Parse(args[3], CultureInfo.InvariantCulture));
await using var town = await Town.StartAsync(lab);
await using var service = await Service.StartAsync(program, town, runbooks);
using var traffic = new Traffic(town, service);
var gauge = new Gauge(service, town);
using var over = new CancellationTokenSource(TimeSpan.FromMinutes(minutes), TimeProvider.System);
await Task.WhenAll(traffic.RunAsync(over.Token), traffic.DecideAsync(over.Token), gauge.RunAsync(traffic, over.Token));
await traffic.SettleAsync(TimeSpan.FromSeconds(120));
var lost = traffic.Lost;
Console.WriteLine(traffic.Summary);
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"minutes={minutes:0.#} commands={traffic.Sent} incidents={gauge.Incidents} rssMBperHour={gauge.ResidentPerHour:0.0} handlesPerHour={gauge.HandlesPerHour:0.0} dbKBperIncident={gauge.KilobytesPerIncident:0.0} lost={lost}"));
return lost == 0 && service.IsAlive ? 0 : 1;
