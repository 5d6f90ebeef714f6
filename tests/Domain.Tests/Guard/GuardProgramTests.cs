using System.Text;
using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Guard;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Guard;

public class GuardProgramTests
{
    private static readonly string Text = Encoding.UTF8.GetString(GuardProgram.Text.Span);

    [Fact]
    public void Text_NeverTakesDataForProgram()
    {
        var code = string.Join('\n', Text.Split('\n').Select(line => line.TrimStart().StartsWith('#') ? "" : line));
        Assert.DoesNotMatch(new Regex(@"\beval\b|`|\bsh -c\b|(^|[;&|{]\s*)\. |\bsource\b"), code);
        Assert.All(Text, c => Assert.InRange(c, '\n', '~'));
    }

    [Fact]
    public void Text_RunsOnlyWhenItIsWhole()
    {
        Assert.EndsWith("\nmain \"$@\"\nexit\n", Text, StringComparison.Ordinal); // a stream cut earlier only defines functions
        var outside = Text.Split('\n').Where(line => line is not "" && !line.StartsWith('#') && !line.StartsWith(' ') && !line.Contains("() {", StringComparison.Ordinal) && line is not ("}" or "'"));
        Assert.Equal(["PATH", "LC_ALL", "export", "unset", "umask", "cd", "base", "memory", "allow", "installed", "nl", "main", "exit"], outside.Select(line => line.Split(' ', '=')[0]));
    }

    [Fact]
    public void Stdin_WithoutData_IsTheProgram()
        => Assert.Equal(GuardProgram.Text.ToArray(), GuardProgram.Stdin(GuardRequest.List()).ToArray());

    [Fact]
    public void Stdin_WithData_HasMoreFillerThanAShellReadsAhead()
    {
        var request = GuardRequest.Begin(GuardPlanEncodingTests.Plan(), Encoding.ASCII.GetBytes("data"), 1, TimeSpan.FromSeconds(5));
        var stdin = Encoding.UTF8.GetString(GuardProgram.Stdin(request).Span);
        Assert.StartsWith(Text, stdin, StringComparison.Ordinal);
        Assert.EndsWith("#\ndata", stdin, StringComparison.Ordinal);
        var filler = stdin[Text.Length..^4];
        Assert.True(filler.Length >= 16_384);
        Assert.Matches(new Regex("^(#+\n)+$"), filler);
    }

    [Theory]
    [InlineData(0, "3")]
    [InlineData(3.2, "4")]
    [InlineData(120, "120")]
    [InlineData(9999, "600")]
    public void Begin_AnyDeadline_IsWithinTheLimits(double seconds, string expected)
        => Assert.Equal(
            ["/bin/sh", "-s", "--", "begin", "plan-1", "42", "11-22", "0af1", expected],
            GuardProgram.Argv(GuardRequest.Begin(GuardPlanEncodingTests.Plan(), default, 42, TimeSpan.FromSeconds(seconds))));

    [Fact]
    public void Requests_CarryPlanTokenAndBoot()
    {
        var plan = GuardPlanEncodingTests.Plan();
        Assert.Equal(
            ["apply plan-1 5 11-22", "commit plan-1 5 11-22", "revert plan-1 5 11-22", "extend plan-1 5 11-22 60", "status plan-1 0 11-22", "journal plan-1 0 11-22", "list"],
            new[]
            {
                GuardRequest.Apply(plan, 5), GuardRequest.Commit(plan, 5), GuardRequest.Revert(plan, 5), GuardRequest.Extend(plan, 5, TimeSpan.FromMinutes(1)),
                GuardRequest.Status(plan), GuardRequest.Journal(plan), GuardRequest.List(),
            }.Select(request => string.Join(' ', request.Arguments)));
    }
}
