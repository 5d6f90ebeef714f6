using ChatOpsBot.Adapters.Ssh;

namespace ChatOpsBot.Host.Settings;

/// <summary>The settings in force. Filled and checked once at start.</summary>
internal sealed class ProgramOptions
{
    /// <summary>Absolute path of the inventory.</summary>
    public string InventoryFile { get; set; } = "";

    /// <summary>How hosts are reached.</summary>
    public SshOptions Ssh { get; } = new();
}
