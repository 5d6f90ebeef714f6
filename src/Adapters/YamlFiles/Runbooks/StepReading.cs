using System.Collections.Immutable;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Adapters.YamlFiles.Runbooks;

/// <summary>Reads the steps of a runbook.</summary>
internal sealed class StepReading(FaultList faults, IReadOnlyList<(YamlScalar Key, RunbookParameter Value)> parameters, PlaceholderCheck texts)
{
    internal static readonly string[] Keys = ["name", "risk", "subject", "touches", "read", "before", "run", "after", "undo", "timeout"];

    private const int MostSteps = 20;

    /// <summary>All of them; empty only with a fault.</summary>
    public ImmutableArray<RunbookStep> Read(YamlMap root, FieldReader fields)
    {
        var node = fields.Find("steps");
        if (node is not YamlList { Items.Count: > 0 and <= MostSteps } list)
        {
            faults.Add(node ?? root, node is null ? "a runbook needs steps" : node is YamlList ? $"steps has to have 1 to {MostSteps} items" : $"steps has to be a list, this is {node.Kind}", "add steps: and begin each with a dash");
            return [];
        }

        return [.. list.Items.Select(ReadOne).OfType<RunbookStep>()];
    }

    private RunbookStep? ReadOne(YamlNode item)
    {
        if (item is not YamlMap map)
        {
            faults.Add(item, $"a step has to be a mapping, this is {item.Kind}", "write - name: what it does");
            return null;
        }

        var fields = new FieldReader(map, "a step", Keys, faults);
        var name = Checked(fields.RequiredText("name", RunbookReading.Sentence, "name: what it does"));
        var risk = fields.RequiredText("risk", text => RunbookReading.OneOf(text, Enum.GetNames<Risk>()), "risk: D0, D1, D2 or D3");
        var before = Checked(fields.RequiredText("before", Value, "before: what read prints before"));
        var after = Checked(fields.RequiredText("after", Value, "after: what read prints afterwards"));
        if (before is not null && before.Text == after?.Text)
        {
            faults.Add(after, "after is the same as before, so nobody could tell whether the step ran", "let read print something that the step changes");
        }

        return new()
        {
            Name = name?.Text ?? "",
            Risk = Enum.TryParse<Risk>(risk?.Text, out var parsed) ? parsed : Risk.D3,
            Subject = fields.Text("subject", LinkParameter)?.Text,
            Touches = [.. fields.Texts("touches", LinkParameter).Select(text => text.Text)],
            Read = Vector(map, fields, "read", "a step needs read: without it nobody knows what to put back"),
            Before = before?.Text ?? "",
            Run = Vector(map, fields, "run", "a step needs run: the change itself"),
            After = after?.Text ?? "",
            Undo = Vector(map, fields, "undo", "a step needs undo: what cannot be taken back is not automated"),
            Timeout = Timeout(fields),
        };
    }

    private YamlScalar? Checked(YamlScalar? text)
    {
        texts.Check(text);
        return text;
    }

    private static (string What, string Remedy)? Value(string text)
        => text.Length > 4000 ? ("it is longer than 4000 characters", "let read print less") : null;

    private (string What, string Remedy)? LinkParameter(string name)
    {
        var links = parameters.Where(parameter => parameter.Value.Type is ParameterType.Link or ParameterType.Bridge or ParameterType.Tap).Select(parameter => parameter.Value.Name).ToArray();
        texts.Use(name);
        return links.Contains(name) ? null : ($"{Shown.Quote(name)} is no parameter of type link, bridge or tap{NearestWord.Hint(name, links)}", "name one, without braces");
    }

    /// <summary>A placeholder of a bridge, whatever else is in the argument.</summary>
    private bool IsBridge(string argument)
        => Placeholders.In(argument).Any(name => parameters.Any(parameter => parameter.Value.Name == name && parameter.Value.Type == ParameterType.Bridge));

    private static TimeSpan Timeout(FieldReader fields)
    {
        var text = fields.Text("timeout", text => !DurationText.TryParse(text, out var duration, out var what) ? (what, $"write {DurationText.Examples}")
            : duration < TimeSpan.FromSeconds(1) || duration > GuardProgram.Deadline.Most ? ($"{text} is not within 1 s and 10 min", "write a limit that the slowest of the three commands keeps")
            : null);
        return text is not null && DurationText.TryParse(text.Text, out var limit, out _) ? limit : TimeSpan.FromSeconds(10);
    }

    private ImmutableArray<string> Vector(YamlMap step, FieldReader fields, string key, string missing)
    {
        if (fields.Find(key) is not { } node)
        {
            if (!fields.Has(key))
            {
                faults.Add(step, missing, $"add {key}: [program, argument, ...]");
            }

            return [];
        }

        if (node is not YamlList list)
        {
            faults.Add(node, $"{key} has to be a list of arguments, this is {node.Kind}", $"write {key}: [ip, link, set, dev, \"{{port}}\", up]; there is no shell in between");
            return [];
        }

        var arguments = new List<YamlScalar>();
        foreach (var item in list.Items)
        {
            if (item is YamlScalar { IsNull: false } scalar)
            {
                arguments.Add(scalar);
            }
            else
            {
                faults.Add(item, $"an argument of {key} has to be a text, this is {item.Kind}", "put it in quotes");
            }
        }

        if (arguments.Count == 0)
        {
            faults.Add(list, $"{key} is empty", "name the program and its arguments");
            return [];
        }

        Check(key, arguments);
        return [.. arguments.Select(argument => argument.Text)];
    }

    private void Check(string key, List<YamlScalar> arguments)
    {
        var words = arguments.Select(argument => argument.Text).ToArray();
        if (words[0].Length == 0 || words[0].Any(c => char.IsWhiteSpace(c) || c is '{' or '}'))
        {
            faults.Add(arguments[0], $"{Shown.Quote(words[0])} is not the name of a program", "write the program alone; it may not come from a parameter");
        }

        for (var i = 0; i < words.Length; i++)
        {
            if (Placeholders.IsShellText(words, i))
            {
                texts.RefuseInShell(arguments[i]);
            }
            else
            {
                texts.Check(arguments[i]);
            }
        }

        if (key == "run" && HarmfulCommands.WhyRefused(words, IsBridge) is { } refused)
        {
            faults.Add(arguments[0], refused.Why, refused.Instead);
        }
    }
}
