using System.Globalization;
using ChatOpsBot.Adapters.KeyFiles;
using ChatOpsBot.Adapters.Postgres;
using ChatOpsBot.Adapters.Sqlite;
using ChatOpsBot.Adapters.YamlFiles.Policies;
using ChatOpsBot.Adapters.YamlFiles.Runbooks;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Settings;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Host.Settings;

namespace ChatOpsBot.Host.Commands;

/// <summary>What <c>doctor</c> says about this machine's part of the service. Makes no file that stays.</summary>
internal static class SelfPoints
{
    private const UnixFileMode ForOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static IEnumerable<Point> Of(ProgramOptions options, TimeProvider time) =>
    [
        PolicyPoint(options),
        RunbookPoint(options.Runbooks.Directory),
        options.Storage.Provider == StorageProvider.Postgres ? PostgresPoint(options.Postgres, time) : StorePoint(options.Sqlite),
        .. SigningPoints(options.Transcript),
        PrivatePoint("console key", options.Console.KeyFile, "made at the first start of serve"),
        .. options.Http.CertificateKeyFile is { Length: > 0 } key ? [PrivatePoint("certificate key", key, "cannot be read")] : Enumerable.Empty<Point>(),
        ClockPoint(time),
    ];

    /// <summary>The policy, if it can be read.</summary>
    public static Policy? PolicyOf(ProgramOptions options) => new PolicyFile(allowEmulator: options.IsDevelopment).Read(options.Policy.File) is PolicyReading.Loaded(var policy) ? policy : null;

    private static Point PolicyPoint(ProgramOptions options) => new PolicyFile(allowEmulator: options.IsDevelopment).Read(options.Policy.File) switch
    {
        PolicyReading.Loaded(var policy) when policy.People.IsEmpty => new(PointState.Gap, "policy", "allows nobody anything", $"name people and rules in {options.Policy.File}; deploy/sample/policy.yaml shows how"),
        PolicyReading.Loaded(var policy) => new(PointState.Good, "policy", Invariant($"{policy.People.Length} people, {policy.Groups.Count} groups, {policy.Rules.Length} rules")),
        PolicyReading.Refused(var faults) => new(PointState.Gap, "policy", string.Join('\n', faults.Select(fault => fault.ToString()))),
        var other => throw new InvalidOperationException($"unknown reading {other.GetType().Name}"),
    };

    private static Point RunbookPoint(string folder) => new RunbookFiles().ReadAll(folder) switch
    {
        RunbooksReading.Loaded(var runbooks) => new(PointState.Good, "runbooks", Invariant($"{runbooks.ById.Count} in {folder}")),
        RunbooksReading.Refused(var faults) => new(PointState.Gap, "runbooks", string.Join('\n', faults.Select(fault => fault.ToString()))),
        var other => throw new InvalidOperationException($"unknown reading {other.GetType().Name}"),
    };

    private static Point StorePoint(SqliteOptions options)
    {
        var file = Path.GetFullPath(options.File());
        if (WhyNotWritable(Path.GetDirectoryName(file) ?? "/") is { } why)
        {
            return new(PointState.Gap, "store", why, $"give the service's user the folder: install -d -m 0700 -o USER {Path.GetDirectoryName(file)}");
        }

        if (!File.Exists(file))
        {
            return new(PointState.Good, "store", $"{file} is made at the first start of serve");
        }

        try
        {
            using var database = SqliteDatabase.OpenToRead(options);
            return new(PointState.Good, "store", Invariant($"{file}, {new FileInfo(file).Length / 1024} KiB"));
        }
        catch (StoreException failure)
        {
            return new(PointState.Gap, "store", failure.Message);
        }
    }

    private static Point PostgresPoint(PostgresOptions options, TimeProvider time)
    {
        try
        {
            using var database = PostgresDatabase.OpenToRead(options, time);
            var (bytes, version) = database.Facts();
            var ahead = database.ClockAhead();
            return ahead.Duration() > PostgresDatabase.MostClockDifference
                ? new(PointState.Gap, "store", Invariant($"the clock of {database.Shown} is {ahead.TotalSeconds:0.0} s ahead of this machine's (behind, if negative)"), "keep both by one time server")
                : new(PointState.Good, "store", Invariant($"{database.Shown}, PostgreSQL {version}, {bytes / 1024} KiB"));
        }
        catch (StoreException failure)
        {
            return new(PointState.Gap, "store", failure.Message);
        }
    }

    /// <summary>The nearest folder that exists has to let us write; a file that is made and removed tells more than modes do.</summary>
    private static string? WhyNotWritable(string folder)
    {
        var existing = folder;
        while (!Directory.Exists(existing) && Path.GetDirectoryName(existing) is { } above)
        {
            existing = above;
        }

        try
        {
            var attempt = Path.Combine(existing, $".chatopsbot-doctor-{Path.GetRandomFileName()}");
            using var _ = new FileStream(attempt, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{folder} cannot be written ({e.Message})";
        }
    }

    private static IEnumerable<Point> SigningPoints(TranscriptOptions options)
    {
        var file = Path.GetFullPath(options.SigningKeyFile);
        if (!File.Exists(file))
        {
            return [new(PointState.Note, "signing key", $"{file} is made at the first start of serve")];
        }

        try
        {
            using var key = SigningKeyFile.Open(options);
            return
            [
                new(PointState.Good, "signing key", file),
                new(PointState.Note, "public key", $"for chatopsbot transcript verify --key FILE\n{key.PublicKeyPem.Trim()}"),
            ];
        }
        catch (StoreException failure)
        {
            return [new(PointState.Gap, "signing key", failure.Message)];
        }
    }

    private static Point PrivatePoint(string topic, string file, string missing)
    {
        if (!File.Exists(file))
        {
            return new(PointState.Note, topic, $"{file} is {missing}");
        }

#pragma warning disable CA1416 // the service runs on Linux only
        return (File.GetUnixFileMode(file) & ForOthers) == UnixFileMode.None
#pragma warning restore CA1416
            ? new(PointState.Good, topic, file)
            : new(PointState.Gap, topic, $"{file} can be used by others than its owner", $"chmod 600 {file}");
    }

    private static Point ClockPoint(TimeProvider time)
    {
        var now = time.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        // systemd-timesyncd leaves this file once it has agreed with a server; of other programs nothing so simple tells.
        return File.Exists("/run/systemd/timesync/synchronized")
            ? new(PointState.Good, "clock", $"{now}, kept by systemd-timesyncd")
            : new(PointState.Note, "clock", $"{now}; not known to be kept by a time server: timedatectl, or chronyc tracking, tells");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
