using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Adapters.YamlFiles.Runbooks;

/// <summary>Reads the parameters of a runbook.</summary>
internal sealed partial class ParameterReading(FaultList faults)
{
    internal static readonly string[] Keys = ["type", "from", "of", "about"];

    private static readonly string[] s_origins = [RunbookParameter.FindingSubject, RunbookParameter.FindingBridge, RunbookParameter.Given, RunbookParameter.PlanId];

    private readonly List<(YamlScalar Key, RunbookParameter Value)> _read = [];

    /// <summary>Words for the types.</summary>
    internal static IEnumerable<string> TypeWords => Enum.GetNames<ParameterType>().Select(name => name.ToLowerInvariant());

    /// <summary>All of them, in file order.</summary>
    public IReadOnlyList<(YamlScalar Key, RunbookParameter Value)> Read(FieldReader fields)
    {
        var node = fields.Find("parameters");
        if (node is not YamlMap map)
        {
            if (node is not null)
            {
                faults.Add(node, $"parameters has to be a mapping, this is {node.Kind}", "write parameters: { bridge: { type: bridge, from: finding.bridge, about: bridge } }");
            }

            return [];
        }

        foreach (var (key, value) in map.Entries)
        {
            if (!NamePattern().IsMatch(key.Text))
            {
                faults.Add(key, $"{Shown.Quote(key.Text)} is not the name of a parameter", "use small letters, digits and dashes, and begin with a letter");
            }
            else if (value is not YamlMap entry)
            {
                faults.Add(value, $"a parameter has to be a mapping, this is {value.Kind}", $"write {key.Text}: {{ type: link, from: finding.subject, about: port }}");
            }
            else
            {
                ReadOne(key, entry);
            }
        }

        return _read;
    }

    private void ReadOne(YamlScalar key, YamlMap map)
    {
        var fields = new FieldReader(map, $"the parameter {key.Text}", Keys, faults);
        var type = fields.RequiredText("type", text => RunbookReading.OneOf(text, TypeWords), $"type: with one of {string.Join(", ", TypeWords)}");
        var source = fields.RequiredText("from", Source, "from: finding.subject, finding.bridge, given, plan or a fact");
        var about = fields.Text("about", RunbookReading.Sentence);
        var of = fields.Find("of") is YamlScalar ? [.. new[] { fields.Text("of", NameOfParameter) }.OfType<YamlScalar>()] : fields.Texts("of", NameOfParameter);
        var parameter = new RunbookParameter(
            key.Text,
            Enum.TryParse<ParameterType>(type?.Text, ignoreCase: true, out var parsed) ? parsed : ParameterType.Text,
            source?.Text ?? "",
            [.. of.Select(name => name.Text)],
            about?.Text ?? key.Text);
        if (parameter.MayBeGiven && about is null && source is not null)
        {
            faults.Add(map, $"the parameter {key.Text} may be given by a person, who needs to know what it is", "add about: port that lost its bridge");
        }

        if (source is not null)
        {
            CheckOf(source, parameter, of);
        }

        _read.Add((key, parameter));
    }

    private static (string What, string Remedy)? Source(string text)
    {
        var known = s_origins.Concat(RunbookFacts.All.Select(fact => fact.Name)).ToArray();
        return known.Contains(text) ? null : ($"{Shown.Quote(text)} is no source{NearestWord.Hint(text, known)}", "write finding.subject, finding.bridge, given, plan or a fact of runbooks/README.md");
    }

    private (string What, string Remedy)? NameOfParameter(string text)
        => _read.Any(parameter => parameter.Value.Name == text)
            ? null
            : ($"{Shown.Quote(text)} is no parameter above this one{NearestWord.Hint(text, _read.Select(parameter => parameter.Value.Name))}", "name a parameter that stands before");

    private void CheckOf(YamlScalar source, RunbookParameter parameter, List<YamlScalar> of)
    {
        var about = RunbookFacts.Find(parameter.Source)?.About ?? [];
        if (of.Count != about.Length)
        {
            faults.Add(source, about.IsEmpty ? $"{parameter.Source} is about nothing else" : $"{parameter.Source} is about {Count(about)}, and of names {of.Count}",
                about.IsEmpty ? "remove of" : $"write of: [{string.Join(", ", about.Select(type => type.ToString().ToLowerInvariant()))}] with the names of such parameters");
            return;
        }

        foreach (var (name, wanted) in of.Zip(about))
        {
            var given = _read.First(candidate => candidate.Value.Name == name.Text).Value.Type;
            if (!Fits(given, wanted))
            {
                faults.Add(name, $"{parameter.Source} is about a {wanted.ToString().ToLowerInvariant()}, and {name.Text} is a {given.ToString().ToLowerInvariant()}", "name a parameter of that type");
            }
        }
    }

    private static string Count(ImmutableArray<ParameterType> about) => about.Length == 1 ? "one parameter" : $"{about.Length} parameters";

    private static bool Fits(ParameterType given, ParameterType wanted)
        => given == wanted || (wanted == ParameterType.Link && given is ParameterType.Bridge or ParameterType.Tap);

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,30}\z")]
    private static partial Regex NamePattern();
}
