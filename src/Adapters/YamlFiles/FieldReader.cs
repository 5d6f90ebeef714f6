using ChatOpsBot.Application.Wording;

namespace ChatOpsBot.Adapters.YamlFiles;

/// <summary>Reads the fields of one mapping by name and reports those that nobody may write.</summary>
internal sealed class FieldReader
{
    private readonly YamlMap _map;
    private readonly FaultList _faults;
    private readonly string _what;
    private readonly StringComparison _comparison;

    /// <summary>Opens a mapping and reports its unknown keys.</summary>
    /// <param name="map">The mapping.</param>
    /// <param name="what">What it describes, for messages: "a host".</param>
    /// <param name="keys">The keys it may have.</param>
    /// <param name="faults">Where faults go.</param>
    /// <param name="comparison">How keys are compared.</param>
    public FieldReader(YamlMap map, string what, IReadOnlyList<string> keys, FaultList faults, StringComparison comparison = StringComparison.Ordinal)
    {
        _map = map;
        _faults = faults;
        _what = what;
        _comparison = comparison;
        foreach (var (key, _) in map.Entries)
        {
            if (!keys.Any(known => string.Equals(known, key.Text, comparison)))
            {
                faults.Add(key, $"{what} has no key {Shown.Quote(key.Text)}{NearestWord.Hint(key.Text, keys)}", $"use one of {string.Join(", ", keys)}, or remove it");
            }
        }
    }

    /// <summary>The value of a key, or <see langword="null"/> when it is not there. A key without a value is a fault.</summary>
    public YamlNode? Find(string key)
    {
        YamlNode? found = null;
        foreach (var (name, value) in _map.Entries)
        {
            if (!string.Equals(name.Text, key, _comparison))
            {
                continue;
            }

            if (found is not null)
            {
                _faults.Add(name, $"the key {Shown.Quote(name.Text)} stands here a second time", "keep one of the two");
            }
            else if (value is YamlScalar { IsNull: true })
            {
                _faults.Add(name, $"{Shown.Quote(name.Text)} has no value", "write the value or remove the key");
            }
            else
            {
                found = value;
            }
        }

        return found;
    }

    /// <summary>Whether the key is there, with or without a usable value.</summary>
    public bool Has(string key) => _map.Entries.Any(entry => string.Equals(entry.Key.Text, key, _comparison));

    /// <summary>The text of a key that passes <paramref name="check"/>; <see langword="null"/> when it is not there or at fault.</summary>
    /// <param name="key">The key.</param>
    /// <param name="check">Returns what is wrong and what to do, or <see langword="null"/>.</param>
    public YamlScalar? Text(string key, Func<string, (string What, string Remedy)?> check)
        => Find(key) is { } node ? AsText(node, key, check) : null;

    /// <summary>As <see cref="Text"/>; a missing key is a fault.</summary>
    public YamlScalar? RequiredText(string key, Func<string, (string What, string Remedy)?> check, string example)
    {
        if (!Has(key))
        {
            _faults.Add(_map, $"{_what} needs {key}", $"add {example}");
        }

        return Text(key, check);
    }

    /// <summary>A list of texts; empty when it is not there.</summary>
    public List<YamlScalar> Texts(string key, Func<string, (string What, string Remedy)?> check)
    {
        if (Find(key) is not { } node)
        {
            return [];
        }

        if (node is not YamlList list)
        {
            _faults.Add(node, $"{key} has to be a list, this is {node.Kind}", $"write it in brackets, for example {key}: [one, two]");
            return [];
        }

        var texts = new List<YamlScalar>();
        foreach (var item in list.Items)
        {
            if (AsText(item, key, check) is not { } text)
            {
                continue;
            }

            if (texts.Any(other => other.Text == text.Text))
            {
                _faults.Add(text, $"{Shown.Quote(text.Text)} stands twice in {key}", "keep one of the two");
            }
            else
            {
                texts.Add(text);
            }
        }

        return texts;
    }

    private YamlScalar? AsText(YamlNode node, string key, Func<string, (string What, string Remedy)?> check)
    {
        if (node is not YamlScalar scalar)
        {
            _faults.Add(node, $"{key} has to be a text, this is {node.Kind}", "write one value; put a text with braces or brackets in quotes");
            return null;
        }

        if (scalar.IsNull || scalar.Text.Length == 0)
        {
            _faults.Add(node, $"{key} has an empty value", "write the value or remove it");
            return null;
        }

        if (check(scalar.Text) is not (var what, var remedy))
        {
            return scalar;
        }

        _faults.Add(scalar, $"{key}: {what}", remedy);
        return null;
    }
}
