using System.Diagnostics;
using System.Globalization;
using ChatOpsBot.Adapters.Ssh;
using ChatOpsBot.Application.Observation;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Hosts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

// Reads and diagnoses one host again and again in one process, as the service does, over its warm connection.
// Usage: Observe ADDRESS USER KEY KNOWN_HOSTS RUNS      prints the milliseconds of each run, one a line
// Then it keeps the connection until its standard input ends: what a session used shows on the host only while it lives.
var host = new HostEntry { Name = "bench", Address = args[0], User = args[1], Bridges = ["br0"] };
var options = new SshOptions { IdentityFile = args[2], KnownHostsFile = args[3] };
await using var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddSingleton<HostReader>().AddSingleton(Options.Create(options)).AddSshHostShell().BuildServiceProvider();
var reader = services.GetRequiredService<HostReader>();

for (var run = -1; run < int.Parse(args[4], CultureInfo.InvariantCulture); run++)
{
    var start = Stopwatch.GetTimestamp();
    if (await reader.ReadAsync(host, null, CancellationToken.None) is not ReadOutcome.Read read)
    {
        Console.Error.WriteLine("the host could not be read");
        return 2;
    }

    var diagnosis = Diagnostician.Diagnose(read.Snapshot, host, DiagnosisFocus.WholeHost);
    var milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;

    // The first run logs in and compiles; it warms up the rest.
    Console.Error.WriteLine($"{(run < 0 ? "warm-up" : "warm")} {milliseconds:0} ms, verdict {diagnosis.Verdict}");
    if (run >= 0)
    {
        Console.WriteLine(milliseconds.ToString("0.0", CultureInfo.InvariantCulture));
    }
}

Console.Out.Flush();
while (Console.In.Read() >= 0)
{
}

return 0;
