using ChatOpsBot.Application.Chat;
using Xunit;

namespace ChatOpsBot.Application.Tests.Chat;

public class CommandLineTests
{
    [Theory]
    [InlineData("check host42", "check|host42")]
    [InlineData("  check\thost42 \r\n", "check|host42")]
    [InlineData("check\u00A0host42", "check|host42")]
    [InlineData("/bridge check host42", "check|host42")]
    [InlineData("@Bridge check host42", "check|host42")]
    [InlineData("bridge check host42", "check|host42")]
    [InlineData("check bridge bridge br0", "check|bridge|bridge|br0")]
    [InlineData("check host42 because \"no DHCP\"", "check|host42|because|no DHCP")]
    [InlineData("check host42 because \u201Cno DHCP\u201D", "check|host42|because|no DHCP")]
    [InlineData("check host42 because \u201Eno DHCP\u201C", "check|host42|because|no DHCP")]
    [InlineData("run a/b host42 text=\"x y\"", "run|a/b|host42|text=x y")]
    [InlineData("note I-1 don't stop", "note|I-1|don't|stop")]
    [InlineData("ho\u200Bst\uFEFF42", "host42")]
    [InlineData("", "")]
    [InlineData("   ", "")]
    [InlineData("\"\"", "")]
    public void Read_Words_AreTakenApart(string text, string words)
    {
        Assert.Null(CommandLine.Read(text, out var line));

        var taken = new List<string>();
        while (line.Take() is { } word)
        {
            taken.Add(word);
        }

        Assert.Equal(words, string.Join('|', taken));
        Assert.False(line.HasOpenQuote);
    }

    [Theory]
    [InlineData("a\u0000b", "U+0000")]
    [InlineData("a\u001B[31mb", "U+001B")]
    [InlineData("a\u202Eb", "U+202E")]
    [InlineData("a\u2066b", "U+2066")]
    public void Read_InvisibleCharacters_AreNamed(string text, string named) => Assert.Contains(named, CommandLine.Read(text, out _), StringComparison.Ordinal);

    [Fact]
    public void Read_TooLong_IsRefused()
    {
        Assert.Null(CommandLine.Read(new string('x', CommandLine.Longest), out _));
        Assert.NotNull(CommandLine.Read(new string('x', CommandLine.Longest + 1), out _));
    }

    [Theory]
    [InlineData("note I-1 he said \"stop\" twice", "he said \"stop\" twice")]
    [InlineData("note I-1 \"all of it\"", "all of it")]
    [InlineData("note I-1 \u201Call of it\u201D", "all of it")]
    [InlineData("note I-1 \"a\" and \"b\"", "\"a\" and \"b\"")]
    [InlineData("note I-1 5\" disk", "5\" disk")]
    [InlineData("note I-1", null)]
    public void TakeRest_KeepsWhatWasTyped(string text, string? rest)
    {
        Assert.Null(CommandLine.Read(text, out var line));
        line.Take();
        line.Take();

        Assert.Equal(rest, line.TakeRest());
        Assert.True(line.IsAtEnd);
    }

    [Fact]
    public void Take_OpenQuote_IsNoticed()
    {
        Assert.Null(CommandLine.Read("check host42 because \"no end", out var line));
        while (line.Take() is not null)
        {
        }

        Assert.True(line.HasOpenQuote);
    }
}
