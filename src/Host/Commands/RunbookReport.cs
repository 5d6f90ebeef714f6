using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ChatOpsBot.Adapters.Console.Terminal;
using ChatOpsBot.Adapters.YamlFiles.Runbooks;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Runbooks;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Host.Commands;

/// <summary>Writes what the runbook commands found. Values of hosts are hostile, so all of them go through <see cref="HostText"/>.</summary>
internal static class RunbookReport
{
    private const int Longest = 2000;

    /// <summary>Faults as editors read them, or as JSON.</summary>
    public static void WriteFaults(Surroundings surroundings, ImmutableArray<FileFault> faults, int files, bool asJson)
    {
        if (asJson)
        {
            surroundings.Out.WriteLine(Json(faults, files));
            return;
        }

        foreach (var fault in faults)
        {
            surroundings.Out.WriteLine(HostText.Line(fault.ToString(), Longest));
        }

        surroundings.Out.WriteLine(faults.IsEmpty ? $"{Count(files, "runbook")}, no faults" : $"{Count(files, "runbook")}, {Count(faults.Length, "fault")}");
    }

    /// <summary>Runs all cases and returns the exit code.</summary>
    public static int RunCases(Surroundings surroundings, ImmutableArray<string> files)
    {
        var (passed, failed) = (0, 0);
        foreach (var file in files)
        {
            var reading = new RunbookFiles().Read(file);
            var casesPath = CaseFile.PathFor(file);
            if (reading is RunbooksReading.Refused(var faults))
            {
                failed++;
                WriteAll(surroundings, faults.Select(fault => fault.ToString()));
            }
            else if (!File.Exists(casesPath))
            {
                surroundings.Out.WriteLine($"{HostText.Line(file)}: no cases; write {HostText.Line(Path.GetFileName(casesPath))} beside it");
            }
            else
            {
                var runbook = ((RunbooksReading.Loaded)reading).Runbooks.ById.Values.Single();
                var (cases, caseFaults) = CaseFile.Read(casesPath);
                failed += caseFaults.IsEmpty ? 0 : 1;
                WriteAll(surroundings, caseFaults.Select(fault => fault.ToString()));
                foreach (var example in cases)
                {
                    var differences = RunbookCases.Run(runbook, example);
                    (passed, failed) = differences.IsEmpty ? (passed + 1, failed) : (passed, failed + 1);
                    WriteAll(surroundings, differences.Select(difference => $"{runbook.Id}, {example.Name}: {difference}"));
                }
            }
        }

        surroundings.Out.WriteLine($"{passed.ToString(CultureInfo.InvariantCulture)} passed, {failed.ToString(CultureInfo.InvariantCulture)} failed");
        return failed == 0 ? ExitCodes.Good : ExitCodes.BadNews;
    }

    /// <summary>Shows a plan, or why there is none, and returns the exit code.</summary>
    public static int Write(Surroundings surroundings, PlanOutcome outcome)
    {
        if (outcome is PlanOutcome.Impossible impossible)
        {
            surroundings.Error.WriteLine($"chatopsbot: no plan: {HostText.Line(impossible.Message, Longest)}");
            WriteAll(surroundings, impossible.Commands.Select(command => CommandText.Of(command)));
            return ExitCodes.BadNews;
        }

        var (plan, preview) = (PlanOutcome.Planned)outcome;
        WriteAll(surroundings,
        [
            $"{preview.Title} ({plan.Runbook}) on {plan.Host}",
            $"Risk: {plan.Risk}{(preview.RaisedBecause is { } why ? $", because {why}" : "")}",
            $"Guests that notice: {(plan.BlastRadius.IsEmpty ? "none" : string.Join(", ", plan.BlastRadius))}",
            preview.Consequence,
            .. preview.AlreadyDone.Select(step => $"Already so: {step}"),
        ]);
        surroundings.Out.WriteLine();
        foreach (var line in PlanDiff.Shown(preview))
        {
            surroundings.Out.WriteLine(Indented(line.ToString()));
        }

        surroundings.Out.WriteLine();
        foreach (var step in plan.Steps)
        {
            WriteAll(surroundings, [$"{step.Name} ({step.Risk})"]);
            foreach (var (word, command) in new[] { ("run", step.Run), ("undo", step.Undo), ("read", step.Read) })
            {
                surroundings.Out.WriteLine($"  {word,-5}{HostText.Lines(CommandText.Of(command)).Replace("\n", "\n       ", StringComparison.Ordinal)}");
            }
        }

        return ExitCodes.Good;
    }

    // HostText trims, and the indentation of a diff means something.
    private static string Indented(string line) => string.Concat(line.TakeWhile(c => c is ' ' or '+' or '-')) + HostText.Line(line.TrimStart(' ', '+', '-'), Longest);

    private static void WriteAll(Surroundings surroundings, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            surroundings.Out.WriteLine(HostText.Line(line, Longest));
        }
    }

    private static string Json(ImmutableArray<FileFault> faults, int files)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", 1);
            json.WriteNumber("files", files);
            json.WriteStartArray("faults");
            foreach (var fault in faults)
            {
                json.WriteStartObject();
                json.WriteString("file", fault.File);
                json.WriteNumber("line", fault.Line);
                json.WriteNumber("column", fault.Column);
                json.WriteString("what", fault.What);
                json.WriteString("remedy", fault.Remedy);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static string Count(int number, string what) => $"{number.ToString(CultureInfo.InvariantCulture)} {what}{(number == 1 ? "" : "s")}";
}
