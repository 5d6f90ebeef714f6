using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using ChatOpsBot.Adapters.Console.Terminal;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Application.Json;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Host.Logging;

namespace ChatOpsBot.Host.Commands;

/// <summary><c>trace HOST GUEST</c>.</summary>
internal static class TraceCommand
{
    private const string Text = "text";
    private const string Json = "json";

    // As for check: the default encoder lets nothing through that a terminal would obey.
    private static readonly JsonWriterOptions s_options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.Default };

    public static Command Create(SessionFactory sessions)
    {
        var host = new Argument<string>("HOST") { Description = "Name of the host in the inventory." }.AsHost();
        var guest = new Argument<string>("GUEST") { Description = "Name of the guest, or of one of its taps." };
        guest.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && (token.Value.StartsWith('-') || token.Value.Length is 0 or > 256 || token.Value.Any(char.IsControl)))
            {
                result.AddError($"\"{token.Value}\" is not the name of a guest");
            }
        });
        var format = new Option<string>("--format") { Description = "How to write the answer.", HelpName = "text|json", DefaultValueFactory = _ => Text };
        format.AcceptOnlyFromAmong(Text, Json);
        var command = new ExampleCommand(
            "trace",
            "Follow a guest's DHCP request through the host, hop by hop, and the answer back. Sends nothing and changes nothing.",
            "chatopsbot trace host42 vm1",
            "chatopsbot trace host42 vnet0 --format json") { host, guest, format };
        command.SetAction((parsed, cancellationToken) => sessions.RunAsync(
            parsed, session => RunAsync(session, parsed.GetRequiredValue(host), parsed.GetRequiredValue(guest), parsed.GetValue(format) == Json, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(Session session, string name, string guest, bool asJson, CancellationToken cancellationToken)
    {
        if (!session.TryFindHost(name, out var host, out var exitCode))
        {
            return exitCode;
        }

        var outcome = await session.WithProgressAsync(name, progress => session.Get<TraceHost>().RunAsync(host, guest, progress, cancellationToken));
        var output = session.Surroundings;
        switch (outcome)
        {
            case TraceOutcome.Traced { Answer: TraceAnswer.Followed followed } traced:
                Write(output, asJson, json => TraceJson.Write(json, traced, guest, followed), report => report.Write(traced, followed));
                return followed.Verdict switch { HopVerdict.Passes => ExitCodes.Good, HopVerdict.Stops => ExitCodes.BadNews, _ => ExitCodes.CouldNotTell };
            case TraceOutcome.Traced { Answer: TraceAnswer.UnknownGuest unknown }:
                output.Error.WriteLine($"chatopsbot: {HostText.Line(TraceText.Unknown(name, guest, unknown), 2000)}");
                return ExitCodes.WrongArguments;
            case TraceOutcome.Traced { Answer: TraceAnswer.NotRead(var why) } traced:
                Write(output, asJson, json => TraceJson.Write(json, name, guest, traced.At, traced.Duration, "notRead", why), report => report.Write(name, why));
                return ExitCodes.CouldNotTell;
            case TraceOutcome.Unreachable unreachable:
                session.Log.NotReached(name, unreachable.Kind, unreachable.Message);
                Write(
                    output, asJson, json => TraceJson.Write(json, name, guest, unreachable.At, unreachable.Duration, DiagnosisJson.Word(unreachable.Kind), unreachable.Message),
                    report => report.Write(name, unreachable.Message));
                return ExitCodes.CouldNotTell;
            default:
                throw new InvalidOperationException($"unknown outcome {outcome.GetType().Name}");
        }
    }

    private static void Write(Surroundings output, bool asJson, Action<Utf8JsonWriter> json, Action<TraceReport> text)
    {
        if (!asJson)
        {
            text(new(new ReportWriter(output.OutLook.Open(output.Out), output.OutLook.Width)));
            return;
        }

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            json(writer);
        }

        output.Out.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }
}
