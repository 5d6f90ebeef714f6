using System.Globalization;
using System.Text;
using ChatOpsBot.Adapters.Slack.Ingress;
using ChatOpsBot.FakeSlack;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Slack.Tests.Ingress;

public class RequestSignatureTests
{
    private const string Secret = "8f742231b10e8888abcd99yyyzzz85a5";
    private const string OldSecret = "00000000000000000000000000000000";

    private readonly ManualTime _time = new();

    [Fact]
    [Trait("Requirement", "SL-1")]
    public void Problem_SlacksPublishedExample_IsGood()
    {
        const string body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        var clock = new ManualTime();
        clock.Advance(DateTimeOffset.FromUnixTimeSeconds(1531420618) - clock.GetUtcNow());
        var signature = new RequestSignature([Secret], clock);

        Assert.Null(signature.Problem(["1531420618"], ["v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"], Encoding.UTF8.GetBytes(body)));
    }

    [Theory]
    [Trait("Requirement", "SL-1")]
    [Trait("Requirement", "SEC-3")]
    [InlineData(0, true)]
    [InlineData(-300, true)]
    [InlineData(-301, false)]
    [InlineData(300, true)]
    [InlineData(301, false)]
    [InlineData(3600, false)]
    public void Problem_TimestampOff_IsJudgedOnBothSides(int seconds, bool good)
        => Assert.Equal(good, Judge(at: seconds) is null);

    [Theory]
    [Trait("Requirement", "SL-3")]
    [InlineData("")]
    [InlineData(" 1531420618")]
    [InlineData("1e9")]
    [InlineData("-1")]
    [InlineData("+5")]
    [InlineData("NaN")]
    [InlineData("99999999999999999999")]
    [InlineData("\u0661\u0662")]
    public void Problem_TimestampIsNoInteger_IsRefused(string timestamp)
        => Assert.NotNull(new RequestSignature([Secret], _time).Problem([timestamp], [SlackPeople.Sign(Secret, timestamp, "x"u8)], "x"u8));

    [Fact]
    [Trait("Requirement", "SL-3")]
    public void Problem_HeaderMissingOrTwice_IsRefused()
    {
        var (timestamp, good) = Signed("x");
        var signature = new RequestSignature([Secret], _time);

        Assert.Null(signature.Problem([timestamp], [good], "x"u8));
        Assert.NotNull(signature.Problem([], [good], "x"u8));
        Assert.NotNull(signature.Problem([timestamp], [], "x"u8));
        Assert.NotNull(signature.Problem([timestamp, timestamp], [good], "x"u8));
        Assert.NotNull(signature.Problem([timestamp], [good, good], "x"u8));
        Assert.NotNull(signature.Problem([timestamp], [null], "x"u8));
    }

    [Fact]
    [Trait("Requirement", "SL-1")]
    public void Problem_AnyChange_IsRefused()
    {
        var (timestamp, good) = Signed("body");
        var signature = new RequestSignature([Secret], _time);

        foreach (var wrong in new[] { good.ToUpperInvariant(), "v1=" + good[3..], good[3..], good + "0", good[..^1], "", "v0=" + new string('z', 64), "v0=" + new string('0', 64) })
        {
            Assert.NotNull(signature.Problem([timestamp], [wrong], "body"u8));
        }

        Assert.NotNull(signature.Problem([timestamp], [good], "Body"u8));
        Assert.NotNull(signature.Problem([(long.Parse(timestamp, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture)], [good], "body"u8));
        Assert.NotNull(new RequestSignature([OldSecret], _time).Problem([timestamp], [good], "body"u8));
        Assert.NotNull(new RequestSignature([], _time).Problem([timestamp], [SlackPeople.Sign("", timestamp, "body"u8)], "body"u8));
        Assert.NotNull(new RequestSignature([""], _time).Problem([timestamp], [SlackPeople.Sign("", timestamp, "body"u8)], "body"u8));
    }

    [Theory]
    [Trait("Requirement", "SL-6")]
    [InlineData(Secret, true)]
    [InlineData(OldSecret, true)]
    [InlineData("another", false)]
    public void Problem_TwoSecretsDuringRotation_BothCount(string signedWith, bool good)
    {
        var timestamp = Now();
        Assert.Equal(good, new RequestSignature([Secret, OldSecret], _time).Problem([timestamp], [SlackPeople.Sign(signedWith, timestamp, "x"u8)], "x"u8) is null);
    }

    [Fact]
    [Trait("Requirement", "SL-4")]
    public void ReplayCache_SameSignature_CountsOnceInTheWholeWindow()
    {
        var cache = new ReplayCache(_time);
        Assert.True(cache.TryTake("a"));
        Assert.False(cache.TryTake("a"));
        Assert.True(cache.TryTake("b"));

        // A timestamp five minutes ahead stays good for ten.
        _time.Advance(TimeSpan.FromSeconds(599));
        Assert.False(cache.TryTake("a"));
        cache.Return("a");
        Assert.True(cache.TryTake("a"));
    }

    private string? Judge(int at)
    {
        var timestamp = (_time.GetUtcNow().ToUnixTimeSeconds() + at).ToString(CultureInfo.InvariantCulture);
        return new RequestSignature([Secret], _time).Problem([timestamp], [SlackPeople.Sign(Secret, timestamp, "x"u8)], "x"u8);
    }

    private (string Timestamp, string Signature) Signed(string body) => (Now(), SlackPeople.Sign(Secret, Now(), Encoding.UTF8.GetBytes(body)));

    private string Now() => _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
