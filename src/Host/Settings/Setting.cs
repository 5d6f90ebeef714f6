namespace ChatOpsBot.Host.Settings;

/// <summary>What a setting holds as it was written.</summary>
internal enum SettingKind
{
    Text,
    Number,
    Flag,
    Null,
    Section,
    List,
}

/// <summary>One setting as it was written somewhere.</summary>
/// <param name="Key">Path with colons: <c>Ssh:User</c>.</param>
/// <param name="Value">Its text; empty for sections and lists.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Source">Where it was written.</param>
internal sealed record Setting(string Key, string Value, SettingKind Kind, SettingSource Source)
{
    /// <summary>Whether it counts as not set.</summary>
    public bool IsUnset => Kind == SettingKind.Null || (Kind == SettingKind.Text && Value.Length == 0);
}

/// <summary>Where a setting comes from.</summary>
/// <param name="Text">For people: <c>/etc/x/appsettings.json:12</c>, <c>environment variable Ssh__User</c> or <c>default</c>.</param>
/// <param name="BaseDirectory">Where a relative path in it starts.</param>
internal sealed record SettingSource(string Text, string BaseDirectory)
{
    /// <summary>Whether it is the environment of the process.</summary>
    public bool IsEnvironment { get; init; }
}

/// <summary>A setting that cannot be used.</summary>
/// <param name="Source">File and line, or the environment variable.</param>
/// <param name="Key">The setting; empty when the source as a whole is at fault.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record SettingFault(string Source, string Key, string What, string Remedy)
{
    public override string ToString() => Key.Length == 0 ? $"{Source}: {What}; {Remedy}" : $"{Source}: {Key}: {What}; {Remedy}";
}
