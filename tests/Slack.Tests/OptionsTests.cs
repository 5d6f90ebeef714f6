using System.Net;
using ChatOpsBot.Adapters.Slack;
using ChatOpsBot.Adapters.Slack.Api;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Slack.Tests;

public class OptionsTests
{
    [Fact]
    public void Problems_GoodSettings_AreNone()
    {
        Assert.Empty(Good(SlackMode.Http).Problems(development: false));
        Assert.Empty(Good(SlackMode.SocketMode).Problems(development: false));
        Assert.Empty(new SlackOptions().Problems(development: false));
    }

    [Theory]
    [Trait("Requirement", "IN-6")]
    [InlineData("http://127.0.0.1:1/api/", true)]
    [InlineData("http://localhost/api/", true)]
    [InlineData("http://slack.com/api/", false)]
    [InlineData("https://slack.com.example.com/api/", false)]
    [InlineData("https://slack.com:8443/api/", false)]
    [InlineData("https://user@slack.com/api/", false)]
    [InlineData("https://10.0.0.1/api/", false)]
    [InlineData("ftp://slack.com/", false)]
    [InlineData("nonsense", false)]
    public void Problems_TestPeer_IsRefusedInProduction(string url, bool allowedInDevelopment)
    {
        var options = Good(SlackMode.Http);
        options.ApiBaseUrl = url;
        Assert.Contains(options.Problems(development: false), problem => problem.Key == "Slack:ApiBaseUrl");
        Assert.Equal(allowedInDevelopment, !options.Problems(development: true).Any());
    }

    [Fact]
    [Trait("Requirement", "SEC-6")]
    public void Problems_SomethingMissing_NamesItsKey()
    {
        var options = new SlackOptions { Mode = SlackMode.SocketMode };
        Assert.Equal(["Slack:AppId", "Slack:TeamIds", "Slack:BotToken", "Slack:AppToken"], options.Problems(development: false).Select(problem => problem.Key));
        options.Mode = SlackMode.Http;
        Assert.Equal(["Slack:AppId", "Slack:TeamIds", "Slack:BotToken", "Slack:SigningSecret"], options.Problems(development: false).Select(problem => problem.Key));
    }

    [Fact]
    public void ReadFiles_SecretsInFiles_AreTaken()
    {
        using var folder = new TemporaryFolder();
        var options = new SlackOptions { BotTokenFile = folder.Write("bot", "xoxb-1\n"), AppTokenFile = Path.Combine(folder.Path, "missing") };
        var problem = Assert.Single(options.ReadFiles());
        Assert.Equal("xoxb-1", options.BotToken);
        Assert.Equal("Slack:AppTokenFile", problem.Key);
    }

    [Theory]
    [Trait("Requirement", "SL-23")]
    [Trait("Requirement", "SEC-5")]
    [InlineData("https://hooks.slack.com/actions/T1/2/x", true)]
    [InlineData("http://hooks.slack.com/actions/T1/2/x", false)]
    [InlineData("https://hooks.slack.com:444/x", false)]
    [InlineData("https://a@hooks.slack.com/x", false)]
    [InlineData("https://hooks.slack.com.example.com/x", false)]
    [InlineData("https://example.com/hooks.slack.com", false)]
    [InlineData("https://slack.com/x", false)]
    [InlineData("https://127.0.0.1/x", false)]
    public void IsResponse_OnlySlacksOwnAddress(string address, bool allowed) => Assert.Equal(allowed, new SlackHosts(new()).IsResponse(new(address)));

    [Theory]
    [Trait("Requirement", "SL-27")]
    [Trait("Requirement", "SEC-5")]
    [InlineData("https://files.slack.com/upload/v1/abc", true)]
    [InlineData("http://files.slack.com/upload/v1/abc", false)]
    [InlineData("https://files.slack.com@example.com/", false)]
    [InlineData("https://example.com/", false)]
    public void IsUpload_OnlySlacksOwnAddress(string address, bool allowed) => Assert.Equal(allowed, new SlackHosts(new()).IsUpload(new(address)));

    [Theory]
    [InlineData("wss://wss-primary.slack.com/link/?ticket=1", true)]
    [InlineData("ws://wss-primary.slack.com/link/", false)]
    [InlineData("wss://wss-primary.slack.com.evil.example/link/", false)]
    [InlineData("wss://evilslack.com/link/", false)]
    [Trait("Requirement", "SEC-5")]
    public void IsSocket_OnlySlacksOwnAddress(string address, bool allowed) => Assert.Equal(allowed, new SlackHosts(new()).IsSocket(new(address)));

    [Theory]
    [Trait("Requirement", "SEC-5")]
    [InlineData("3.123.45.6", true)]
    [InlineData("2600:1f18::1", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("2001::a00:1", false)]
    public void IsPublic_OnlyWhatIsOutInTheWorld(string address, bool isPublic) => Assert.Equal(isPublic, GuardedConnection.IsPublic(IPAddress.Parse(address)));

    private static SlackOptions Good(SlackMode mode) => new()
    {
        Mode = mode, AppId = "A1", TeamIds = "T1;T2", BotToken = "xoxb-1", AppToken = "xapp-1", SigningSecret = new string('a', 32),
    };
}
