namespace ChatOpsBot.Application.Ports;

/// <summary>Tells whether files have changed without reading them.</summary>
public interface IFileStamps
{
    /// <summary>A text that differs whenever one of the files, or a YAML file below one of the folders, was changed, added, removed or replaced.</summary>
    /// <param name="paths">Absolute paths of files and folders; one that is missing is part of the text, too.</param>
    string StampOf(IReadOnlyCollection<string> paths);
}
