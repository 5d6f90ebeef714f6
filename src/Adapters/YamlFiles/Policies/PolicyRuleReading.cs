using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Adapters.YamlFiles.Policies;

/// <summary>Reads <c>rules:</c>, <c>approvals:</c>, <c>breakGlass:</c> and <c>probes:</c>.</summary>
internal sealed class PolicyRuleReading(PolicyNames names, FaultList faults)
{
    private const int LargestQuorum = 20;

    private static readonly string[] s_risks = Enum.GetNames<Risk>();

    private readonly SelectorReading _selectors = new(names, faults);

    public ImmutableArray<PolicyRule> ReadRules(FieldReader policy)
    {
        const string example = "{ who: [\"group:network\"], may: [check], hosts: [\"*\"] }";
        var rules = ImmutableArray.CreateBuilder<PolicyRule>();
        foreach (var (map, index) in Parts.Maps(policy, "rules", example, faults))
        {
            var fields = new FieldReader(map, "a rule", ["who", "may", "hosts"], faults);
            var who = Needed(fields, map, "who", "who: [\"group:network\"]", _selectors.WhoIn);
            var may = Needed(fields, map, "may", "may: [check, status]", MayIn);
            var hosts = Needed(fields, map, "hosts", "hosts: [\"*\"]", SelectorReading.HostsIn);
            rules.Add(new() { Name = $"rules[{index}]", Who = who, May = may, Hosts = hosts });
        }

        return rules.ToImmutable();
    }

    public ImmutableArray<ApprovalRule> ReadApprovals(FieldReader policy)
    {
        const string example = "{ risk: [D0, D1], from: [\"group:network\"] }";
        var rules = ImmutableArray.CreateBuilder<ApprovalRule>();
        var lineOf = new Dictionary<Risk, int>();
        foreach (var (map, index) in Parts.Maps(policy, "approvals", example, faults))
        {
            var fields = new FieldReader(map, "an entry of approvals", ["risk", "from", "quorum", "requesterMay", "expires", "stepUp"], faults);
            var rule = new ApprovalRule
            {
                Name = $"approvals[{index}]",
                Risks = Needed(fields, map, "risk", "risk: [D0, D1]", own => RisksIn(own, lineOf)),
                From = Needed(fields, map, "from", "from: [\"group:network\"]", _selectors.WhoIn),
                Quorum = ReadQuorum(fields, out var quorumAt),
                RequesterMay = ReadFlag(fields, "requesterMay"),
                Expires = ReadDuration(fields, "expires"),
                StepUp = ReadFlag(fields, "stepUp") ?? false,
            };
            CheckQuorum(rule, quorumAt ?? map);
            rules.Add(rule);
        }

        return rules.ToImmutable();
    }

    public BreakGlassRule? ReadBreakGlass(FieldReader policy)
    {
        if (Parts.Map(policy, "breakGlass", "{ who: [\"group:leads\"] }", faults) is not { } map)
        {
            return null;
        }

        var fields = new FieldReader(map, "breakGlass", ["who", "reviewWithin", "reviewers"], faults);
        return new()
        {
            Who = Needed(fields, map, "who", "who: [\"group:leads\"]", _selectors.WhoIn),
            ReviewWithin = ReadDuration(fields, "reviewWithin") ?? TimeSpan.FromHours(24),
            Reviewers = _selectors.WhoIn(fields, "reviewers"),
        };
    }

    public static ImmutableSortedDictionary<string, ProbeUse> ReadProbes(FieldReader policy, FaultList faults)
    {
        var uses = ImmutableSortedDictionary.CreateBuilder<string, ProbeUse>(StringComparer.Ordinal);
        if (Parts.Map(policy, "probes", "{ p.trace: allow }", faults) is not { } map)
        {
            return uses.ToImmutable();
        }

        string[] words = [.. Enum.GetNames<ProbeUse>().Select(name => name.ToLowerInvariant())];
        var fields = new FieldReader(map, "probes", [.. ProbeRules.Usual.Keys], faults);
        foreach (var probe in ProbeRules.Usual.Keys)
        {
            if (fields.Text(probe, text => words.Contains(text) ? null : ($"{Shown.Quote(text)} says nothing about a probe{NearestWord.Hint(text, words)}", "write allow, approve or deny")) is { } use
                && EnumText.TryParse<ProbeUse>(use.Text, out var value))
            {
                uses[probe] = value;
            }
        }

        return uses.ToImmutable();
    }

