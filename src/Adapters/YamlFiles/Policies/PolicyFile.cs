using System.Collections.Immutable;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Adapters.YamlFiles.Policies;

/// <summary>The policy as a YAML file. Strict: what is not understood is a fault with its place and a remedy, and all faults are named at once.</summary>
/// <param name="allowEmulator">Whether accounts of local test clients may be named; only in the Development environment on loopback.</param>
public sealed class PolicyFile(bool allowEmulator = false) : IPolicyFile
{
    private const string Example = "people:, groups:, rules: and approvals:";

    private static readonly string[] s_keys = ["people", "groups", "rules", "approvals", "breakGlass", "probes"];

    /// <inheritdoc/>
    public PolicyReading Read(string path)
    {
        var (text, fault) = StrictText.Read(path);
        return fault is null ? Parse(path, text) : new PolicyReading.Refused([fault]);
    }

    /// <summary>Checks the text of a policy; the token files that it names are read.</summary>
    /// <param name="path">Absolute path, for messages and for the paths in the file that are relative to it.</param>
    /// <param name="text">The text.</param>
    public PolicyReading Parse(string path, string text)
    {
        var faults = new FaultList(path);
        var tokens = new TokenFiles(faults);
        var policy = YamlTree.Parse(text, faults) is { } root ? ReadRoot(root, tokens, faults) : null;
        return policy is not null && faults.IsEmpty
            ? new PolicyReading.Loaded(policy) { Files = tokens.Files }
            : new PolicyReading.Refused(faults.InFileOrder()) { Files = tokens.Files };
    }

    private Policy? ReadRoot(YamlNode root, TokenFiles tokens, FaultList faults)
    {
        // An empty file is the policy that allows nothing.
        if (root is YamlScalar { IsNull: true })
        {
            return Policy.Empty;
        }

        if (root is not YamlMap map)
        {
            faults.Add(root, $"the file has to be a mapping, this is {root.Kind}", $"begin with the keys {Example}");
            return null;
        }

        var fields = new FieldReader(map, "a policy", s_keys, faults);
        var groups = new PolicyGroupReading(faults).Read(fields.Find("groups"));
        var names = new PolicyNames { Groups = groups };
        names.People = new PeopleReading(names, tokens, allowEmulator, faults).Read(fields);
        var rules = new PolicyRuleReading(names, faults);
        return new()
        {
            People = names.People,
            Groups = groups,
            Rules = rules.ReadRules(fields),
            Approvals = rules.ReadApprovals(fields),
            BreakGlass = rules.ReadBreakGlass(fields),
            Probes = new(PolicyRuleReading.ReadProbes(fields, faults)),
        };
    }
}

/// <summary>What a policy has named so far; later parts refer to it.</summary>
internal sealed class PolicyNames
{
    public required ImmutableSortedDictionary<string, PolicyGroup> Groups { get; init; }

    public ImmutableArray<PolicyPerson> People { get; set; } = [];
}

/// <summary>Reads lists and mappings that one key holds.</summary>
internal static class Parts
{
    /// <summary>The mappings of a list; what is none is a fault.</summary>
    public static IEnumerable<(YamlMap Map, int Index)> Maps(FieldReader fields, string key, string example, FaultList faults)
    {
        var node = fields.Find(key);
        if (node is not YamlList list)
        {
            if (node is not null)
            {
                faults.Add(node, $"{key} has to be a list, this is {node.Kind}", $"write {key}: [{example}]");
            }

            yield break;
        }

        foreach (var (index, item) in list.Items.Index())
        {
            if (item is YamlMap map)
            {
                yield return (map, index);
            }
            else
            {
                faults.Add(item, $"each entry of {key} has to be a mapping, this is {item.Kind}", $"write {example}");
            }
        }
    }

    /// <summary>The mapping of a key, or <see langword="null"/>; anything else is a fault.</summary>
    public static YamlMap? Map(FieldReader fields, string key, string example, FaultList faults)
    {
        var node = fields.Find(key);
        if (node is not (null or YamlMap))
        {
            faults.Add(node, $"{key} has to be a mapping, this is {node.Kind}", $"write {key}: {example}");
        }

        return node as YamlMap;
    }
}
