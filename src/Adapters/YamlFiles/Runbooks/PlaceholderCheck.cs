using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Adapters.YamlFiles.Runbooks;

/// <summary>Checks that every placeholder has its parameter and every parameter its use.</summary>
internal sealed class PlaceholderCheck(FaultList faults, IReadOnlyList<(YamlScalar Key, RunbookParameter Value)> parameters)
{
    private readonly HashSet<string> _used = [.. parameters.SelectMany(parameter => parameter.Value.Of)];

    /// <summary>Checks a text that may hold placeholders.</summary>
    public void Check(YamlScalar? text)
    {
        foreach (var name in Placeholders.In(text?.Text ?? "").Where(name => !Use(name)))
        {
            var names = parameters.Select(parameter => parameter.Value.Name).ToArray();
            faults.Add(text!, $"{{{name}}} is no parameter{NearestWord.Hint(name, names)}", "add it under parameters, or correct the name"); // a text without placeholders has none to complain about
        }
    }

    /// <summary>The text of a shell is constant.</summary>
    public void RefuseInShell(YamlScalar text)
    {
        foreach (var name in Placeholders.In(text.Text).Where(name => parameters.Any(parameter => parameter.Value.Name == name)))
        {
            faults.Add(text, $"{{{name}}} stands in the program of a shell, where a value would be run", "write $1, $2, ... there and pass the values as further arguments");
        }
    }

    /// <summary>Notes the use of a parameter; false when there is none of that name.</summary>
    public bool Use(string name)
    {
        _used.Add(name);
        return parameters.Any(parameter => parameter.Value.Name == name);
    }

    /// <summary>Reports parameters that nothing uses.</summary>
    public void RefuseUnused()
    {
        foreach (var (key, value) in parameters.Where(parameter => !_used.Contains(parameter.Value.Name)))
        {
            faults.Add(key, $"the parameter {value.Name} is used nowhere", "remove it, or use it in braces");
        }
    }
}
