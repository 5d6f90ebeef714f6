using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Sqlite;

public sealed class SqliteCrashTests : IDisposable
{
    private readonly SqliteStores _stores = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Slow", "yes")]
    public async Task Kill_AWritingProcessAtAnyMoment_LosesNothingThatWasAcknowledged()
    {
        var acknowledged = new ConcurrentDictionary<long, (long Seq, string Head)>();
        var inbox = new ConcurrentBag<string>();
        var moments = new Random(20261122);
        for (var round = 0; round < 12; round++)
        {
            await WriteAndKillAsync(acknowledged, inbox, lines: moments.Next(1, 120));
            await CheckAsync(acknowledged, inbox);
        }

        Assert.True(acknowledged.Count >= 3, "the writer wrote next to nothing");
    }

    [Fact]
    public async Task Open_ByASecondProcess_IsRefusedNamingTheHolder()
    {
        using var writer = StartWriter();
        try
        {
            await writer.StandardOutput.ReadLineAsync(Token);
            var refused = Assert.Throws<StoreException>(_stores.Open);
            Assert.Contains($"in use by the process {writer.Id};", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            writer.Kill();
            await writer.WaitForExitAsync(Token);
        }

        _stores.Open().Dispose(); // a killed holder leaves no lock behind
    }

    [Fact]
    public void Open_TwiceInOneProcess_IsRefused()
    {
        using var first = _stores.Open();
        Assert.Contains($"process {Environment.ProcessId};", Assert.Throws<StoreException>(_stores.Open).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _stores.Dispose();

    private async Task WriteAndKillAsync(ConcurrentDictionary<long, (long Seq, string Head)> acknowledged, ConcurrentBag<string> inbox, int lines)
    {
        using var writer = StartWriter();
        try
        {
            for (var line = 0; line < lines; line++)
            {
                Note(await writer.StandardOutput.ReadLineAsync(Token));
            }
        }
        finally
        {
            writer.Kill();
        }

        // What it printed before it died counts too; a last line may be cut off.
        var rest = (await writer.StandardOutput.ReadToEndAsync(Token)).Split('\n');
        foreach (var line in rest.SkipLast(1))
        {
            Note(line);
        }

        await writer.WaitForExitAsync(Token);

        void Note(string? line)
        {
            var words = line?.Split(' ') ?? throw new InvalidOperationException("the writer died by itself");
            if (words[0] == "inbox")
            {
                inbox.Add(words[1]);
            }
            else
            {
                acknowledged[long.Parse(words[0], CultureInfo.InvariantCulture)] = (long.Parse(words[1], CultureInfo.InvariantCulture), words[2]);
            }
        }
    }

    private async Task CheckAsync(ConcurrentDictionary<long, (long Seq, string Head)> acknowledged, ConcurrentBag<string> inbox)
    {
        using var store = _stores.Open();
        foreach (var (number, (seq, head)) in acknowledged)
        {
            var id = new IncidentId(number);
            var events = await store.Incidents.LoadAsync(id, 0, Token);
            Assert.Empty(EventChain.Problems(id, events));
            Assert.Equal(head, events[(int)seq - 1].Hash);
            var line = await store.Incidents.FindAsync(id, Token);
            Assert.Equal((events.Length, events[^1].Hash), (line?.Events ?? -1, line?.Head));
        }

        foreach (var key in inbox)
        {
            Assert.False((await store.Inbox.PutAsync(key, IncidentSamples.Noon, "again"u8.ToArray(), Token)).IsNew);
        }
    }

    private Process StartWriter()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "ChatOpsBot.StoreWriter"), [_stores.Database])
        {
            RedirectStandardOutput = true,
        };
#pragma warning disable RS0030 // the killed process has to be a real one
        return Process.Start(start) ?? throw new InvalidOperationException("the writer did not start");
#pragma warning restore RS0030
    }
}
