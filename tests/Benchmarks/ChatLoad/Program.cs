using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using ChatOpsBot.FakeSlack;

// Signed "status" commands at a steady rate to a real service over HTTP, answered to a fake Slack.
//   ChatLoad PROGRAM [RATE SECONDS]
var program = args[0];
var rate = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 200;
var seconds = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 30;
const int people = 200;
const int warmUp = 400;
var time = TimeProvider.System;
var folder = Directory.CreateTempSubdirectory("cob-chat-load-").FullName;
await using var slack = await SlackServer.StartAsync();
for (var person = 0; person < people; person++)
{
    slack.Workspace.Users[$"U{person}"] = [];
    slack.Workspace.Channels[$"C{person}"] = new() { ["is_member"] = true };
}

var policy = new StringBuilder("people:\n");
for (var person = 0; person < people; person++)
{
    policy.Append(CultureInfo.InvariantCulture, $"  - {{ id: p{person}, name: P{person}, groups: [network], slack: [{{ team: {SlackWorkspace.Team}, user: U{person} }}] }}\n");
}

policy.Append("groups: { network: {} }\nrules:\n  - { who: [\"group:network\"], may: [check, status], hosts: [\"*\"] }\napprovals: []\n");
File.WriteAllText(Path.Combine(folder, "policy.yaml"), policy.ToString());
File.WriteAllText(Path.Combine(folder, "inventory.yaml"), "hosts:\n  - { name: host42, address: 127.0.0.1 }\n");
File.WriteAllText(Path.Combine(folder, "appsettings.json"), $$"""
    { "Inventory": { "File": "inventory.yaml" }, "Policy": { "File": "policy.yaml" }, "Storage": { "ConnectionString": "Data Source=bot.db" }, "Console": { "KeyFile": "console-key" },
      "Transcript": { "SigningKeyFile": "signing-key.pem" }, "Http": { "ConsoleUrls": "http://127.0.0.1:0", "IngressUrls": "http://127.0.0.1:0" },
      "Slack": { "Mode": "Http", "AppId": "{{SlackWorkspace.App}}", "TeamIds": ["{{SlackWorkspace.Team}}"], "ApiBaseUrl": "{{slack.ApiUrl}}" } }
    """);
var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, WorkingDirectory = folder };
foreach (var argument in new[] { "serve", "--settings", Path.Combine(folder, "appsettings.json") })
{
    start.ArgumentList.Add(argument);
}

start.Environment["DOTNET_ENVIRONMENT"] = "Development";
start.Environment["Slack__BotToken"] = SlackWorkspace.BotToken;
start.Environment["Slack__SigningSecret"] = SlackWorkspace.Secret;
#pragma warning disable RS0030 // the service under load is a process of its own
using var service = Process.Start(start) ?? throw new InvalidOperationException("the service did not start");
#pragma warning restore RS0030
try
{
    var line = await service.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the service ended");
    slack.Sender.Ingress = new(line["listening on ".Length..].Split(", ")[1]);
    _ = service.StandardOutput.ReadToEndAsync();
    for (var sent = 0; sent < warmUp; sent += 20)
    {
        await Task.WhenAll(Enumerable.Range(sent, 20).Select(number => slack.Sender.SlashAsync($"U{number % people}", $"C{number % people}", "status")));
    }

    await UntilAsync(() => slack.Workspace.Ephemerals.Count >= warmUp, TimeSpan.FromSeconds(60));
    var before = Resident();
    var triggers = new ConcurrentDictionary<string, byte>();
    var took = new ConcurrentBag<double>();
    var failed = 0;
    var total = rate * seconds;
    var begin = time.GetTimestamp();
    var all = new List<Task>(total);
    for (var number = 0; number < total; number++)
    {
        var due = TimeSpan.FromSeconds((double)number / rate);
        var early = due - time.GetElapsedTime(begin);
        if (early > TimeSpan.FromMilliseconds(1))
        {
            await Task.Delay(early, time);
        }

        all.Add(OneAsync(number));
    }

    await Task.WhenAll(all);
    var elapsed = time.GetElapsedTime(begin);
    await UntilAsync(() => triggers.Count <= Answers().Count, TimeSpan.FromSeconds(120));
    await Task.Delay(TimeSpan.FromSeconds(2), time);
    var answers = Answers();
    var lost = triggers.Keys.Count(trigger => !answers.ContainsKey(trigger));
    var twice = answers.Count(answer => triggers.ContainsKey(answer.Key) && answer.Value > 1);
    var sorted = took.Order().ToArray();
    Console.WriteLine($"took {elapsed.TotalSeconds:0.0} s, {sorted.Length} requests with redeliveries, {failed} not acknowledged, p50 {sorted[sorted.Length / 2]:0.0} ms, max {sorted[^1]:0.0} ms, resident {before / 1024} -> {Resident() / 1024} MB");
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"sent={total} p99ms={sorted[(int)(sorted.Length * 0.99)]:0.0} lost={lost} twice={twice} rssDeltaMB={(Resident() - before) / 1024.0:0}"));
    return lost == 0 && twice == 0 && failed == 0 ? 0 : 1;

    async Task OneAsync(int number)
    {
        var trigger = slack.Sender.NewTrigger();
        triggers[trigger] = 0;
        await SendAsync(number, trigger);
        if (number % 20 == 0)
        {
            // Slack sends again what it thinks did not arrive, with a signature of its own.
            await Task.Delay(TimeSpan.FromSeconds(1.1), time);
            await SendAsync(number, trigger);
        }
    }

    async Task SendAsync(int number, string trigger)
    {
        var one = time.GetTimestamp();
        var answer = await slack.Sender.SlashAsync($"U{number % people}", $"C{number % people}", "status", trigger);
        took.Add(time.GetElapsedTime(one).TotalMilliseconds);
        if (answer.Status != 200)
        {
            Interlocked.Increment(ref failed);
        }
    }

    Dictionary<string, int> Answers() => slack.Workspace.Ephemerals.Where(answer => answer.Trigger is { } trigger && triggers.ContainsKey(trigger)).GroupBy(answer => answer.Trigger ?? "").ToDictionary(group => group.Key, group => group.Count());
}
finally
{
    service.Kill();
    await service.WaitForExitAsync();
    Directory.Delete(folder, recursive: true);
}

long Resident()
{
    var status = File.ReadLines($"/proc/{service.Id.ToString(CultureInfo.InvariantCulture)}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal));
    return long.Parse(status.Split(' ', '\t', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}

async Task UntilAsync(Func<bool> condition, TimeSpan limit)
{
    var since = time.GetTimestamp();
    while (!condition() && time.GetElapsedTime(since) < limit)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(200), time);
    }
}
