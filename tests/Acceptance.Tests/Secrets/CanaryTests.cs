using System.Diagnostics;
using System.Text;
using ChatOpsBot.Acceptance.Tests.Lab;
using ChatOpsBot.Acceptance.Tests.Repairs;
using ChatOpsBot.Acceptance.Tests.Slack;
using ChatOpsBot.FakeSlack;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Secrets;

/// <summary>Secrets on a host, in commands, in the environment and in what fails; the real program reads, tells, records, logs and crashes with them, and each of its outlets is searched.</summary>
[Trait("Needs", "root")]
public class CanaryTests(LabFixture lab)
{
    private const string Host = "host63";

    private readonly Canaries _canaries = new();
    private readonly StringBuilder _log = new();

    [Fact]
    [Trait("Requirement", "SEC-18")]
    public async Task Serve_SecretsEverywhere_NoOutletHasOne()
    {
        await lab.NeedAsync(Host);
        await using var town = await SlackTown.StartAsync("SocketMode");
        try
        {
            await PlantedHost.PlantAsync(Host, _canaries);
            await RepairTests.WithFaultsAsync(Host, ["bridge.uplink-missing"], () => LiveAsync(town));
        }
        finally
        {
            await PlantedHost.CleanAsync(Host);
        }

        Search("messages, forms and files in Slack", SaidIn(town.Slack.Workspace));
        Search("log and crash output", [("stdout and stderr", _log.ToString())], control: Host); // a log has no word of people
        Search("database", StoredTexts.Of(town.Folder.Database));
        Search("what was read of the host", StoredTexts.Of(town.Folder.Database), control: _canaries.OnHost);
        foreach (var format in (string[])["md", "html", "json"])
        {
            Search($"transcript as {format}", [(format, (await BotAsync(town.Folder, "transcript", "export", "I-1", "--format", format)).Expect())]);
        }

        Search("transcript on the terminal", [("show", (await BotAsync(town.Folder, "transcript", "show", "I-1")).Expect())]);
    }

    private async Task LiveAsync(SlackTown town)
    {
        using var service = Start(town.Folder);
        try
        {
            await SlackTown.UntilAsync(() => town.Slack.Sockets.Open > 0, "the program connects");
            await town.SayAsync(SlackTown.Ann, $"check {Host} because \"no network {_canaries.Said}, my password={_canaries.Next()} does not help\"");
            await KilledServiceTests.UntilAsync(town.Folder, new(1), state => state is "awaiting-approval");
            await town.SayAsync(SlackTown.Ann, $"note I-1 {_canaries.Said} https://ann:{_canaries.Next()}@mirror.example/ and Authorization: Bearer {_canaries.Next()}{_canaries.Said}");
            await town.SayAsync(SlackTown.Ann, $"check nohost --password={_canaries.Next()}");
            await town.SayAsync(SlackTown.Ann, $"token={_canaries.Next()} what is this");
            await town.SayAsync(SlackTown.Ann, "transcript I-1");
            await FailAsync(town);
        }
        finally
        {
            // Ends as a crash of the runtime does, with all it has to say. The runtime lets the first one pass that comes from outside, and dies of the next.
            for (var i = 0; i < 2; i++)
            {
                (await Programs.RunAsync(["kill", "-ABRT", service.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])).Expect();
                await Task.WhenAny(service.WaitForExitAsync(CancellationToken.None), Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, CancellationToken.None));
            }

            await service.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>Slack refuses with words that repeat what it was sent, the token included, as proxies do.</summary>
    private async Task FailAsync(SlackTown town)
    {
        var refused = 0;
        town.Slack.Fault = call => call.Method.StartsWith("chat.", StringComparison.Ordinal) && Interlocked.Increment(ref refused) < 4
            ? new FakeFault { Error = $"{_canaries.Said}_token={SlackWorkspace.BotToken}&password={_canaries.Next()}" }
            : null;
        await town.SayAsync(SlackTown.Ann, $"cancel I-1 {_canaries.Said} secret: {_canaries.Next()}");
        await SlackTown.UntilAsync(() => Volatile.Read(ref refused) >= 1, "a refusal");
        town.Slack.Fault = _ => null;
    }

    private void Search(string outlet, IEnumerable<(string Where, string Text)> texts, string? control = null)
        => _canaries.ExpectNoneIn(outlet, texts, control ?? _canaries.Said, SlackWorkspace.BotToken, SlackWorkspace.AppToken, SlackWorkspace.Secret);

    private static IEnumerable<(string Where, string Text)> SaidIn(SlackWorkspace workspace)
        => workspace.Calls.Select(call => (call.Method, string.Join('\n', call.Arguments.Select(argument => $"{argument.Key}={argument.Value}"))))
            .Concat(workspace.Messages().Select(message => ("message", message.Text + message.Blocks?.ToJsonString())))
            .Concat(workspace.Ephemerals.Select(answer => ("answer", answer.Text + answer.Blocks?.ToJsonString())))
            .Concat(workspace.Views.Select(view => ("form", view.ToJsonString())))
            .Concat(workspace.Files.Values.Select(file => (file.Name, Encoding.UTF8.GetString(file.Bytes))));

    private Process Start(ServiceFolder folder)
    {
        var service = KilledServiceTests.Serve(folder, start =>
        {
            (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
            start.Environment["COB_PASSWORD"] = _canaries.Next();
            start.Environment["Serilog__MinimumLevel__Default"] = "Verbose";
            start.Environment["Serilog__WriteTo__Console__Args__restrictedToMinimumLevel"] = "Verbose";
        });
        service.OutputDataReceived += (_, line) => Log(line.Data);
        service.ErrorDataReceived += (_, line) => Log(line.Data);
        service.BeginOutputReadLine();
        service.BeginErrorReadLine();
        return service;
    }

    private void Log(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }

    private static Task<ProgramEnd> BotAsync(ServiceFolder folder, params string[] arguments) => Programs.RunAsync([Path.Combine(AppContext.BaseDirectory, "chatopsbot"), .. arguments], folder.Environment(outside: true));
}
