using ChatOpsBot.Adapters.KeyFiles;
using ChatOpsBot.Adapters.Sqlite;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Adapters.Sql;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;
using ChatOpsBot.Support;
using Microsoft.Data.Sqlite;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Adapters.Tests.Sqlite;

/// <summary>Somebody with write access to the database but without the key.</summary>
public sealed class SqliteSignatureTests : IAsyncLifetime
{
    private readonly SqliteStores _stores = new();
    private readonly SigningKeyFile _key;
    private IncidentId _id;

    public SqliteSignatureTests() => _key = SigningKeyFile.Open(new() { SigningKeyFile = _stores.Database + ".pem" });

    public async ValueTask InitializeAsync()
    {
        using var database = SqliteDatabase.Open(_stores.Options, new ManualTime());
        var store = new SqlIncidentStore(database, _key);
        var service = new IncidentService(store, new EffectSignal());
        var opened = (ApplyOutcome.Applied)await service.OpenOrJoinAsync(Opened.Request, Ann, Channel, new(), Noon, null, TestContext.Current.CancellationToken);
        _id = opened.View.Incident.Id;
        var read = await store.PutBlobAsync("what the host said"u8.ToArray(), TestContext.Current.CancellationToken);
        foreach (var happened in (IncidentEvent[])[Fault() with { Snapshot = read }, Proposed(), Approved(Bo)])
        {
            Assert.IsType<ApplyOutcome.Applied>(await service.ApplyAsync(_id, [happened], null, null, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Verify_UntouchedStoreReadWhileItIsOpen_IsGood()
    {
        using var serving = SqliteDatabase.Open(_stores.Options, new ManualTime());

        var verification = await VerifyAsync();

        Assert.Empty(verification.Problems);
        Assert.Empty(verification.NotChecked);
        Assert.Equal(4, verification.Count);
    }

    [Fact]
    public async Task Verify_LastEventTakenAwayWithTheLineMadeToFit_IsFound()
    {
        var head = (await ReadAsync()).Transcript.Events[^1].PreviousHash;
        Tamper("DELETE FROM incident_events WHERE seq = 4", $"UPDATE incidents SET seq = 3, head = '{head}'");

        Assert.Contains((await VerifyAsync()).Problems, problem => problem.Contains("last events were removed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verify_LastEventTakenAwayOnly_IsFoundWithoutTheKey()
    {
        Tamper("DELETE FROM incident_events WHERE seq = 4");

        var problem = Assert.Single(TranscriptVerification.Verify(await ReadAsync(), null).Problems);

        Assert.Contains("it says 4 events and has 3", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_ChainRecomputedAsAWhole_IsFound()
    {
        var read = await ReadAsync();
        var (previous, statements) = (EventChain.Start, new List<string>());
        foreach (var stored in read.Transcript.Events)
        {
            var happened = stored.Read() is IncidentEvent.Approved approved ? approved with { By = Cy } : stored.Read();
            var forged = EventChain.Link(_id, stored.Seq, happened, previous);
            statements.Add($"UPDATE incident_events SET body = x'{Convert.ToHexString(forged.Body.Span)}', previous_hash = '{previous}', hash = '{forged.Hash}' WHERE seq = {stored.Seq}");
            previous = forged.Hash;
        }

        Tamper([.. statements, $"UPDATE incidents SET head = '{previous}'"]);

        Assert.True(TranscriptVerification.Verify(await ReadAsync(), null).IsGood);
        Assert.Contains((await VerifyAsync()).Problems, problem => problem.Contains("recomputed as a whole", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verify_SignatureTakenAway_IsFound()
    {
        Tamper("UPDATE incidents SET signature = NULL, signed_by = NULL");

        Assert.Contains("it has no signature", (await VerifyAsync()).Problems);
    }

    [Fact]
    public void OpenToRead_NoDatabase_SaysSoAndMakesNone()
    {
        var options = new SqliteOptions { ConnectionString = $"Data Source={_stores.Database}.other" };

        Assert.Contains("there is no database", Assert.Throws<StoreException>(() => SqliteDatabase.OpenToRead(options)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(options.File()));
    }

    [Fact]
    public void OpenToRead_OlderSchema_SaysWhatToDo()
    {
        Tamper("DELETE FROM schema_migrations WHERE number = 2");

        Assert.Contains("start the service of this version once", Assert.Throws<StoreException>(() => SqliteDatabase.OpenToRead(_stores.Options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenToRead_Write_IsABug()
    {
        using var database = SqliteDatabase.OpenToRead(_stores.Options);

        await Assert.ThrowsAsync<InvalidOperationException>(() => new SqlIncidentStore(database).PutBlobAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    public ValueTask DisposeAsync()
    {
        _key.Dispose();
        _stores.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<TranscriptVerification> VerifyAsync() => TranscriptVerification.Verify(await ReadAsync(), _key.PublicKeyPem);

    private async Task<TranscriptReading.Readable> ReadAsync()
    {
        using var database = SqliteDatabase.OpenToRead(_stores.Options);
        var read = await new TranscriptService(new SqlIncidentStore(database)).ReadAsync(_id, TestContext.Current.CancellationToken);
        return Assert.IsType<TranscriptReading.Readable>(read);
    }

    private void Tamper(params string[] statements)
    {
        using var connection = new SqliteConnection($"Data Source={_stores.Database};Pooling=False");
        connection.Open();
        foreach (var statement in statements)
        {
            using var command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
    }
}
