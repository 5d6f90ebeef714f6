using System.Collections.Immutable;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Adapters.YamlFiles;

/// <summary>The inventory as a YAML file. Strict: what is not understood is a fault with its place and a remedy, and all faults are named at once.</summary>
public sealed class InventoryFile : IInventoryFile
{
    private const string Example = "hosts: [{ name: host42, address: 10.42.0.2 }]";

    /// <inheritdoc/>
    public InventoryReading Read(string path)
    {
        var (text, fault) = StrictText.Read(path);
        return fault is null ? Parse(path, text) : new InventoryReading.Refused([fault]);
    }

    /// <summary>Checks the text of an inventory.</summary>
    /// <param name="path">Absolute path, for messages and for the paths in the file that are relative to it.</param>
    /// <param name="text">The text.</param>
    public static InventoryReading Parse(string path, string text)
    {
        var faults = new FaultList(path);
        var inventory = YamlTree.Parse(text, faults) is { } root ? ReadRoot(root, faults) : null;
        return inventory is not null && faults.IsEmpty ? new InventoryReading.Loaded(inventory) : new InventoryReading.Refused(faults.InFileOrder());
    }

    private static Inventory? ReadRoot(YamlNode root, FaultList faults)
    {
        if (root is YamlScalar { IsNull: true })
        {
            faults.Add(root, "the file is empty", $"list the hosts, for example {Example}");
            return null;
        }

        if (root is not YamlMap map)
        {
            faults.Add(root, $"the file has to be a mapping with the key hosts, this is {root.Kind}", $"begin with {Example}");
            return null;
        }

        var fields = new FieldReader(map, "an inventory", ["hosts", "groups"], faults);
        return new Inventory(ReadHosts(map, fields, faults), ReadGroups(fields, faults));
    }

    private static ImmutableArray<HostEntry> ReadHosts(YamlMap root, FieldReader fields, FaultList faults)
    {
        if (!fields.Has("hosts"))
        {
            faults.Add(root, "the key hosts is missing", $"add {Example}");
        }

        var node = fields.Find("hosts");
        if (node is not YamlList list)
        {
            if (node is not null)
            {
                faults.Add(node, $"hosts has to be a list, this is {node.Kind}", "begin each host with a dash: - { name: host42, address: 10.42.0.2 }");
            }

            return [];
        }

        if (list.Items.Count == 0)
        {
            faults.Add(list, "hosts is an empty list", $"list at least one host, for example {Example}");
        }

        var reader = new HostReading(faults);
        return [.. list.Items.Select(reader.Read).OfType<HostEntry>()];
    }

    private static ImmutableSortedDictionary<string, ImmutableArray<string>> ReadGroups(FieldReader fields, FaultList faults)
    {
        var groups = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        var node = fields.Find("groups");
        if (node is not YamlMap map)
        {
            if (node is not null)
            {
                faults.Add(node, $"groups has to be a mapping, this is {node.Kind}", "write groups: { rack3: { tags: [rack3] } }");
            }

            return groups.ToImmutable();
        }

        foreach (var (name, value) in map.Entries)
        {
            if (Words.Name(name.Text) is (var what, var remedy))
            {
                faults.Add(name, $"group name: {what}", remedy);
            }
            else if (value is not YamlMap group)
            {
                faults.Add(name, $"group {name.Text} has to be a mapping with tags, this is {value.Kind}", $"write {name.Text}: {{ tags: [rack3] }}");
            }
            else
            {
                var tags = new FieldReader(group, "a group", ["tags"], faults).Texts("tags", Words.Name);
                if (tags.Count == 0 && !group.Entries.Any(entry => entry.Key.Text == "tags" && entry.Value is not YamlList { Items.Count: 0 }))
                {
                    faults.Add(name, $"group {name.Text} has no tags, so it can hold no host", $"write {name.Text}: {{ tags: [rack3] }}");
                }

                groups[name.Text] = [.. tags.Select(tag => tag.Text)];
            }
        }

        return groups.ToImmutable();
    }
}
