namespace ChatOpsBot.Application.Settings;

/// <summary>Where the inventory is; section <c>Inventory</c>.</summary>
public sealed class InventoryOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Inventory";

    /// <summary>Absolute path of the file.</summary>
    public string File { get; set; } = "inventory.yaml";
}
