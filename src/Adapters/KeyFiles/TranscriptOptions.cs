namespace ChatOpsBot.Adapters.KeyFiles;

/// <summary>How transcripts are signed; section <c>Transcript</c>.</summary>
public sealed class TranscriptOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Transcript";

    /// <summary>PEM file with the ECDSA P-256 private key; made at the first start, readable by the service's user only.</summary>
    public string SigningKeyFile { get; set; } = "data/signing-key.pem";

    /// <summary>What is wrong with the options, each a sentence naming its key; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(SigningKeyFile))
        {
            yield return "Transcript:SigningKeyFile is empty; name the file that holds the signing key, or where to make it";
        }
    }
}
