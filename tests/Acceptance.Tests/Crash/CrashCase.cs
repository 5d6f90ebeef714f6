using ChatOpsBot.Acceptance.Tests.Lab;
using ChatOpsBot.Acceptance.Tests.Repairs;
using ChatOpsBot.Acceptance.Tests.Slack;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Acceptance.Tests.Crash;

/// <summary>What one run of a scenario came to.</summary>
/// <param name="Scenario">Which.</param>
/// <param name="Mishap">What befell the service.</param>
/// <param name="Point">Where; <see langword="null"/> when nothing did.</param>
/// <param name="Reached">Whether the run came past that point at all.</param>
/// <param name="Lost">Things that were acknowledged or asked for and did not come to what they should.</param>
/// <param name="Duplicated">Decisions and actions on the host that happened more than once.</param>
/// <param name="Orphaned">Guards that nobody settles.</param>
/// <param name="ChatTwice">Messages that say what another says.</param>
internal sealed record CrashCase(
    string Scenario, string Mishap, string? Point, bool Reached, IReadOnlyList<string> Lost, IReadOnlyList<string> Duplicated, IReadOnlyList<string> Orphaned, int ChatTwice)
{
    /// <summary>Whether nothing was lost, doubled or left behind.</summary>
    public bool IsGood => Lost.Count + Duplicated.Count + Orphaned.Count == 0;

    /// <summary>A line of the table.</summary>
    public string Line => string.Join('\t', Scenario, Mishap, Point ?? "-", Reached ? "reached" : "not-reached", $"lost={Lost.Count}", $"duplicated={Duplicated.Count}", $"orphaned={Orphaned.Count}", $"chatTwice={ChatTwice}");

    /// <summary>What is wrong, for a person.</summary>
    public override string ToString() => $"{Line}\n{string.Join('\n', [.. Lost.Select(what => "  lost: " + what), .. Duplicated.Select(what => "  duplicated: " + what), .. Orphaned.Select(what => "  orphaned: " + what)])}";

    /// <summary>Runs a scenario with a mishap at a point, and looks what came of it.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="mishap">What befalls the service.</param>
    /// <param name="host">A host of the lab.</param>
    /// <param name="point">Where; <see langword="null"/> for nowhere.</param>
    /// <param name="log">Gets the points that were passed.</param>
    public static async Task<CrashCase> RunAsync(CrashScenario scenario, Mishap mishap, string host, string? point, string log)
    {
        (await LabFixture.LabAsync("exec", host, "--", "rm", "-rf", "/run/chatops", "/var/lib/chatops")).Expect();
        await using var town = await SlackTown.StartAsync("SocketMode");
        var commands = new HostCommands(host);
        await mishap.BeginAsync(town.Folder);
        try
        {
            foreach (var fault in scenario.Faults)
            {
                (await LabFixture.LabAsync("fault", "inject", fault, host)).Expect();
            }

            await LabFixture.LabAsync("lease", host, "vm1", "--timeout", "1");
            await commands.BeginAsync();
            if (scenario.Meanwhile.Length > 0)
            {
                (await LabFixture.LabAsync("exec", host, "--", "sh", "-c", scenario.Meanwhile)).Expect();
            }

            return await LiveAsync(scenario, mishap, town, commands, host, point, log);
        }
        finally
        {
            await mishap.EndAsync(town.Folder);
            foreach (var fault in scenario.Faults.Reverse())
            {
                (await LabFixture.LabAsync("fault", "heal", fault, host)).Expect();
            }
        }
    }

    private static async Task<CrashCase> LiveAsync(CrashScenario scenario, Mishap mishap, SlackTown town, HostCommands commands, string host, string? point, string log)
    {
        List<string> lost = [], duplicated = [], orphaned = [];
        var end = "";
        var orders = new MishapOrders { Point = point ?? "", Log = log, Script = mishap.Script(town.Folder, host), Jump = mishap.Jump, Kill = mishap.Kills };
        CrashRun run;
        await using (var service = new KillableService(town.Folder, scenario.GuardSeconds, mishap, orders))
        {
            run = new(town, service, host, mishap.AlsoEnds);
            try
            {
                await scenario.LiveAsync(run);
                end = await run.StateAsync([.. scenario.Ends, .. mishap.AlsoEnds]);
                await mishap.OverAsync(town.Folder);
                await run.QuietAsync();
                await run.PressAllAsync();
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                lost.Add(failure.Message);
            }
        }

        if (end.Length > 0)
        {
            await JudgeStoreAsync(town, scenario, end, commands, lost, duplicated);
            await JudgeHostAsync(scenario, end, commands, duplicated, orphaned);
            lost.AddRange(run.Unanswered.Where(person => person.Missing > 0).Select(person => $"{person.Missing} answers to {person.User}"));
            duplicated.AddRange(run.Cards().Skip(1).Select(card => $"a second card {card.Ts}"));
        }

        return new(scenario.Name, mishap.Name, point, point is null || orders.Befell, lost, duplicated, orphaned, run.SaidTwice() + run.Unanswered.Sum(person => person.TooMany));
    }

    private static async Task JudgeStoreAsync(SlackTown town, CrashScenario scenario, string end, HostCommands commands, List<string> lost, List<string> duplicated)
    {
        await using var service = RunningService.Over(town.Folder);
        var id = new IncidentId(1);
        var stored = await service.StoredAsync(id);
        lost.AddRange(EventChain.Problems(id, stored));
        var events = stored.Select(row => row.Read()).ToArray();
        Expect("opened", 1, events.Count(e => e is IncidentEvent.Opened));
        var approved = events.Count(e => e is IncidentEvent.Approved);
        if (scenario.Ends.Contains(end))
        {
            var plans = scenario.PlansAt(end);
            Expect("approved", plans, approved);
            Expect("decisions of the race", scenario.Ends.Contains("declined") ? 1 : plans, events.Count(e => e is IncidentEvent.Approved or IncidentEvent.Denied));
            Expect($"guards told as {scenario.GuardEnd}", plans, events.Count(e => e is IncidentEvent.GuardReported { Report.Status: var status } && status.ToString().Equals(scenario.GuardEnd, StringComparison.OrdinalIgnoreCase)));
        }
        else
        {
            Expect("approved", Math.Min(approved, scenario.Plans), approved);
        }

        foreach (var step in events.OfType<IncidentEvent.StepReported>().Where(step => step.Part == StepPart.Run).GroupBy(step => string.Join(' ', step.Argv)))
        {
            Expect($"reports of {step.Key}", 1, step.Count());
            if (HostCommands.Notes(step.First().Argv))
            {
                Expect($"runs on the host of {step.Key}", 1, await commands.CountAsync(step.First().Argv));
            }
        }

        void Expect(string what, int wanted, int found)
        {
            if (found != wanted)
            {
                (found > wanted ? duplicated : lost).Add($"{what}: {found} instead of {wanted}");
            }
        }
    }

    private static async Task JudgeHostAsync(CrashScenario scenario, string end, HostCommands commands, List<string> duplicated, List<string> orphaned)
    {
        var plans = await commands.PlansAsync();
        if (plans.Count > (scenario.Ends.Contains(end) ? scenario.PlansAt(end) : scenario.Plans))
        {
            duplicated.Add($"plans on the host: {string.Join(", ", plans)}");
        }

        orphaned.AddRange(plans.Where(plan => scenario.Ends.Contains(end) ? plan != scenario.GuardEnd : plan is not ("committed" or "reverted")).Select(plan => $"a guard stays {plan}"));
        if (await commands.GuardsAsync() is > 0 and var living)
        {
            orphaned.Add($"{living} processes of the guard live on");
        }
    }
}
