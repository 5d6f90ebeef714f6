using System.Collections.Immutable;
using System.Data.Common;
using System.IO.Compression;
using System.Security.Cryptography;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Adapters.Sql;

/// <summary>Incidents in an SQL database.</summary>
/// <param name="database">The open database.</param>
/// <param name="signer">Signs what is written; <see langword="null"/> to write unsigned, or only to read.</param>
public sealed class SqlIncidentStore(SqlDatabase database, ITranscriptSigner? signer = null) : IIncidentStore
{
    /// <inheritdoc/>
    public bool IsShared => database.IsShared;

    private const string LineColumns = "id, host, state, open, opened_by, opened_at, ended_at, seq, head, signed_by, signature";

    /// <inheritdoc/>
    public Task<OpenOutcome> OpenAsync(IncidentOpening opening, CancellationToken cancellationToken) => database.WriteAsync<OpenOutcome>(
        connection =>
        {
            if (BusyOn(connection, opening.Host) is { } busy)
            {
                return new OpenOutcome.HostBusy(busy);
            }

            if (connection.Scalar(
                "INSERT INTO incidents (host, state, open, opened_by, opened_at, seq, head) VALUES (@host, '', 1, '', 0, 0, @head) ON CONFLICT DO NOTHING RETURNING id",
                ("@host", opening.Host), ("@head", EventChain.Start)) is not long number)
            {
                // Another service opened one at this very moment. Should it have ended again by now, whoever asked joins in vain and comes back.
                return BusyOn(connection, opening.Host) is { } faster
                    ? new OpenOutcome.HostBusy(faster)
                    : throw new StoreException($"an incident on {opening.Host} was opened and ended elsewhere at the same moment; ask again");
            }

            var id = new IncidentId(number);
            Store(connection, id, opening.Decide(id), opening.Inbox);
            return new OpenOutcome.Opened(id);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<AppendOutcome> AppendAsync(IncidentAppend append, CancellationToken cancellationToken) => database.WriteAsync<AppendOutcome>(
        connection =>
        {
            var (incident, change) = (append.Incident, append.Change);
            var current = connection.Scalar(
                $"SELECT 1 FROM incidents WHERE id = @id AND seq = @seq AND head = @head{database.Locked}",
                ("@id", incident.Number), ("@seq", append.ExpectedSeq), ("@head", append.ExpectedHead));
            if (current is null)
            {
                return new AppendOutcome.Conflict();
            }

            if (append.Settles is { } settlement && !OutboxRows.Settle(database, connection, settlement))
            {
                return new AppendOutcome.ClaimLost();
            }

            Store(connection, incident, change, append.Inbox);
            return new AppendOutcome.Appended();
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<ImmutableArray<StoredEvent>> LoadAsync(IncidentId incident, long afterSeq, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Rows(
            row => new StoredEvent(row.GetInt64(0), row.GetString(1), row.Bytes(2), row.GetString(3), row.GetString(4)) { At = row.Moment(5) },
            "SELECT seq, type, body, previous_hash, hash, at FROM incident_events WHERE incident = @id AND seq > @after ORDER BY seq",
            ("@id", incident.Number), ("@after", afterSeq)).ToImmutableArray(),
        cancellationToken);

    /// <inheritdoc/>
    public Task<IncidentLine?> FindAsync(IncidentId incident, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Rows(ReadLine, $"SELECT {LineColumns} FROM incidents WHERE id = @id", ("@id", incident.Number)).SingleOrDefault(), cancellationToken);

    /// <inheritdoc/>
    public Task<ImmutableArray<IncidentLine>> ListAsync(IncidentFilter filter, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Rows(
            ReadLine,
            $"""
            SELECT {LineColumns} FROM incidents
            WHERE (CAST(@open AS BIGINT) IS NULL OR open = @open) AND (CAST(@host AS TEXT) IS NULL OR host = @host) AND (CAST(@before AS BIGINT) IS NULL OR id < @before)
            ORDER BY id DESC LIMIT @limit
            """,
            ("@open", filter.Open), ("@host", filter.Host), ("@before", filter.Before?.Number), ("@limit", Math.Clamp(filter.Limit, 1, 1000))).ToImmutableArray(),
        cancellationToken);

    /// <inheritdoc/>
    public Task<BlobRef> PutBlobAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var blob = new BlobRef(Convert.ToHexStringLower(SHA256.HashData(bytes.Span)), bytes.Length);
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(bytes.Span);
        }

        var stored = compressed.ToArray();
        return database.WriteAsync(
            connection =>
            {
                connection.Run(
                    "INSERT INTO blobs (sha256, length, zlib) VALUES (@sha256, @length, @zlib) ON CONFLICT (sha256) DO NOTHING",
                    ("@sha256", blob.Sha256), ("@length", blob.Bytes), ("@zlib", stored));
                return blob;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>?> GetBlobAsync(string sha256, CancellationToken cancellationToken)
    {
        var stored = await database.ReadAsync(connection => connection.Scalar("SELECT zlib FROM blobs WHERE sha256 = @sha256", ("@sha256", sha256)) as byte[], cancellationToken);
        if (stored is null)
        {
            return null;
        }

        try
        {
            using var bytes = new MemoryStream();
            using (var zlib = new ZLibStream(new MemoryStream(stored), CompressionMode.Decompress))
            {
                await zlib.CopyToAsync(bytes, cancellationToken);
            }

            return Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray())) == sha256
                ? bytes.ToArray()
                : throw new StoreException($"the stored output {sha256} does not have its hash any more; restore the database from a backup");
        }
        catch (InvalidDataException failure)
        {
            throw new StoreException($"the stored output {sha256} cannot be unpacked; restore the database from a backup", failure);
        }
    }

    private void Store(DbConnection connection, IncidentId incident, IncidentChange change, InboxDone? inbox)
    {
        foreach (var stored in change.Events)
        {
            connection.Run(
                "INSERT INTO incident_events (incident, seq, at, type, body, previous_hash, hash) VALUES (@incident, @seq, @at, @type, @body, @previous, @hash)",
                ("@incident", incident.Number), ("@seq", stored.Seq), ("@at", stored.At.UtcTicks), ("@type", stored.Type),
                ("@body", stored.Body.ToArray()), ("@previous", stored.PreviousHash), ("@hash", stored.Hash));
        }

        var line = change.Line;
        var signature = signer?.Sign(TranscriptSignature.Content(incident, line.Events, line.Head));
        connection.Run(
            """
            UPDATE incidents
            SET state = @state, open = @open, opened_by = @by, opened_at = @opened, ended_at = @ended, seq = @seq, head = @head, signed_by = @key, signature = @signature
            WHERE id = @id
            """,
            ("@state", line.State), ("@open", line.IsOpen), ("@by", line.OpenedBy.Value), ("@opened", line.OpenedAt.UtcTicks), ("@ended", line.EndedAt?.UtcTicks),
            ("@seq", line.Events), ("@head", line.Head), ("@key", signature?.Key), ("@signature", signature?.Value), ("@id", incident.Number));
        OutboxRows.Add(database, connection, incident, change.Effects);
        if (inbox is not null)
        {
            InboxRows.Done(connection, inbox);
        }

        database.Announce(connection);
    }

    private static IncidentId? BusyOn(DbConnection connection, string host)
        => connection.Scalar("SELECT id FROM incidents WHERE host = @host AND open = 1", ("@host", host)) is long busy ? new(busy) : null;

    private static IncidentLine ReadLine(DbDataReader row) => new()
    {
        Id = new(row.GetInt64(0)),
        Host = row.GetString(1),
        State = row.GetString(2),
        IsOpen = row.Flag(3),
        OpenedBy = new PersonId(row.GetString(4)),
        OpenedAt = row.Moment(5),
        EndedAt = row.IsDBNull(6) ? null : row.Moment(6),
        Events = row.GetInt64(7),
        Head = row.GetString(8),
        Signature = row.IsDBNull(9) || row.IsDBNull(10) ? null : new(row.GetString(9), row.GetString(10)),
    };
}
