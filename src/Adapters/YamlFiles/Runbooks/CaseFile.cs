using System.Collections.Immutable;
using System.Text;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Runbooks;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Adapters.YamlFiles.Runbooks;

/// <summary>Reads the cases beside a runbook: <c>attach-uplink.cases.yaml</c> beside <c>attach-uplink.yaml</c>.</summary>
public static class CaseFile
{
    private static readonly string[] s_keys = ["name", "host", "sections", "snapshot", "finding", "arguments", "expect"];
    private static readonly string[] s_expectKeys = ["risk", "guests", "steps", "impossible"];
    private static readonly string[] s_stepKeys = ["run", "undo", "read", "before", "after", "subject"];

    // A host that says nothing of itself: root over a console, so that a case is about its own matter.
    private const string Self = "connection=\nuid=0\nroot=\nmachine=00000000000000000000000000000042\nboot=00000000-0000-4000-8000-000000000042\nuptime=1000.00\nclock=1\n";

    /// <summary>The path of the cases of a runbook file.</summary>
    public static string PathFor(string runbook) => (runbook.EndsWith(".yaml", StringComparison.Ordinal) ? runbook[..^5] : runbook) + RunbookFiles.CasesSuffix;

    /// <summary>Reads the file.</summary>
    public static (ImmutableArray<RunbookCase> Cases, ImmutableArray<FileFault> Faults) Read(string path)
    {
        var (text, fault) = StrictText.Read(path);
        if (fault is not null)
        {
            return ([], [fault]);
        }

        var faults = new FaultList(path);
        var cases = ImmutableArray.CreateBuilder<RunbookCase>();
        switch (YamlTree.Parse(text, faults))
        {
            case YamlMap map when new FieldReader(map, "a file of cases", ["cases"], faults).Find("cases") is YamlList { Items.Count: > 0 } list:
                cases.AddRange(list.Items.Select(item => ReadCase(item, faults)).OfType<RunbookCase>());
                break;
            case { } other:
                faults.Add(other, "the file has no list of cases", "begin with cases: and a dash for each");
                break;
        }

        return faults.IsEmpty ? (cases.ToImmutable(), []) : ([], faults.InFileOrder());
    }

    private static RunbookCase? ReadCase(YamlNode item, FaultList faults)
    {
        if (item is not YamlMap map)
        {
            faults.Add(item, $"a case has to be a mapping, this is {item.Kind}", "write - name: what it shows");
            return null;
        }

        var fields = new FieldReader(map, "a case", s_keys, faults);
        var name = fields.RequiredText("name", RunbookReading.Sentence, "name: what it shows");
        var host = ReadHost(fields, faults);
        var snapshot = fields.Has("snapshot") ? FromFile(fields, faults) : FromSections(fields, faults);
        var finding = fields.Text("finding", text => RunbookReading.OneOf(text, ["auto", "none"]));
        if (fields.Find("expect") is not YamlMap expectMap)
        {
            faults.Add(map, "the case expects nothing", "add expect: with risk, guests and steps, or impossible");
            return null;
        }

        var expect = new FieldReader(expectMap, "expect", s_expectKeys, faults);
        var risk = expect.Text("risk", text => RunbookReading.OneOf(text, Enum.GetNames<Risk>()));
        return name is null || snapshot is null ? null : new()
        {
            Name = name.Text,
            Host = host,
            Snapshot = snapshot with { Host = host.Name },
            FromFinding = finding?.Text != "none",
            Arguments = ReadArguments(fields, faults),
            Impossible = expect.Text("impossible", _ => null)?.Text,
            Risk = risk is null ? null : Enum.Parse<Risk>(risk.Text),
            Guests = expect.Find("guests") is YamlList guests ? [.. guests.Items.OfType<YamlScalar>().Select(guest => guest.Text)] : null,
            Steps = expect.Find("steps") is YamlList steps ? [.. steps.Items.Select(step => ReadStep(step, faults)).OfType<ExpectedStep>()] : null,
        };
    }

