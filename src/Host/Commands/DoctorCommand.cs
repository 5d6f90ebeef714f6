using System.Collections.Immutable;
using System.CommandLine;
using ChatOpsBot.Adapters.Console.Terminal;
using ChatOpsBot.Adapters.Slack.Checks;
using ChatOpsBot.Adapters.Teams.Checks;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Host.Settings;
using ChatOpsBot.Adapters.Ssh;

namespace ChatOpsBot.Host.Commands;

/// <summary><c>doctor [HOST]</c>.</summary>
internal static class DoctorCommand
{
    public static Command Create(SessionFactory sessions)
    {
        var host = new Argument<string?>("HOST") { Description = "Also look at this host.", Arity = ArgumentArity.ZeroOrOne }.AsHost();
        var command = new ExampleCommand(
            "doctor",
            "Show the settings in force and what is lacking, each gap with the command that mends it.",
            "chatopsbot doctor",
            "chatopsbot doctor host42") { host };
        command.SetAction((parsed, cancellationToken) => sessions.RunAsync(
            parsed, session => parsed.GetValue(host) is { } name ? HostAsync(session, name, cancellationToken) : SelfAsync(session, cancellationToken)));
        return command;
    }

    private static async Task<int> SelfAsync(Session session, CancellationToken cancellationToken)
    {
        var report = Report(session);
        report.Write("Settings", SettingPoints(session));
        ImmutableArray<Point> others = [InventoryPoint(session), .. GroupPoints(session), .. SelfPoints.Of(session.Settings.Options, session.Surroundings.Time), await ClientPointAsync(cancellationToken), .. await SlackDoctor.LookAsync(session.Settings.Options.Slack, SelfPoints.PolicyOf(session.Settings.Options), session.Surroundings.Time, cancellationToken), .. await TeamsDoctor.LookAsync(session.Settings.Options.Teams, SelfPoints.PolicyOf(session.Settings.Options), session.Settings.Options.IsDevelopment, session.Surroundings.Time, cancellationToken)];
        report.Write("Program", others);
        return others.Any(point => point.State == PointState.Gap) ? ExitCodes.BadNews : ExitCodes.Good;
    }

    private static async Task<int> HostAsync(Session session, string name, CancellationToken cancellationToken)
    {
        if (!session.TryFindHost(name, out var host, out var exitCode))
        {
            return exitCode;
        }

        var examination = await session.WithProgressAsync(
            name, progress => session.Get<ExamineHost>().RunAsync(host, session.AccountOf(host), progress, cancellationToken));
        var points = examination.Reached
            ? examination.Points.AddRange(await session.Get<HostNeeds>().RunAsync(host, session.AccountOf(host), cancellationToken))
            : examination.Points;
        Report(session).Write(name, points);
        return !examination.Reached ? ExitCodes.CouldNotTell
            : points.Any(point => point.State == PointState.Gap) ? ExitCodes.BadNews
            : ExitCodes.Good;
    }

    private static DoctorReport Report(Session session) => new(new ReportWriter(session.Surroundings.OutLook.Open(session.Surroundings.Out), session.Surroundings.OutLook.Width));

    private static IEnumerable<Point> SettingPoints(Session session)
        => from known in SettingsSchema.All
           let shown = known.Show(session.Settings.Options)
           let value = known.IsSecret && shown != "(none)" ? "(set, not shown)" : shown
           select new Point(PointState.Note, known.Key, $"{value} (from {session.Settings.Sources[known.Key]})");

    private static Point InventoryPoint(Session session)
        => session.Get<IInventoryFile>().Read(session.Settings.Options.InventoryFile) switch
        {
            InventoryReading.Loaded(var inventory) => new(PointState.Good, "inventory", $"{inventory.Hosts.Length} hosts, {inventory.Groups.Count} groups"),
            InventoryReading.Refused(var faults) => new(PointState.Gap, "inventory", string.Join('\n', faults.Select(fault => fault.ToString()))),
            var other => throw new InvalidOperationException($"unknown reading {other.GetType().Name}"),
        };

    /// <summary>A group that no host belongs to is allowed, but mostly a misspelt tag.</summary>
    private static IEnumerable<Point> GroupPoints(Session session)
        => session.Get<IInventoryFile>().Read(session.Settings.Options.InventoryFile) is InventoryReading.Loaded(var inventory)
            ? from entry in inventory.Groups
              where !inventory.Hosts.Any(host => host.Tags.Intersect(entry.Value).Any())
              select new Point(PointState.Note, "inventory", $"group {entry.Key} holds no host: none has the tag {string.Join(" or ", entry.Value)}")
            : [];

    private static async Task<Point> ClientPointAsync(CancellationToken cancellationToken)
        => await SshClientVersion.ReadAsync(cancellationToken) is { } version
            ? new(PointState.Good, "ssh client", version)
            : new(PointState.Gap, "ssh client", "the program ssh was not found", "apt-get install openssh-client");
}
