using ChatOpsBot.Adapters.KeyFiles;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Retention;
using ChatOpsBot.Application.Settings;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;
using ChatOpsBot.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Adapters.Tests.Sqlite;

/// <summary>Old incidents leave a real store, and their transcripts stay, in files that can be verified.</summary>
public sealed class RetentionServiceTests : IDisposable
{
    private readonly SqliteStores _stores = new();
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(30, 1)]
    [InlineData(0, 0)]
    public async Task Cut_OldIncident_IsArchivedAndGone_UnlessAllIsKept(int days, int removed)
    {
        using var store = _stores.Open();
        await EndedAsync(store.Incidents, store.Outbox);

        Assert.Equal(removed, await Service(store.Retention, store.Incidents, days).CutAsync(Token));
        Assert.Equal(removed == 0, await store.Incidents.FindAsync(new(1), Token) is not null);
        var file = Path.Combine(_folder.Path, "transcripts", "I-1.json");
        Assert.Equal(removed == 1, File.Exists(file));
        if (removed == 1)
        {
#pragma warning disable CA1416 // runs on Linux only
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
#pragma warning restore CA1416
            var read = Assert.IsType<TranscriptReading.Readable>(TranscriptExport.Read(await File.ReadAllBytesAsync(file, Token)));
            Assert.Empty(EventChain.Problems(new(1), read.Transcript.Events));
            Assert.Equal(2, read.Transcript.Events.Length);
        }
    }

    [Fact]
    public async Task Cut_ArchiveCannotBeWritten_NothingIsRemoved()
    {
        using var store = _stores.Open();
        await EndedAsync(store.Incidents, store.Outbox);
        _folder.Write("transcripts", "a file where the folder should be");

        await Assert.ThrowsAsync<StoreException>(() => Service(store.Retention, store.Incidents, 30).CutAsync(Token));
        Assert.NotNull(await store.Incidents.FindAsync(new(1), Token));
    }

    public void Dispose()
    {
        _stores.Dispose();
        _folder.Dispose();
    }

    private RetentionService Service(IRetention retention, IIncidentStore incidents, int days) => new(
        retention, new(incidents), new TranscriptFolder(new() { SigningKeyFile = Path.Combine(_folder.Path, "signing-key.pem") }),
        new StorageOptions { RetentionDays = days }, new LongAfter(), NullLogger<RetentionService>.Instance);

    private static async Task EndedAsync(IIncidentStore incidents, IEffectOutbox outbox)
    {
        var service = new IncidentService(incidents, new EffectSignal());
        await service.OpenOrJoinAsync(Opened.Request, Ann, null, new(), Noon, null, Token);
        Assert.IsType<ApplyOutcome.Applied>(await service.ApplyAsync(new(1), [new IncidentEvent.CancelRequested(At(1), Ann, null)], null, null, Token));
        foreach (var due in await outbox.DueLanesAsync(At(2), Token))
        {
            while (await outbox.TakeAsync(due.Lane, At(2), At(3), 10, Token) is [var taken, ..])
            {
                await outbox.SettleAsync(new(taken.Claim, EffectEnd.Done, At(2)), Token);
            }
        }
    }

    private sealed class LongAfter : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Noon.AddDays(40);
    }
}
