using ChatOpsBot.Application.Wording;
using Xunit;

namespace ChatOpsBot.Application.Tests.Wording;

public class NearestWordTests
{
    [Theory]
    [InlineData("brigdes", "bridges")]
    [InlineData("host24", "host42")]
    [InlineData("SUDO", "Sudo")]
    [InlineData("password", null)]
    [InlineData("", null)]
    public void Of_Word_FindsOnlyWhatIsNear(string word, string? expected)
        => Assert.Equal(expected, NearestWord.Of(word, ["bridges", "host42", "Sudo", "address"]));

    [Fact]
    public void Of_VeryLongWord_IsNotCompared() => Assert.Null(NearestWord.Of(new string('a', 1_000_000), ["a"]));
}
