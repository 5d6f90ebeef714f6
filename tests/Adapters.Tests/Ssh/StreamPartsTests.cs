using System.Text;
using ChatOpsBot.Adapters.Ssh;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Ssh;

public sealed class StreamPartsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Feed_CutAnywhere_SplitsOurLinesFromTheRest(int step)
    {
        const string Stream = "noise\nMARK start\na MAR MARKMARK end 0 1 2\nrest\0\u0007MARK";
        var bytes = Encoding.Latin1.GetBytes(Stream);
        var scanner = new MarkScanner("MARK ");
        var (rest, lines) = (new List<byte>(), new List<string>());

        for (var at = 0; at < bytes.Length; at += step)
        {
            scanner.Feed(bytes.AsSpan(at, Math.Min(step, bytes.Length - at)), chunk => rest.AddRange(chunk), lines.Add);
        }

        scanner.Finish(chunk => rest.AddRange(chunk));

        Assert.Equal(["start", "end 0 1 2"], lines);
        Assert.Equal("noise\na MAR MARKrest\0\u0007MARK", Encoding.Latin1.GetString([.. rest]));
    }

    [Fact]
    public void Feed_MarkWithoutLineEnd_IsNotHeldBackForEver()
    {
        var scanner = new MarkScanner("MARK ");
        var rest = 0;

        scanner.Feed(Encoding.ASCII.GetBytes("MARK " + new string('x', 1000)), chunk => rest += chunk.Length, _ => Assert.Fail("no line of ours"));

        Assert.Equal(1005, rest);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(10, 10)]
    [InlineData(5_000_000, 5_000_000)]
    [InlineData(5_000_000, 4_999_999)]
    public void Append_UpToTheCap_KeepsOrder(int size, int cap)
    {
        var bytes = Enumerable.Range(0, size).Select(i => (byte)(i / 7)).ToArray();
        var buffer = new OutputBuffer(cap);
        var taken = bytes.Chunk(65_537).Sum(chunk => buffer.Append(chunk));

        Assert.Equal(Math.Min(size, cap), taken);
        Assert.True(buffer.Take().Span.SequenceEqual(bytes.AsSpan(0, taken)));
        Assert.Equal(0, buffer.Length);
    }

    [Fact]
    public void Command_RemoteCommand_HasNothingThatALoginShellReadsItsOwnWay()
    {
        Assert.Equal(2, Bootstrap.Command.Count(character => character == '\''));
        Assert.EndsWith("'", Bootstrap.Command, StringComparison.Ordinal);
        Assert.DoesNotContain(Bootstrap.Command, character => character is '!' or '"' or '\\' or '\n');
    }
}
