namespace ChatOpsBot.Application.Settings;

/// <summary>Why a setting cannot be worked with.</summary>
/// <param name="Key">The setting, path with colons.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record SettingProblem(string Key, string What, string Remedy);
