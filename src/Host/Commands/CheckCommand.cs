using System.CommandLine;
using ChatOpsBot.Adapters.Console.Json;
using ChatOpsBot.Adapters.Console.Terminal;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Application.Observation;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Host.Logging;

namespace ChatOpsBot.Host.Commands;

/// <summary><c>check HOST</c> and <c>check --from FILE</c>.</summary>
internal static class CheckCommand
{
    private const string Text = "text";
    private const string Json = "json";

    private static readonly SortedDictionary<string, ProbeMode> s_modes = new(StringComparer.Ordinal)
    {
        ["none"] = ProbeMode.None, ["passive"] = ProbeMode.Passive, ["active"] = ProbeMode.Active,
    };

    public static Command Create(SessionFactory sessions)
    {
        var host = new Argument<string?>("HOST") { Description = "Name of the host in the inventory.", Arity = ArgumentArity.ZeroOrOne };
        var from = new Option<string?>("--from") { Description = "Judge a file that snapshot has written instead of reading a host; needs no inventory.", HelpName = "FILE" };
        var guest = new Option<string?>("--guest") { Description = "Look at this guest in particular.", HelpName = "NAME" };
        var bridge = new Option<string?>("--bridge") { Description = "Look at this bridge in particular.", HelpName = "NAME" };
        var format = new Option<string>("--format") { Description = "How to write the answer.", HelpName = "text|json", DefaultValueFactory = _ => Text };
        format.AcceptOnlyFromAmong(Text, Json);
        var probe = new Option<string>("--probe")
        {
            Description = "How far to go where reading does not tell: passive listens for up to 10 s, active also asks by ARP, ping and DHCPDISCOVER.",
            HelpName = "none|passive|active",
            DefaultValueFactory = _ => "passive",
        };
        probe.AcceptOnlyFromAmong([.. s_modes.Keys]);
        var mayTakePortDown = new Option<bool>("--may-take-port-down")
        {
            Description = "With --probe active: send a DISCOVER with a guest's style of hardware address too; a switch with port security may shut the port.",
        };
        var because = new Option<string?>("--because") { Description = "The symptom in your words: suspects that fit come first.", HelpName = "TEXT" };
        Arguments.AddName(guest);
        Arguments.AddName(bridge);
        var command = new ExampleCommand(
            "check",
            "Read a host and say why its guests get no address. Changes nothing on the host.",
            "chatopsbot check host42",
            "chatopsbot check host42 --guest vm1 --format json",
            "chatopsbot check host42 --probe active --because no-lease",
            "chatopsbot check --from host42.snapshot") { host, from, guest, bridge, format, probe, mayTakePortDown, because };
        command.Validators.Add(result =>
        {
            if (Arguments.HostFault(result.GetValue(host)) is { } fault)
            {
                result.AddError(fault);
            }

            if (result.GetValue(host) is null == result.GetValue(from) is null)
            {
                result.AddError("check needs either HOST or --from FILE");
            }

            if (result.GetValue(mayTakePortDown) && result.GetValue(probe) != "active")
            {
                result.AddError("--may-take-port-down goes with --probe active");
            }
        });
        command.SetAction((parsed, cancellationToken) => sessions.RunAsync(parsed, session =>
        {
            var focus = new DiagnosisFocus(parsed.GetValue(guest), parsed.GetValue(bridge));
            var answer = new Answer(session.Surroundings, AsJson: parsed.GetValue(format) == Json);
            var wish = new ProbeWish(s_modes[parsed.GetRequiredValue(probe)], ProbeWish.Everything) { MayTakePortDown = parsed.GetValue(mayTakePortDown), Because = parsed.GetValue(because) };
            return parsed.GetValue(from) is { } file
                ? Task.FromResult(FromFile(session, file, focus, wish, answer))
                : ReadHostAsync(session, parsed.GetValue(host) ?? "", focus, wish, answer, cancellationToken);
        }));
        return command;
    }

    private static async Task<int> ReadHostAsync(Session session, string name, DiagnosisFocus focus, ProbeWish wish, Answer answer, CancellationToken cancellationToken)
    {
        if (!session.TryFindHost(name, out var host, out var exitCode))
        {
            return exitCode;
        }

        var outcome = await session.WithProgressAsync(name, progress => session.Get<CheckHost>().RunAsync(host, focus, wish, progress, cancellationToken));
        switch (outcome)
        {
            case CheckOutcome.Diagnosed(var diagnosis, var snapshot):
                session.Log.Checked(name, diagnosis.Verdict, diagnosis.Primary?.Id, diagnosis.Duration.TotalMilliseconds);
                answer.Write(diagnosis, snapshot, session.AccountOf(host));
                return ExitCodes.Of(diagnosis.Verdict);
            case CheckOutcome.Unreachable unreachable:
                session.Log.NotReached(name, unreachable.Kind, unreachable.Message);
                answer.Write(unreachable);
                return ExitCodes.Of(OverallVerdict.Unreachable);
            default:
                throw new InvalidOperationException($"unknown outcome {outcome.GetType().Name}");
        }
    }

    private static int FromFile(Session session, string file, DiagnosisFocus focus, ProbeWish wish, Answer answer)
    {
        if (!Arguments.TryReadSnapshot(session.Surroundings, file, out var snapshot, out var exitCode))
        {
            return exitCode;
        }

        var diagnosis = CheckHost.FromSnapshot(snapshot, focus, wish.Because);
        answer.Write(diagnosis, snapshot, "ACCOUNT");
        return ExitCodes.Of(diagnosis.Verdict);
    }

    /// <summary>Writes the answer to standard output in the form that was asked for.</summary>
    private sealed record Answer(Surroundings Surroundings, bool AsJson)
    {
        public void Write(Diagnosis diagnosis, HostSnapshot snapshot, string account)
        {
            if (AsJson)
            {
                WriteJson(stream => CheckJson.Write(stream, diagnosis));
                return;
            }

            Report().Write(diagnosis, ReadGaps.Remedies(snapshot, diagnosis.NotRead.Select(gap => gap.Section), account));
        }

        public void Write(CheckOutcome.Unreachable unreachable)
        {
            if (AsJson)
            {
                WriteJson(stream => CheckJson.Write(stream, unreachable));
                return;
            }

            Report().Write(unreachable);
        }

        private CheckReport Report() => new(new ReportWriter(Surroundings.OutLook.Open(Surroundings.Out), Surroundings.OutLook.Width));

        private void WriteJson(Action<Stream> write)
        {
            using var buffer = new MemoryStream();
            write(buffer);
            Surroundings.Out.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
        }
    }
}
