using System.Collections.Immutable;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Adapters.YamlFiles.Policies;

/// <summary>Reads <c>people:</c> and sees to it that an account belongs to one person only.</summary>
internal sealed class PeopleReading(PolicyNames names, TokenFiles tokens, bool allowEmulator, FaultList faults)
{
    private const string Example = "{ id: ann, name: Ann Example, groups: [network] }";

    private static readonly string[] s_keys = ["id", "name", "groups", "slack", "teams", "console"];

    private readonly Dictionary<string, int> _lineOfId = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<Account, (string Person, int Line)> _owners = [];

    public ImmutableArray<PolicyPerson> Read(FieldReader fields)
        => [.. Parts.Maps(fields, "people", Example, faults).Select(entry => ReadPerson(entry.Map)).OfType<PolicyPerson>()];

    private PolicyPerson? ReadPerson(YamlMap map)
    {
        var fields = new FieldReader(map, "a person", s_keys, faults);
        var id = fields.RequiredText("id", Words.Name, "id: ann");
        if (id is not null && !_lineOfId.TryAdd(id.Text, id.Line))
        {
            faults.Add(id, $"the person {id.Text} is listed a second time (first in line {_lineOfId[id.Text]})", "give one of them another id, or put the accounts together");
        }

        var name = fields.Text("name", PolicyWords.PersonName);
        var groups = fields.Texts("groups", Words.Name);
        foreach (var group in groups.Where(group => !names.Groups.ContainsKey(group.Text)))
        {
            faults.Add(group, $"there is no group {group.Text}{NearestWord.Hint(group.Text, names.Groups.Keys)}", $"add {group.Text}: {{}} under groups:, or correct the name");
        }

        var person = id?.Text ?? "?";
        var accounts = ReadSlack(fields, person).Concat(ReadTeams(fields, person)).ToImmutableArray();
        var token = ReadConsole(fields, person);
        return id is null ? null : new()
        {
            Id = new(id.Text),
            Name = name?.Text ?? id.Text,
            Groups = [.. groups.Select(group => group.Text)],
            Accounts = accounts,
            ConsoleToken = token,
        };
    }

    private IEnumerable<Account> ReadSlack(FieldReader person, string id)
    {
        foreach (var (map, _) in Parts.Maps(person, "slack", "{ team: T1, user: U1 }", faults))
        {
            var fields = new FieldReader(map, "a Slack account", ["team", "user"], faults);
            var team = fields.RequiredText("team", PolicyWords.PlatformId, "team: T1");
            var user = fields.RequiredText("user", PolicyWords.PlatformId, "user: U1");
            if (team is not null && user is not null && Take(new Account.Slack(team.Text, user.Text), id, map) is { } account)
            {
                yield return account;
            }
        }
    }

    private IEnumerable<Account> ReadTeams(FieldReader person, string id)
    {
        foreach (var (map, _) in Parts.Maps(person, "teams", "{ tenant: TENANT-ID, user: OBJECT-ID }", faults))
        {
            var isEmulator = map.Entries.Any(entry => entry.Key.Text == "emulator");
            if (isEmulator && !allowEmulator)
            {
                faults.Add(map, "emulator accounts are not authenticated by anybody", "remove it, or start with DOTNET_ENVIRONMENT=Development on loopback for a test");
                continue;
            }

            Account? account = isEmulator ? ReadEmulator(map) : ReadTeams(map);
            if (account is not null && Take(account, id, map) is { } taken)
            {
                yield return taken;
            }
        }
    }

    private Account.Teams? ReadTeams(YamlMap map)
    {
        var fields = new FieldReader(map, "a Teams account", ["tenant", "user"], faults);
        var tenant = fields.RequiredText("tenant", PolicyWords.PlatformId, "tenant: with the tenant's id");
        var user = fields.RequiredText("user", PolicyWords.PlatformId, "user: with the user's object id");
        return tenant is null || user is null ? null : new(tenant.Text, user.Text);
    }

    private Account.Emulator? ReadEmulator(YamlMap map)
        => new FieldReader(map, "an emulator account", ["emulator"], faults).Text("emulator", PolicyWords.ConversationId) is { } user ? new(user.Text) : null;

    private ConsoleTokenHash? ReadConsole(FieldReader person, string id)
    {
        if (Parts.Map(person, "console", "{ tokenFile: /etc/chatopsbot/ann.token }", faults) is not { } map)
        {
            return null;
        }

        var file = new FieldReader(map, "console", ["tokenFile"], faults).RequiredText("tokenFile", PolicyWords.Anything, "tokenFile: /etc/chatopsbot/ann.token");
        return file is null ? null : tokens.Read(file, new PersonId(id));
    }

    private Account? Take(Account account, string person, YamlNode at)
    {
        if (_owners.TryAdd(account, (person, at.Line)))
        {
            return account;
        }

        var (owner, line) = _owners[account];
        faults.Add(
            at, $"{account} belongs to {(owner == person ? "this person already" : owner)} (line {line})",
            owner == person ? "keep one of the two" : "an account belongs to one person: remove it from one of them");
        return null;
    }
}
