using System.CommandLine;
using System.Globalization;
using ChatOpsBot.Adapters.Console.Terminal;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Host.Logging;

namespace ChatOpsBot.Host.Commands;

/// <summary><c>snapshot HOST -o FILE</c>.</summary>
internal static class SnapshotCommand
{
    public static Command Create(SessionFactory sessions)
    {
        var host = new Argument<string>("HOST") { Description = "Name of the host in the inventory." }.AsHost();
        var output = new Option<string>("--output", "-o") { Description = "Where to save; a file of that name is replaced. Secrets are masked.", HelpName = "FILE", Required = true };
        var command = new ExampleCommand(
            "snapshot",
            "Read a host and save what it said, for check --from.",
            "chatopsbot snapshot host42 -o host42.snapshot") { host, output };
        command.SetAction((parsed, cancellationToken) => sessions.RunAsync(
            parsed, session => RunAsync(session, parsed.GetRequiredValue(host), parsed.GetRequiredValue(output), cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(Session session, string name, string file, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(file, session.Surroundings.CurrentDirectory);
        if (WhyNoTarget(path) is { } why)
        {
            session.Surroundings.Error.WriteLine($"chatopsbot: {HostText.Line(path)}: {why}");
            return ExitCodes.WrongArguments;
        }

        if (!session.TryFindHost(name, out var host, out var exitCode))
        {
            return exitCode;
        }

        var outcome = await session.WithProgressAsync(name, progress => session.Get<CheckHost>().RunAsync(host, new(null, null), ProbeWish.Nothing, progress, cancellationToken));
        if (outcome is CheckOutcome.Unreachable(_, _, _, var kind, var message))
        {
            session.Log.NotReached(name, kind, message);
            session.Surroundings.Error.WriteLine($"chatopsbot: {HostText.Line(name)} could not be read: {HostText.Lines(message)}");
            return ExitCodes.CouldNotTell;
        }

        var (diagnosis, snapshot) = (CheckOutcome.Diagnosed)outcome;
        return await PrivateFile.SaveAsync(path, SnapshotFile.Write(snapshot), cancellationToken) is { } problem
            ? Fail(session, path, problem)
            : Tell(session, path, snapshot, diagnosis);
    }

    private static int Fail(Session session, string path, string problem)
    {
        session.Surroundings.Error.WriteLine($"chatopsbot: {HostText.Line(path)} cannot be written: {problem}");
        return ExitCodes.WrongArguments;
    }

    private static int Tell(Session session, string path, HostSnapshot snapshot, Diagnosis diagnosis)
    {
        var bytes = new FileInfo(path).Length;
        session.Surroundings.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{HostText.Line(path, int.MaxValue)}: {snapshot.Sections.Count} sections, {bytes} bytes"));
        foreach (var gap in diagnosis.NotRead)
        {
            session.Surroundings.Out.WriteLine($"not read: {gap.Section}: {HostText.Line(gap.Why)}");
        }

        return ExitCodes.Good;
    }

    /// <summary>Told before the host is asked: nobody wants to wait for a read that cannot be kept.</summary>
    private static string? WhyNoTarget(string path)
        => Directory.Exists(path) ? "this is a directory; name a file in it"
            : !Directory.Exists(Path.GetDirectoryName(path)) ? "its folder does not exist; create it first"
            : null;
}