    /// <summary>A list that must be there and hold something.</summary>
    private ImmutableArray<T> Needed<T>(FieldReader fields, YamlMap map, string key, string example, Func<FieldReader, string, ImmutableArray<T>> read)
    {
        if (!fields.Has(key))
        {
            faults.Add(map, $"{key} is missing", $"add {example}");
        }
        else if (map.Entries.First(entry => entry.Key.Text == key).Value is YamlList { Items.Count: 0 } empty)
        {
            faults.Add(empty, $"{key} is an empty list", $"write {example}");
        }

        return read(fields, key);
    }

    private ImmutableArray<T> Needed<T>(FieldReader fields, YamlMap map, string key, string example, Func<FieldReader, ImmutableArray<T>> read)
        => Needed(fields, map, key, example, (own, _) => read(own));

    private static ImmutableArray<PolicyCommand> MayIn(FieldReader fields) =>
    [
        .. fields.Texts("may", WhyNoCommand).Select(word => PolicyCommandWords.Find(word.Text)).OfType<PolicyCommand>(),
    ];

    private static (string What, string Remedy)? WhyNoCommand(string word)
    {
        var grantable = PolicyCommandWords.Grantable.Select(command => command.Word()).ToArray();
        return PolicyCommandWords.Find(word) switch
        {
            { } command when grantable.Contains(command.Word()) => null,
            PolicyCommand.Approve or PolicyCommand.Deny => ($"{Shown.Quote(word)} is not given by a rule", "say under approvals: who decides on plans of which risk"),
            PolicyCommand.BreakGlass => ($"{Shown.Quote(word)} is not given by a rule", "say under breakGlass: who may"),
            not null => ($"{Shown.Quote(word)} answers everybody", "remove it"),
            null => ($"there is no command {Shown.Quote(word)}{NearestWord.Hint(word, grantable)}", $"use one of {string.Join(", ", grantable)}"),
        };
    }

    private ImmutableArray<Risk> RisksIn(FieldReader fields, Dictionary<Risk, int> lineOf)
    {
        var risks = ImmutableArray.CreateBuilder<Risk>();
        foreach (var word in fields.Texts("risk", text => s_risks.Contains(text)
            ? null
            : ($"{Shown.Quote(text)} is not a risk{NearestWord.Hint(text, s_risks)}", $"use one of {string.Join(", ", s_risks)}")))
        {
            var risk = Enum.Parse<Risk>(word.Text);
            risks.Add(risk);
            if (!lineOf.TryAdd(risk, word.Line))
            {
                faults.Add(word, $"the risk {risk} has its approvers already (line {lineOf[risk]})", "keep it in one entry, so that it is clear which holds");
            }
        }

        return risks.ToImmutable();
    }

    private static int ReadQuorum(FieldReader fields, out YamlNode? at)
    {
        var text = fields.Text("quorum", text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= LargestQuorum
            ? null
            : ($"{Shown.Quote(text)} is not a number of approvers", $"write a number from 1 to {LargestQuorum}"));
        at = text;
        return text is null ? 1 : int.Parse(text.Text, CultureInfo.InvariantCulture);
    }

    /// <summary>A quorum that can never be met would let every plan of that risk expire.</summary>
    private void CheckQuorum(ApprovalRule rule, YamlNode at)
    {
        var able = names.People.Count(person => rule.From.Any(who => who.Matches(person) || MayJoin(who, person)));
        if (!rule.From.IsEmpty && rule.Quorum > able)
        {
            faults.Add(
                at, $"{rule.Name}: quorum is {rule.Quorum}, but {string.Join(", ", rule.From)} {(able == 1 ? "has only 1 person" : $"has only {able} people")}",
                "lower the quorum, or put more people into the group");
        }
    }

    /// <summary>Whether a Slack user group could make the person a member.</summary>
    private bool MayJoin(WhoSelector who, PolicyPerson person)
        => who is WhoSelector.Group named && names.Groups.TryGetValue(named.Name, out var group) && !group.SlackUserGroups.IsEmpty && person.Accounts.Any(account => account is Account.Slack);

    private static bool? ReadFlag(FieldReader fields, string key)
        => fields.Text(key, text => text is "true" or "false" ? null : ($"{Shown.Quote(text)} is neither true nor false", "write true or false")) is { } flag ? flag.Text == "true" : null;

    private static TimeSpan? ReadDuration(FieldReader fields, string key)
    {
        var text = fields.Text(key, text => DurationText.TryParse(text, out _, out var what) ? null : (what, $"write {DurationText.Examples}"));
        return text is not null && DurationText.TryParse(text.Text, out var duration, out _) ? duration : null;
    }
}
