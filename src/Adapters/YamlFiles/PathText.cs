namespace ChatOpsBot.Adapters.YamlFiles;

/// <summary>Paths as people write them in settings and inventory.</summary>
public static class PathText
{
    /// <summary>The absolute path: <c>~/</c> is the home directory, a relative path starts at <paramref name="baseDirectory"/>.</summary>
    public static string Absolute(string path, string baseDirectory)
        => path.StartsWith("~/", StringComparison.Ordinal)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[2..])
            : Path.GetFullPath(Path.Combine(baseDirectory, path));

    /// <summary>Why an existing, readable file is needed and this is none; <see langword="null"/> when it is.</summary>
    public static string? WhyUnusable(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                return $"{path} is a directory, not a file";
            }

            using var _ = File.OpenRead(path);
            return null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"the file {path} does not exist";
        }
        catch (UnauthorizedAccessException)
        {
            return $"the file {path} may not be read by this account";
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            return $"the file {path} cannot be read ({e.Message})";
        }
    }
}
