using ChatOpsBot.Application.Wording;
using Xunit;

namespace ChatOpsBot.Application.Tests.Wording;

public class DurationTextTests
{
    [Theory]
    [InlineData("10s", 10_000)]
    [InlineData("500ms", 500)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("00:00:10", 10_000)]
    [InlineData("10", 10_000)]
    [InlineData(" 1.5s ", 1_500)]
    [InlineData("7.00:00:00", 604_800_000)]
    public void TryParse_Duration_IsRead(string text, double milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out var duration, out var what), what);
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("", "is not a duration")]
    [InlineData("soon", "is not a duration")]
    [InlineData("s", "is not a duration")]
    [InlineData("1,5s", "is not a duration")]
    [InlineData("NaN", "is not a duration")]
    [InlineData("1e5", "is not a duration")]
    [InlineData("10 s", "")]
    [InlineData("25:61:00", "is not a duration")]
    [InlineData("-1s", "is negative")]
    [InlineData("-00:00:01", "is negative")]
    [InlineData("0", "leaves no time")]
    [InlineData("8.00:00:00", "longer than 7 days")]
    [InlineData("999999999999999999999999h", "longer than 7 days")]
    public void TryParse_OtherText_SaysWhatIsWrong(string text, string expected)
    {
        var read = DurationText.TryParse(text, out _, out var what);

        Assert.False(read && expected.Length > 0, text);
        Assert.Contains(expected, what);
    }

    [Theory]
    [InlineData("10s")]
    [InlineData("2m")]
    [InlineData("500ms")]
    [InlineData("90s")]
    public void Format_Duration_ReadsBack(string text)
    {
        Assert.True(DurationText.TryParse(text, out var duration, out _));
        Assert.Equal(text, DurationText.Format(duration));
    }
}
