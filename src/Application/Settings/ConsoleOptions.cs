namespace ChatOpsBot.Application.Settings;

/// <summary>Keys of the web console; section <c>Console</c>.</summary>
public sealed class ConsoleOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Console";

    /// <summary>Absolute path of the file with the key that encrypts the keys of session cookies; made at the first start, for the service's user only.</summary>
    public string KeyFile { get; set; } = "data/console.key";
}
