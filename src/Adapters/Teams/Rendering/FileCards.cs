using System.Text;
using System.Text.Json.Nodes;

namespace ChatOpsBot.Adapters.Teams.Rendering;

/// <summary>What a file is that the bot offers.</summary>
internal static class TeamsFile
{
    /// <summary>The transcript of an incident.</summary>
    public const string Transcript = "transcript";

    /// <summary>All that a card has to say.</summary>
    public const string Details = "details";

    /// <summary>Invoke by which a person takes or declines it.</summary>
    public const string Consent = "fileConsent/invoke";

    /// <summary>Verb of what is written down about it.</summary>
    public const string Verb = "cob.file";

    /// <summary>Answer that says which of them it is.</summary>
    public const string Kind = "kind";

    /// <summary>Answer that says whether the person took it.</summary>
    public const string Taken = "taken";
}

/// <summary>The two cards of Teams that give a file in a personal chat: the offer, and the file after it was taken.</summary>
internal static class FileCards
{
    private const string ConsentType = "application/vnd.microsoft.teams.card.file.consent";
    private const string InfoType = "application/vnd.microsoft.teams.card.file.info";

    /// <summary>Offers a file. Only which one it is goes out; the words are made when it is taken.</summary>
    /// <param name="name">File name, ours.</param>
    /// <param name="what">What it is, ours.</param>
    /// <param name="text">The file as it is now, for its size.</param>
    /// <param name="token">Token that shows the incident and changes nothing.</param>
    /// <param name="kind">Which file.</param>
    /// <param name="otherwise">What is sent where files cannot be offered.</param>
    public static TeamsCard Offer(string name, string what, string text, string token, string kind, IReadOnlyList<TeamsCard> otherwise)
    {
        JsonObject Context() => new() { [TeamsVerbs.Verb] = TeamsFile.Verb, [TeamsVerbs.Token] = token, [TeamsFile.Kind] = kind };
        var content = new JsonObject
        {
            ["description"] = what,
            ["sizeInBytes"] = Encoding.UTF8.GetByteCount(text),
            ["acceptContext"] = Context(),
            ["declineContext"] = Context(),
        };
        return new(content, Neutral.Of($"{what}: {name}", 500), null) { ContentType = ConsentType, Name = name, Otherwise = otherwise };
    }

    /// <summary>The file as Teams shows it.</summary>
    /// <param name="name">File name.</param>
    /// <param name="address">Where it is; for people who may see it there.</param>
    /// <param name="id">The store's id of it.</param>
    /// <param name="type">Ending of its name.</param>
    public static TeamsCard Given(string name, string address, string id, string type)
        => new(new() { ["uniqueId"] = id, ["fileType"] = type }, Neutral.Of(name, 500), null) { ContentType = InfoType, Name = name, Address = address };
}
