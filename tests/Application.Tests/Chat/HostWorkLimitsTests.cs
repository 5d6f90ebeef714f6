using ChatOpsBot.Application.Chat;
using Xunit;
using static ChatOpsBot.Support.PolicySamples;

namespace ChatOpsBot.Application.Tests.Chat;

/// <summary>A flood of one person is told off and does no work; others, and what ends work, are not held back.</summary>
public class HostWorkLimitsTests
{
    private readonly ChatBench _bench = new();

    [Fact]
    [Trait("Requirement", "SEC-17")]
    public async Task Checks_MoreThanAPersonNeeds_AreRefusedWithTheTimeToWait()
    {
        CommandAnswer.Refused? refused = null;
        for (var i = 0; i < 20 * HostWorkLimits.OfPerson && refused is null; i++)
        {
            refused = await _bench.SayAsync(Ann, "check host42") as CommandAnswer.Refused;
        }

        Assert.Equal(HostWorkLimits.Rule, refused?.Rule);
        Assert.Matches("nothing was done. Try again in [1-9][0-9]* s$", refused?.Text);
        Assert.IsType<CommandAnswer.Done>(await _bench.SayAsync(Bo, "check host42"));
        Assert.IsType<CommandAnswer.Done>(await _bench.SayAsync(Ann, "status I-1"));
        Assert.IsType<CommandAnswer.Done>(await _bench.SayAsync(Ann, "cancel I-1"));
    }

    [Fact]
    [Trait("Requirement", "SEC-17")]
    public async Task Checks_FromNoPlace_OfOnePersonDoNotCountForAnother()
    {
        for (var person = 0; person < 2 + (HostWorkLimits.OfConversation / HostWorkLimits.OfPerson); person++)
        {
            var call = _bench.CallOf(new($"p{person}"));
            for (var i = 0; i < HostWorkLimits.OfPerson; i++)
            {
                Assert.IsType<CommandAnswer.Done>(await _bench.Limits.WithinAsync(Domain.Policies.PolicyCommand.Check, call, "host42", () => Task.FromResult<CommandAnswer>(new CommandAnswer.Done(""))));
            }
        }
    }

    [Fact]
    [Trait("Requirement", "SEC-17")]
    public async Task Traces_AtTheSameTimeOnOneHost_AreBounded()
    {
        var ended = new TaskCompletionSource<CommandAnswer>();
        var call = _bench.CallOf(Ann);
        var running = Enumerable.Range(0, HostWorkLimits.RunningOnHost).Select(_ => Trace("host42", () => ended.Task)).ToArray();

        Assert.Contains("on host42", Assert.IsType<CommandAnswer.Refused>(await Trace("host42", () => ended.Task)).Text, StringComparison.Ordinal);
        Assert.IsType<CommandAnswer.Done>(await Trace("host43", () => Task.FromResult<CommandAnswer>(new CommandAnswer.Done(""))));
        ended.SetResult(new CommandAnswer.Done(""));
        Assert.All(await Task.WhenAll(running), answer => Assert.IsType<CommandAnswer.Done>(answer));
        Assert.IsType<CommandAnswer.Done>(await Trace("host42", () => ended.Task));

        Task<CommandAnswer> Trace(string host, Func<Task<CommandAnswer>> work) => _bench.Limits.WithinAsync(Domain.Policies.PolicyCommand.Trace, call, host, work);
    }
}
