using ChatOpsBot.Adapters.Console.Terminal;
using ChatOpsBot.Application.Observation;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Console;

public class TerminalLookTests
{
    [Theory]
    [InlineData(false, "xterm", null, false, false)]
    [InlineData(true, "xterm", null, true, true)]
    [InlineData(true, "xterm", "1", false, true)]
    [InlineData(true, "xterm", "", true, true)]
    [InlineData(true, "dumb", null, false, false)]
    [InlineData(true, null, null, false, false)]
    public void Of_StreamAndEnvironment_DecideTheLook(bool isTerminal, string? term, string? noColor, bool colour, bool interactive)
    {
        var environment = new Dictionary<string, string>();
        if (term is not null)
        {
            environment["TERM"] = term;
        }

        if (noColor is not null)
        {
            environment["NO_COLOR"] = noColor;
        }

        var look = TerminalLook.Of(isTerminal, 0, environment);

        Assert.Equal((colour, interactive), (look.Colour, look.Interactive));
        Assert.Equal(isTerminal ? 80 : null, look.Width);
    }

    [Fact]
    public async Task Spinner_Redirected_WritesNothing()
    {
        using var output = new StringWriter();

        var answer = await new ReadSpinner(TerminalLook.Plain, output).RunAsync("host42", progress => Task.FromResult(progress is null));

        Assert.True(answer);
        Assert.Equal("", output.ToString());
    }

    [Fact]
    public async Task Spinner_Terminal_CountsSections()
    {
        using var output = new StringWriter();

        await new ReadSpinner(new TerminalLook(true, true, 80), output).RunAsync("host[42]", progress =>
        {
            progress?.Report(new ReadProgress("e.link", 3, 25));
            return Task.FromResult(0);
        });

        Assert.Contains("host[42]", output.ToString());
    }
}
