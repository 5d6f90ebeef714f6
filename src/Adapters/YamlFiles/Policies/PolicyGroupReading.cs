using System.Collections.Immutable;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Adapters.YamlFiles.Policies;

/// <summary>Reads <c>groups:</c>.</summary>
internal sealed class PolicyGroupReading(FaultList faults)
{
    private readonly Dictionary<string, (string Group, int Line)> _userGroups = [];

    public ImmutableSortedDictionary<string, PolicyGroup> Read(YamlNode? node)
    {
        var groups = ImmutableSortedDictionary.CreateBuilder<string, PolicyGroup>(StringComparer.Ordinal);
        if (node is not (null or YamlMap))
        {
            faults.Add(node, $"groups has to be a mapping of name to group, this is {node.Kind}", "write groups: { network: {} }");
        }

        foreach (var (name, value) in (node as YamlMap)?.Entries ?? [])
        {
            if (Words.Name(name.Text) is (var what, var remedy))
            {
                faults.Add(name, $"group name: {what}", remedy);
            }
            else if (value is YamlMap or YamlScalar { IsNull: true })
            {
                groups[name.Text] = value is YamlMap map ? ReadGroup(name.Text, map) : new();
            }
            else
            {
                faults.Add(value, $"group {name.Text} has to be a mapping, this is {value.Kind}", $"write {name.Text}: {{}}; who belongs to it is said under people:");
            }
        }

        return groups.ToImmutable();
    }

    private PolicyGroup ReadGroup(string name, YamlMap map)
    {
        var fields = new FieldReader(map, "a group", ["slackUserGroups", "notify"], faults);
        var userGroups = fields.Texts("slackUserGroups", PolicyWords.PlatformId);
        foreach (var userGroup in userGroups.Where(userGroup => !_userGroups.TryAdd(userGroup.Text, (name, userGroup.Line))))
        {
            var (other, line) = _userGroups[userGroup.Text];
            faults.Add(userGroup, $"the Slack user group {userGroup.Text} belongs to {other} already (line {line})", "keep it in one group");
        }

        return new() { SlackUserGroups = [.. userGroups.Select(userGroup => userGroup.Text)], Notify = ReadNotify(fields) };
    }

    private ImmutableArray<ConversationId> ReadNotify(FieldReader group)
    {
        if (Parts.Map(group, "notify", "{ slack: [{ team: T1, channel: C1 }] }", faults) is not { } map)
        {
            return [];
        }

        var fields = new FieldReader(map, "notify", ["slack", "teams"], faults);
        return
        [
            .. Places(fields, "slack", "team", "channel", "{ team: T1, channel: C1 }"),
            .. Places(fields, "teams", "tenant", "conversation", "{ tenant: TENANT-ID, conversation: \"19:x\" }"),
        ];
    }

    private IEnumerable<ConversationId> Places(FieldReader notify, string surface, string space, string place, string example)
    {
        foreach (var (map, _) in Parts.Maps(notify, surface, example, faults))
        {
            var fields = new FieldReader(map, $"a place of {surface}", [space, place], faults);
            var spaceId = fields.RequiredText(space, PolicyWords.PlatformId, $"{space}: with its id");
            var placeId = fields.RequiredText(place, PolicyWords.ConversationId, $"{place}: with its id");
            if (spaceId is not null && placeId is not null)
            {
                yield return new($"{surface}:{spaceId.Text}/{placeId.Text}");
            }
        }
    }
}
