namespace ChatOpsBot.Domain.Evidence.Configuration;

/// <summary>A value of a YAML document.</summary>
/// <param name="Origin">File and line where it starts.</param>
internal abstract record YamlNode(string Origin)
{
    /// <summary>A mapping; keys in order.</summary>
    public sealed record Map(string Origin, List<KeyValuePair<string, YamlNode>> Entries) : YamlNode(Origin);

    /// <summary>A sequence.</summary>
    public sealed record Sequence(string Origin, List<YamlNode> Items) : YamlNode(Origin);

    /// <summary>A scalar; <see langword="null"/> for an empty value.</summary>
    public sealed record Scalar(string Origin, string? Text) : YamlNode(Origin);

    /// <summary>The member of that name of a mapping.</summary>
    public YamlNode? this[string key]
        => this is Map map ? map.Entries.Where(entry => entry.Key == key).Select(entry => entry.Value).LastOrDefault() : null;

    /// <summary>The text of a scalar member.</summary>
    public string? Get(string key) => this[key] is Scalar scalar ? scalar.Text : null;

    /// <summary>The members of a mapping; none for anything else.</summary>
    public IEnumerable<KeyValuePair<string, YamlNode>> Members => this is Map map ? map.Entries : [];

    /// <summary>The scalars of a sequence member; of mappings in it the keys (<c>- "10.0.0.1/24": {label: x}</c>); a lone scalar counts as one.</summary>
    public IEnumerable<string> Texts(string key) => this[key] switch
    {
        Sequence sequence => sequence.Items.SelectMany(item => item switch
        {
            Scalar { Text: { } text } => [text],
            Map map => map.Entries.Select(entry => entry.Key),
            _ => Enumerable.Empty<string>(),
        }),
        Scalar { Text: { } text } => [text],
        _ => [],
    };

    /// <summary>Two documents as one, as netplan does it: mappings merge, sequences are joined, a later scalar wins.</summary>
    public static YamlNode Merge(YamlNode first, YamlNode second)
    {
        switch (first, second)
        {
            case (Map a, Map b):
                var entries = a.Entries.ToList();
                foreach (var (key, value) in b.Entries)
                {
                    var at = entries.FindIndex(entry => entry.Key == key);
                    if (at < 0)
                    {
                        entries.Add(new(key, value));
                    }
                    else
                    {
                        entries[at] = new(key, Merge(entries[at].Value, value));
                    }
                }

                return new Map(a.Origin, entries);
            case (Sequence a, Sequence b):
                return new Sequence(a.Origin, [.. a.Items, .. b.Items]);
            default:
                return second;
        }
    }
}
