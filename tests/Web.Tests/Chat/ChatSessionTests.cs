using ChatOpsBot.Adapters.Console.Chat;
using ChatOpsBot.Adapters.Console.Terminal;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Support;
using ChatOpsBot.Web.Tests.Support;
using Xunit;

namespace ChatOpsBot.Web.Tests.Chat;

public sealed class ChatSessionTests : IAsyncLifetime
{
    private ConsoleService _service = null!; // set before each test

    public async ValueTask InitializeAsync() => _service = await ConsoleService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Run_ScriptWithHealthyHost_FollowsToTheEndAndIsGood()
    {
        Opens(await _service.GivenAsync(Stories.Opened("host42"), Stories.Observed("host42", OverallVerdict.Healthy)));

        var (end, text) = await RunAsync(FakeConfiguration.Ann, "# a comment\n\ncheck host42\n");

        Assert.Equal(ChatEnd.Good, end);
        Assert.Contains("did: check host42", text, StringComparison.Ordinal);
        Assert.Contains("12:01:00 The host was read: healthy", text, StringComparison.Ordinal);
        Assert.Contains("I-1 host42 healthy", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ScriptWhileASecondPersonApproves_ShowsEachCommandAndEndsResolved()
    {
        var id = await _service.WaitingAsync();
        Opens(id);
        var running = RunAsync(FakeConfiguration.Ann, "check host42\n");
        await _service.AddAsync(id, Stories.Repaired());

        var (end, text) = await running;

        Assert.Equal(ChatEnd.Good, end);
        Assert.Contains("$ ip link set dev eno2 master br0", text, StringComparison.Ordinal);
        Assert.Contains("eno2: added to br0", text, StringComparison.Ordinal);
        Assert.Contains("I-1 host42 resolved", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ScriptGoesOnAfterAPlan_DoesNotWaitForItself()
    {
        var id = await _service.WaitingAsync();
        Opens(id);

        var (end, text) = await RunAsync(FakeConfiguration.Ann, "check host42\nnote I-1 hello\n");

        Assert.Equal(ChatEnd.Good, end);
        Assert.Contains("waiting for approval by group:network", text, StringComparison.Ordinal);
        Assert.Equal(["check host42", "note I-1 hello"], _service.Dispatcher.Requests.Select(request => request.Text));
    }

    [Theory]
    [InlineData("approve", "is approved", "applying")]
    [InlineData("deny not today", "is declined", "declined")]
    public async Task Run_PersonWhoMayDecide_IsAsked(string answer, string said, string state)
    {
        var id = await _service.WaitingAsync();
        Opens(id);
        var input = new TypedLines();
        var running = RunAsync(FakeConfiguration.Bo, input, asks: true);
        input.Type("check host42");
        await WaitForAsync(() => running.Output.ToString().Contains("later?", StringComparison.Ordinal));
        Assert.Contains("ip link set dev eno2 master br0", running.Output.ToString(), StringComparison.Ordinal);
        input.Type(answer);
        await WaitForAsync(() => running.Output.ToString().Contains(said, StringComparison.Ordinal));
        Assert.Equal(state, (await _service.Get<Application.Incidents.IncidentService>().GetAsync(id, TestContext.Current.CancellationToken))?.Incident.State.Name);
        input.Type("whoami");
        await WaitForAsync(() => running.Output.ToString().Contains("did: whoami", StringComparison.Ordinal));
        input.End();

        Assert.Equal(ChatEnd.Good, await running.End);
    }

    [Fact]
    public async Task Run_RefusedAndNotUnderstood_TellTheExitCode()
    {
        _service.Dispatcher.Answer = request => request.Text == "check host42" ? new CommandAnswer.Refused("you may not", "rules[0]") : new CommandAnswer.NotUnderstood("no such command", "help");

        Assert.Equal(ChatEnd.BadNews, (await RunAsync(FakeConfiguration.Ann, "check host42\n")).End);
        Assert.Equal(ChatEnd.NotUnderstood, (await RunAsync(FakeConfiguration.Ann, "check host42\nchek\n")).End);
    }

    [Fact]
    public async Task Run_UnknownToken_SaysWhatItMustBe()
    {
        var (end, text) = await RunAsync(FakeConfiguration.Mallory, "check host42\n");

        Assert.Equal(ChatEnd.NotConnected, end);
        Assert.Contains("does not know this token", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NothingListens_SaysSo()
    {
        var address = _service.Console;
        await _service.StopAsync();

        var (end, text) = await RunAsync(FakeConfiguration.Ann, "check host42\n", address);

        Assert.Equal(ChatEnd.NotConnected, end);
        Assert.Contains("nothing answers at http://127.0.0.1", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_HostileText_NeverReachesTheTerminalAsItIs()
    {
        const string hostile = "\u001b]0;owned\u0007\u001b[2J\u202e[red]x[/]";
        var id = await _service.GivenAsync(Stories.Opened("host42"), new IncidentEvent.Observed(
            IncidentSamples.At(1), 1, IncidentSamples.Diagnosis(OverallVerdict.Fault, IncidentSamples.Finding(repair: null) with { Summary = hostile, Question = hostile }), null));
        Opens(id);

        var (end, text) = await RunAsync(FakeConfiguration.Ann, "check host42\n");

        Assert.Equal(ChatEnd.BadNews, end);
        Assert.Contains("[red]x[/]", text, StringComparison.Ordinal);
        Assert.All("\u001b\u0007\u202e", character => Assert.DoesNotContain(character, text));
    }

    private void Opens(IncidentId id) => _service.Dispatcher.Answer = request => new CommandAnswer.Done($"did: {request.Text}", request.Text.StartsWith("check", StringComparison.Ordinal) ? id : null);

    private async Task<(ChatEnd End, string Text)> RunAsync(string token, string lines, Uri? address = null)
    {
        using var server = new ChatServer(address ?? _service.Console, token, TimeProvider.System);
        using var output = new StringWriter();
        using var input = new StringReader(lines);
        var end = await new ChatSession(server, new(input, output, TerminalLook.Plain, Asks: false), TimeProvider.System).RunAsync(TestContext.Current.CancellationToken);
        return (end, output.ToString());
    }

    private (Task<ChatEnd> End, StringWriter Output) RunAsync(string token, TypedLines input, bool asks)
    {
        var output = new LockedWriter();
        var server = new ChatServer(_service.Console, token, TimeProvider.System);
        return (new ChatSession(server, new(input, output, TerminalLook.Plain, asks), TimeProvider.System).RunAsync(TestContext.Current.CancellationToken), output);
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(30_000);
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }
}
