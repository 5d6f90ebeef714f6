using ChatOpsBot.Adapters.Slack.Inbound;
using ChatOpsBot.Application.Chat;
using Xunit;

namespace ChatOpsBot.Slack.Tests.Inbound;

public class SlackTextTests
{
    [Theory]
    [Trait("Requirement", "SL-8")]
    [InlineData("check host42", "check host42")]
    [InlineData("<@U0BOT> check host42", "check host42")]
    [InlineData("  <@U0BOT|bridge>: check host42", "check host42")]
    [InlineData("note I-1 ask <@U2|bo> in <#C1|ops>", "note I-1 ask @bo in #ops")]
    [InlineData("note I-1 ask <@U2>", "note I-1 ask @U2")]
    [InlineData("check <http://host42.example.com|host42.example.com>", "check host42.example.com")]
    [InlineData("check <http://host42.example.com>", "check http://host42.example.com")]
    [InlineData("note I-1 a &lt;b&gt; &amp;amp; c", "note I-1 a <b> &amp; c")]
    [InlineData("note I-1 &amp;lt;@U1&amp;gt;", "note I-1 &lt;@U1&gt;")]
    [InlineData("note I-1 <!here>", "note I-1 here")]
    [InlineData("note I-1 1 < 2", "note I-1 1 < 2")]
    [InlineData("", "")]
    public void Line_AsSlackSendsIt_IsTheLineThatWasTyped(string sent, string typed) => Assert.Equal(typed, SlackText.Line(sent, "U0BOT"));

    [Fact]
    [Trait("Requirement", "SL-8")]
    public void Line_MentionOfAnother_StaysAWord() => Assert.Equal("@U7 check host42", SlackText.Line("<@U7> check host42", "U0BOT"));

    [Fact]
    [Trait("Requirement", "SL-8")]
    public void Line_SmartQuotesAndNoBreakSpaces_SeparateWords()
    {
        Assert.Null(CommandLine.Read(SlackText.Line("check\u00A0host42 because \u201Cno DHCP\u201D", null), out var line));
        Assert.Equal("check|host42|because|no DHCP", string.Join('|', line.Take(), line.Take(), line.Take(), line.Take()));
    }
}