    private static HostEntry ReadHost(FieldReader fields, FaultList faults)
    {
        var entry = new HostEntry { Name = "host42", Address = "192.0.2.42" };
        if (fields.Find("host") is not YamlMap map)
        {
            return entry;
        }

        var host = new FieldReader(map, "host", ["bridges", "uplinks"], faults);
        var uplinks = host.Find("uplinks") as YamlMap;
        return entry with
        {
            Bridges = [.. host.Texts("bridges", Words.Link).Select(bridge => bridge.Text)],
            Uplinks = (uplinks?.Entries ?? []).Where(pair => pair.Value is YamlScalar).ToImmutableSortedDictionary(pair => pair.Key.Text, pair => ((YamlScalar)pair.Value).Text, StringComparer.Ordinal),
        };
    }

    private static ImmutableSortedDictionary<string, string> ReadArguments(FieldReader fields, FaultList faults)
    {
        var arguments = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (fields.Find("arguments") is not YamlMap map)
        {
            return arguments.ToImmutable();
        }

        foreach (var (key, value) in map.Entries)
        {
            if (value is YamlScalar scalar)
            {
                arguments[key.Text] = scalar.Text;
            }
            else
            {
                faults.Add(value, $"an argument has to be a text, this is {value.Kind}", "put it in quotes");
            }
        }

        return arguments.ToImmutable();
    }

    private static ExpectedStep? ReadStep(YamlNode node, FaultList faults)
    {
        if (node is not YamlMap map)
        {
            faults.Add(node, $"a step has to be a mapping, this is {node.Kind}", "write - { before: x, after: y }");
            return null;
        }

        var fields = new FieldReader(map, "an expected step", s_stepKeys, faults);
        return new(Vector("run"), Vector("undo"), Vector("read"), Scalar("before"), Scalar("after"), Scalar("subject"));

        ImmutableArray<string>? Vector(string key) => fields.Find(key) is YamlList list ? [.. list.Items.OfType<YamlScalar>().Select(item => item.Text)] : null;
        string? Scalar(string key) => fields.Text(key, _ => null)?.Text;
    }

    private static HostSnapshot? FromFile(FieldReader fields, FaultList faults)
    {
        if (fields.Text("snapshot", _ => null) is not { } name)
        {
            return null;
        }

        var path = PathText.Absolute(name.Text, Path.GetDirectoryName(faults.File) ?? "/");
        try
        {
            using var stream = File.OpenRead(path);
            switch (SnapshotFile.Read(stream))
            {
                case SnapshotFile.Reading.Loaded(var snapshot):
                    return snapshot;
                case SnapshotFile.Reading.Unusable unusable:
                    faults.Add(name, $"{Shown.Line(path, 200)}: {Shown.Line(unusable.Message, 300)}", "name a file that chatopsbot snapshot has written");
                    break;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(name, $"{Shown.Line(path, 200)} cannot be read ({Shown.Line(e.Message, 100)})", "name a file that chatopsbot snapshot has written");
        }

        return null;
    }

    /// <summary>Sections as text or, for tools that print JSON, as YAML of the same meaning.</summary>
    private static HostSnapshot? FromSections(FieldReader fields, FaultList faults)
    {
        var sections = ImmutableSortedDictionary.CreateBuilder<string, SectionOutput>(StringComparer.Ordinal);
        sections["e.self"] = new("e.self", [Part("self", Self)]);
        foreach (var (key, value) in (fields.Find("sections") as YamlMap)?.Entries ?? [])
        {
            if (!Domain.Evidence.Catalogue.All.Any(source => source.Id == key.Text) || value is not YamlMap parts)
            {
                faults.Add(key, $"{Shown.Quote(key.Text)} is no section with parts", "write e.link: { links: [...] }");
                continue;
            }

            sections[key.Text] = new(key.Text, [.. parts.Entries.Select(part => Part(part.Key.Text, part.Value is YamlScalar scalar ? scalar.Text : YamlJson.Text(part.Value)))]);
        }

        return new("host42", DateTimeOffset.UnixEpoch, TimeSpan.Zero, sections.ToImmutable());
    }

    private static PartOutput Part(string name, string text) => new(name, PartEnd.Exited, 0, Encoding.UTF8.GetBytes(text), default);
}
