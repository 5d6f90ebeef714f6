using System.Collections.Immutable;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using ChatOpsBot.Adapters.Console.Terminal;
using ChatOpsBot.Adapters.Ssh;
using ChatOpsBot.Adapters.YamlFiles.Runbooks;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Probes;

namespace ChatOpsBot.Host.Commands;

/// <summary><c>host-kit PATH... --out DIR</c>: what <c>deploy/host/install.sh</c> puts on a hardened host.</summary>
internal static class HostKitCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var paths = new Argument<string[]>("PATH") { Description = "Runbook files, or folders of them, whose steps may run.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--out", "-o") { Description = "Folder for the files; made if it is not there.", HelpName = "DIR", Required = true };
        var command = new ExampleCommand(
            "host-kit", "Write what deploy/host/install.sh puts on a host where the bot may run as root only what is on a list. Needs no settings.", "chatopsbot host-kit runbooks --out kit")
        {
            paths, output,
        };
        command.SetAction(parsed => Write(surroundings, parsed.GetRequiredValue(paths), parsed.GetRequiredValue(output)));
        return command;
    }

    private static int Write(Surroundings surroundings, string[] paths, string output)
    {
        if (!RunbookPaths.TryFind(surroundings, paths, out var files))
        {
            return ExitCodes.WrongArguments;
        }

        var read = files.Select(file => new RunbookFiles().Read(file)).ToArray();
        if (read.OfType<RunbooksReading.Refused>().SelectMany(refused => refused.Faults).ToArray() is { Length: > 0 } faults)
        {
            Problems.Write(surroundings.Error, "a runbook is invalid", faults.Select(fault => fault.ToString()));
            return ExitCodes.InvalidConfiguration;
        }

        var runbooks = read.OfType<RunbooksReading.Loaded>().SelectMany(loaded => loaded.Runbooks.ById.Values).ToImmutableArray();
        var (allow, leftOut) = AllowList.Of(runbooks);
        var folder = Path.GetFullPath(output, surroundings.CurrentDirectory);
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "allow"), allow);
            File.WriteAllText(Path.Combine(folder, "programs"), Programs());
            File.WriteAllText(Path.Combine(folder, "supervisor"), HardenedHost.Supervisor);
            File.WriteAllBytes(Path.Combine(folder, "guard"), GuardProgram.Text.ToArray());
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            surroundings.Error.WriteLine($"chatopsbot: {HostText.Line(folder)} cannot be written: {failure.Message}");
            return ExitCodes.WrongArguments;
        }

        surroundings.Out.WriteLine($"{HostText.Line(folder)}: {runbooks.Length - leftOut.Length} of {runbooks.Length} runbooks are on the list; as root on the host: deploy/host/install.sh --kit {HostText.Line(folder)} --key FILE");
        foreach (var id in leftOut)
        {
            surroundings.Out.WriteLine($"  not on it: {id} (several lines of any text, or files); such a repair is done by hand there");
        }

        return ExitCodes.Good;
    }

    // A line each: SHA-256 of the program's text, and what it is. Nothing else that is sent is run.
    private static string Programs()
    {
        (string Name, ReadOnlyMemory<byte> Text)[] programs =
        [
            ("read", Encoding.UTF8.GetBytes(CollectorProgram.Text)), ("read-again", Encoding.UTF8.GetBytes(CollectorProgram.Again)),
            ("p.trace", ProbeProgram.Trace.Text), ("p.arp", ProbeProgram.Arp.Text), ("watch", ProbeProgram.Watch.Text), ("p.dhcp", ProbeProgram.Dhcp.Text), ("who", ProbeProgram.Who.Text),
            .. HostNeeds.Scripts.Select(script => ("doctor", (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(script))),
        ];
        return string.Concat(programs.Select(program => $"{Convert.ToHexStringLower(SHA256.HashData(program.Text.Span))} {program.Name}\n"));
    }
}
