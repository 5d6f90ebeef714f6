using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ChatOpsBot.Adapters.Ssh;
using ChatOpsBot.Adapters.YamlFiles;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Application.Observation;
using ChatOpsBot.Application.Probing;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Benchmarks.Accuracy;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Probes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

// Asks all cases of real hosts and prints how often the answer was right.
// Usage: Accuracy LABDIR [--keep FOLDER] [--only PATTERN]      run by diagnosis.sh in the lab's controller namespace
var lab = args[0];
var keep = Option("--keep");
var only = new Regex(Option("--only") ?? "", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
await using var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddSingleton<HostReader>().AddSingleton<HostProbes>().AddSingleton<ProbeRound>().AddSingleton<CheckHost>()
    .AddSingleton(Options.Create(new SshOptions { IdentityFile = Path.Combine(lab, "key"), KnownHostsFile = Path.Combine(lab, "known_hosts"), ConnectTimeout = TimeSpan.FromSeconds(5) })).AddSshHostShell().BuildServiceProvider();
var check = services.GetRequiredService<CheckHost>();

var withProbes = new ProbeWish(ProbeMode.Active, ProbeWish.Everything) { MayTakePortDown = true };
var cases = Cases.All().Where(question => only.IsMatch(question.Name)).ToArray();
foreach (var host in cases.Select(question => question.Host).Distinct())
{
    await Lab.AddAsync(host);
}

var inventory = ((InventoryReading.Loaded)new InventoryFile().Read(Path.Combine(lab, "inventory.yaml"))).Inventory;
var fixtures = keep is null ? null : new FixtureFolder(keep);
fixtures?.Begin(keepsOthers: Option("--only") is not null);
var answers = new List<Answer>();
var notMade = new List<string>();
foreach (var (number, question) in cases.Index())
{
    var began = Lab.Uptime;
    if (await Lab.SetAsync(question) is { } why)
    {
        notMade.Add($"{question.Name}: {why}");
        continue;
    }

    try
    {
        foreach (var user in question.NeedsProbes ? ["root"] : new[] { "root", "ops", "viewer" })
        {
            // The lab has just added the host.
            if (!await AskAsync(question, user, inventory.Find(question.Host.Name)! with { User = user }, began))
            {
                notMade.Add($"{question.Name}: it cuts the way to the host");
                break;
            }
        }
    }
    finally
    {
        await Lab.ClearAsync(question);
    }

    Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{number + 1} of {cases.Length} {question.Name}\e[K"));
}

Console.Error.WriteLine();
fixtures?.End();
Report.Print(answers, notMade, Console.Out);
return 0;

async Task<bool> AskAsync(Case question, string user, HostEntry host, double began)
{
    // As an engineer would: nobody but the one who complains knows which address it is about.
    var because = question.IsOfOneAddress ? $"{await Lab.AddressAsync(question.Host)} answers now and then" : null;
    var start = Stopwatch.GetTimestamp();
    var outcome = await check.RunAsync(host, DiagnosisFocus.WholeHost, question.NeedsProbes ? withProbes with { Because = because } : ProbeWish.Nothing, null, CancellationToken.None);
    var took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    if (outcome is not CheckOutcome.Diagnosed(_, var snapshot))
    {
        return false;
    }

    // What other hosts and other labs on this machine logged to the kernel they share is not this host's.
    var own = FixtureFolder.Clean(snapshot, question.NeedsLog ? began : null);
    var answer = new Answer(question, user, Diagnostician.Diagnose(own, host, DiagnosisFocus.WholeHost), took);
    answers.Add(answer);
    fixtures?.Keep(answer, own, host);
    return true;
}

string? Option(string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;
