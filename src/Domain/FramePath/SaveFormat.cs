using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>A chain as <c>iptables-save</c> or <c>ebtables-save</c> prints it.</summary>
/// <param name="Name">Name.</param>
/// <param name="Policy">Policy word; <c>-</c> for a user's chain of iptables.</param>
/// <param name="PolicyPackets">Packets that met the policy.</param>
/// <param name="Rules">Rules in order.</param>
public sealed record SavedChain(string Name, string Policy, long? PolicyPackets, ImmutableArray<FilterRule> Rules);

/// <summary>A table as <c>iptables-save</c> or <c>ebtables-save</c> prints it.</summary>
/// <param name="Name">Name.</param>
/// <param name="Chains">Chains by name.</param>
public sealed record SavedTable(string Name, ImmutableDictionary<string, SavedChain> Chains);

/// <summary>Reads the save format that iptables and ebtables share.</summary>
internal static class SaveFormat
{
    /// <summary>Reads all tables; the rule reader gives the words of a rule their meaning.</summary>
    public static ImmutableArray<SavedTable> Read(string text, Func<ImmutableArray<string>, ImmutableArray<RuleStep>> rule)
    {
        var tables = ImmutableArray.CreateBuilder<SavedTable>();
        var (name, chains) = ("", new Dictionary<string, (string Policy, long? Packets, List<FilterRule> Rules)>());
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.Trim();
            if (line.StartsWith('*'))
            {
                Close();
                (name, chains) = (line[1..], []);
            }
            else if (line.StartsWith(':') && line[1..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var chain, var policy, ..] words)
            {
                chains[chain] = (policy, words.Length > 2 ? Packets(words[2]) : null, []);
            }
            else if (line.StartsWith('[') || line.StartsWith("-A ", StringComparison.Ordinal))
            {
                Rule(chains, line, rule);
            }
        }

        Close();
        return tables.ToImmutable();

        void Close()
        {
            if (name.Length > 0)
            {
                tables.Add(new(name, chains.ToImmutableDictionary(
                    chain => chain.Key, chain => new SavedChain(chain.Key, chain.Value.Policy, chain.Value.Packets, [.. chain.Value.Rules]))));
            }
        }
    }

    /// <summary>Splits a line into words; double quotes hold words together, a backslash takes the next character as it is.</summary>
    public static ImmutableArray<string> Words(string line)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        var word = new StringBuilder();
        var (quoted, started) = (false, false);
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '\\' && quoted && i + 1 < line.Length)
            {
                word.Append(line[++i]);
            }
            else if (c == '"')
            {
                (quoted, started) = (!quoted, true);
            }
            else if (!quoted && c is ' ' or '\t' && !quoted)
            {
                Flush();
            }
            else
            {
                word.Append(c);
            }
        }

        Flush();
        return words.ToImmutable();

        void Flush()
        {
            if (word.Length > 0 || started)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            started = false;
        }
    }

    private static void Rule(
        Dictionary<string, (string Policy, long? Packets, List<FilterRule> Rules)> chains, string line, Func<ImmutableArray<string>, ImmutableArray<RuleStep>> read)
    {
        var start = line.IndexOf("-A ", StringComparison.Ordinal);
        if (start < 0)
        {
            return;
        }

        var text = line[start..];
        var words = Words(text);
        if (words.Length < 2)
        {
            return;
        }

        if (!chains.TryGetValue(words[1], out var chain))
        {
            chains[words[1]] = chain = ("-", null, []);
        }

        // ebtables prints its counters behind the rule: "-c 12 3456".
        var counted = words is [.., "-c", _, _] ? words.Length - 3 : words.Length;
        var packets = start > 0 ? Packets(line[..start].Trim()) : counted < words.Length ? Number(words[^2]) : null;
        chain.Rules.Add(new() { Text = text, Packets = packets, Steps = read(words[2..counted]) });
    }

    /// <summary>The packets of <c>[12:3456]</c>.</summary>
    private static long? Packets(string counters)
        => counters is ['[', .. var inner, ']'] && inner.Split(':') is [var packets, _] ? Number(packets) : null;

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
