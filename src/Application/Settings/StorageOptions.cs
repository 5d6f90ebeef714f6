namespace ChatOpsBot.Application.Settings;

/// <summary>What keeps incidents; section <c>Storage</c>. The connection is with the adapter's own options.</summary>
public sealed class StorageOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Storage";

    /// <summary>Which store.</summary>
    public StorageProvider Provider { get; set; } = StorageProvider.Sqlite;

    /// <summary>Days after its end that an incident is to be kept; 0 keeps all for ever. What goes is put as a signed transcript into the folder <c>transcripts</c> beside the signing key first.</summary>
    public int RetentionDays { get; set; }
}

/// <summary>The stores that exist.</summary>
public enum StorageProvider
{
    /// <summary>One file, one service.</summary>
    Sqlite,

    /// <summary>A PostgreSQL server, several services.</summary>
    Postgres,
}
