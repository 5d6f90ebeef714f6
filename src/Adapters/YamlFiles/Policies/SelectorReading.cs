using System.Collections.Immutable;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Adapters.YamlFiles.Policies;

/// <summary>Reads the words that name people and hosts.</summary>
internal sealed class SelectorReading(PolicyNames names, FaultList faults)
{
    private const string GroupPrefix = "group:";
    private const string TagPrefix = "tag:";

    public ImmutableArray<WhoSelector> WhoIn(FieldReader fields, string key) => [.. fields.Texts(key, PolicyWords.Anything).Select(Who).OfType<WhoSelector>()];

    public static ImmutableArray<HostSelector> HostsIn(FieldReader fields, string key) => [.. fields.Texts(key, WhyNoHosts).Select(word => Hosts(word.Text))];

    private WhoSelector? Who(YamlScalar word)
    {
        if (word.Text.StartsWith(GroupPrefix, StringComparison.Ordinal))
        {
            var name = word.Text[GroupPrefix.Length..];
            if (names.Groups.ContainsKey(name))
            {
                return new WhoSelector.Group(name);
            }

            faults.Add(word, $"there is no group {Shown.Quote(name)}{NearestWord.Hint(name, names.Groups.Keys)}", "add it under groups:, or correct the name");
            return null;
        }

        if (names.People.Any(person => person.Id.Value == word.Text))
        {
            return new WhoSelector.Person(new PersonId(word.Text));
        }

        faults.Add(
            word, $"{Shown.Quote(word.Text)} is neither a person nor a group{NearestWord.Hint(word.Text, names.People.Select(person => person.Id.Value))}",
            names.Groups.ContainsKey(word.Text) ? $"write \"group:{word.Text}\" for the group" : "write the id of a person or \"group:NAME\"");
        return null;
    }

    private static HostSelector Hosts(string text) => text switch
    {
        "*" => new HostSelector.Any(),
        _ when text.StartsWith(TagPrefix, StringComparison.Ordinal) => new HostSelector.Tagged(text[TagPrefix.Length..]),
        _ when text.StartsWith(GroupPrefix, StringComparison.Ordinal) => new HostSelector.Grouped(text[GroupPrefix.Length..]),
        _ => new HostSelector.Exactly(text),
    };

    private static (string What, string Remedy)? WhyNoHosts(string text)
    {
        const string remedy = "write an exact host name, \"*\", \"tag:NAME\" or \"group:NAME\"; put hosts that belong together under a tag";
        var name = text.StartsWith(TagPrefix, StringComparison.Ordinal) ? text[TagPrefix.Length..] : text.StartsWith(GroupPrefix, StringComparison.Ordinal) ? text[GroupPrefix.Length..] : text;
        return text == "*" || Words.Name(name) is null ? null : ($"{Shown.Quote(text)} names no hosts", remedy);
    }
}
