namespace ChatOpsBot.Application.Settings;

/// <summary>Where the runbooks are; section <c>Runbooks</c>.</summary>
public sealed class RunbookOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Runbooks";

    /// <summary>Absolute path of the folder; a runbook's id is its path below it without suffix.</summary>
    public string Directory { get; set; } = "runbooks";
}
