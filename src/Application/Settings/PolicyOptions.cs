namespace ChatOpsBot.Application.Settings;

/// <summary>Where the policy is; section <c>Policy</c>.</summary>
public sealed class PolicyOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Policy";

    /// <summary>Absolute path of the file.</summary>
    public string File { get; set; } = "policy.yaml";
}
