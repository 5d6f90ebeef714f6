namespace ChatOpsBot.Application.Settings;

/// <summary>Secrets that lie in files of their own.</summary>
public static class SecretFiles
{
    /// <summary>The secret that is set, else what the file holds.</summary>
    /// <param name="value">The secret; empty when it is not set.</param>
    /// <param name="file">The file; empty for none.</param>
    /// <param name="key">Setting that names the file.</param>
    /// <param name="problems">Takes what is wrong with the file.</param>
    public static string Read(string value, string file, string key, List<SettingProblem> problems)
    {
        if (value.Length > 0 || file.Length == 0)
        {
            return value;
        }

        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            problems.Add(new(key, $"{file} cannot be read: {failure.Message}", "give the service's user the right to read it"));
            return "";
        }
    }
}
