using System.Collections.Immutable;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Adapters.YamlFiles.Runbooks;

/// <summary>Reads one runbook.</summary>
internal sealed class RunbookReading(FaultList faults)
{
    /// <summary>Keys of a runbook; the JSON schema has the same.</summary>
    internal static readonly string[] Keys = ["title", "answers", "forPeople", "parameters", "require", "steps", "keeps", "verify", "consequence"];

    internal static readonly string[] RequirementKeys = ["that", "is", "otherwise", "remedy"];

    /// <summary>Words for the probes.</summary>
    internal static readonly (string Word, SymptomProbe Probe)[] Probes =
    [
        ("dhcp-ack", SymptomProbe.DhcpAck), ("gateway-arp", SymptomProbe.GatewayArp), ("df-ping", SymptomProbe.DontFragmentPing), ("agent-address", SymptomProbe.AgentAddress), ("guest-arp", SymptomProbe.GuestArp),
    ];

    private const int LongestText = 600;

    /// <summary>The runbook, or <see langword="null"/>; it counts only without faults.</summary>
    public Runbook? Read(YamlNode root, string id, string hash)
    {
        if (root is not YamlMap map)
        {
            faults.Add(root, root is YamlScalar { IsNull: true } ? "the file is empty" : $"a runbook has to be a mapping, this is {root.Kind}", "begin with title: and look at the runbooks that are there");
            return null;
        }

        var fields = new FieldReader(map, "a runbook", Keys, faults);
        var title = fields.RequiredText("title", Sentence, "title: what it does, as an instruction");
        var answers = ReadAnswers(map, fields);
        var parameters = new ParameterReading(faults).Read(fields);
        var texts = new PlaceholderCheck(faults, parameters);
        var requirements = ReadRequirements(fields, texts);
        var keeps = ReadKeeps(fields, parameters, texts);
        ImmutableArray<RunbookStep> steps = fields.Has("keeps") ? [] : new StepReading(faults, parameters, texts).Read(map, fields);
        var consequence = fields.RequiredText("consequence", Sentence, "consequence: what else comes with the change, for the approver");
        texts.Check(consequence);
        var verify = fields.Has("keeps") ? null : fields.RequiredText("verify", text => OneOf(text, Probes.Select(probe => probe.Word)), $"verify: with one of {string.Join(", ", Probes.Select(probe => probe.Word))}");
        texts.RefuseUnused();
        return new()
        {
            Id = id,
            Hash = hash,
            Title = title?.Text ?? "",
            Answers = answers,
            Parameters = [.. parameters.Select(parameter => parameter.Value)],
            Requirements = requirements,
            Steps = steps,
            Keeps = keeps?.Text,
            Probe = Probes.FirstOrDefault(probe => probe.Word == verify?.Text).Probe,
            Consequence = consequence?.Text ?? "",
        };
    }

    /// <summary>The runtime repair that is to stay. Its steps come from the configuration files, and nothing is activated, so there is nothing to verify.</summary>
    private YamlScalar? ReadKeeps(FieldReader fields, IReadOnlyList<(YamlScalar Key, RunbookParameter Value)> parameters, PlaceholderCheck texts)
    {
        if (fields.Text("keeps", text => OneOf(text, Runbook.Keepable)) is not { } keeps)
        {
            return null;
        }

        foreach (var key in (string[])["steps", "verify", "answers"])
        {
            if (fields.Find(key) is { } other)
            {
                faults.Add(other, $"a runbook that makes a repair stay has no {key}", key == "answers" ? "write forPeople: true instead" : "remove it");
            }
        }

        if (Runbook.ParameterToKeep(keeps.Text) is { } needed)
        {
            texts.Use(needed);
            if (!parameters.Any(parameter => parameter.Value.Name == needed && parameter.Value.MayBeGiven))
            {
                faults.Add(keeps, $"it has no parameter {needed}, the link that {keeps.Text} has changed", $"add {needed}: {{ type: {needed}, from: given, about: ... }} below parameters:");
            }
        }

        return keeps;
    }

    /// <summary>A text on one line that people read.</summary>
    internal static (string What, string Remedy)? Sentence(string text)
        => text.Length > LongestText ? ($"it is longer than {LongestText} characters", "make it shorter") : text.Contains('\n') ? ("it has several lines", "write one line, or fold it with >-") : null;

    /// <summary>A word of a list.</summary>
    internal static (string What, string Remedy)? OneOf(string text, IEnumerable<string> words)
    {
        var known = words.ToArray();
        return known.Contains(text) ? null : ($"{Shown.Quote(text)} is not known{NearestWord.Hint(text, known)}", $"write one of {string.Join(", ", known)}");
    }

    /// <summary>Of sixty ids only those of the same layer help.</summary>
    private static (string What, string Remedy)? FaultId(string text)
    {
        var all = Catalogue.All.Select(rule => rule.Id).ToArray();
        var near = all.Where(id => id.Split('.')[0] == text.Split('.')[0]);
        return all.Contains(text) ? null
            : ($"{Shown.Quote(text)} is not known{NearestWord.Hint(text, all)}", near.Any() ? $"write one of {string.Join(", ", near)}" : "write a fault id; chatopsbot explain lists them");
    }

    private ImmutableArray<string> ReadAnswers(YamlMap map, FieldReader fields)
    {
        var answers = fields.Texts("answers", FaultId);
        var forPeople = fields.Text("forPeople", text => OneOf(text, ["true"]));
        if (!fields.Has("answers") && !fields.Has("forPeople"))
        {
            faults.Add(map, "nothing says when it is used", "add answers: with the fault ids it repairs, or forPeople: true");
        }
        else if (fields.Has("answers") && forPeople is not null)
        {
            faults.Add(forPeople, "a runbook that answers faults is not for people only", "keep one of answers and forPeople");
        }
        else if (fields.Has("answers") && answers.Count == 0 && fields.Find("answers") is YamlList { Items.Count: 0 } empty)
        {
            faults.Add(empty, "answers is an empty list", "name the fault ids, or write forPeople: true instead");
        }

        return [.. answers.Select(answer => answer.Text)];
    }

    private ImmutableArray<RunbookRequirement> ReadRequirements(FieldReader fields, PlaceholderCheck texts)
    {
        if (fields.Find("require") is not { } node)
        {
            return [];
        }

        if (node is not YamlList list)
        {
            faults.Add(node, $"require has to be a list, this is {node.Kind}", "begin each condition with a dash");
            return [];
        }

        var requirements = ImmutableArray.CreateBuilder<RunbookRequirement>();
        foreach (var item in list.Items)
        {
            if (item is not YamlMap map)
            {
                faults.Add(item, $"a condition has to be a mapping, this is {item.Kind}", "write - { that: \"{stp}\", is: off, otherwise: why not, remedy: what to do instead }");
                continue;
            }

            var reader = new FieldReader(map, "a condition", RequirementKeys, faults);
            var all = RequirementKeys.Select(key => reader.RequiredText(key, Sentence, $"{key}:")).ToArray();
            Array.ForEach(all, text => texts.Check(text));
            if (all[0] is { } that && !Placeholders.In(that.Text).Any())
            {
                faults.Add(that, "the condition looks at no value of the host", "write a parameter in braces");
            }

            requirements.Add(new(all[0]?.Text ?? "", all[1]?.Text ?? "", all[2]?.Text ?? "", all[3]?.Text ?? ""));
        }

        return requirements.ToImmutable();
    }
}
