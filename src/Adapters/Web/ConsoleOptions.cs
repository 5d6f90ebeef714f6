namespace ChatOpsBot.Adapters.Web;

/// <summary>The web console's own secrets; section <c>Console</c>.</summary>
public sealed class ConsoleOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Console";

    /// <summary>
    /// File with 32 random bytes in base64 that encrypts the keys of session cookies; made at the first start, readable by the service's user only.
    /// The encrypted keys are kept in a folder of the same name with the ending <c>.ring</c>.
    /// </summary>
    public string KeyFile { get; set; } = "data/console-key";

    /// <summary>What is wrong with the options, each a sentence naming its key; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(KeyFile))
        {
            yield return "Console:KeyFile is empty; name the file that holds the console's key, or where to make it";
        }
    }
}
