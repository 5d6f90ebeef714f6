using System.Text;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Application.Tests.Chat;
using ChatOpsBot.Support;
using ChatOpsBot.Support.Fuzzing;
using Xunit;

namespace ChatOpsBot.Application.Tests.Fuzzing;

/// <summary>Whatever somebody types is answered: done, refused, or told how it is written.</summary>
public class ChatTextFuzzTests
{
    [Fact]
    public void CommandLine_AnyText_IsAnswered()
    {
        var bench = new ChatBench();
        byte[][] corpus =
        [
            .. ChatCommands.All.Select(command => Encoding.UTF8.GetBytes(command.Example)),
            .. new[] { "check host42 guest vm1 bridge br0 probe active because \"no \\\"DHCP\\\"\"", "explain \"Cannot get interface MTU on 'br0'\"", "run bridge/attach-uplink host42 uplink=eno2", "why-not approve I-1" }
                .Select(Encoding.UTF8.GetBytes),
        ];
        TestContext.Current.TestOutputHelper?.WriteLine(Fuzz.Check("chat-text", corpus, input =>
        {
            var answer = bench.SayAsync(PolicySamples.Bo, Encoding.UTF8.GetString(input)).GetAwaiter().GetResult();
            Assert.NotEqual("", answer.Text);
        }));
    }
}
