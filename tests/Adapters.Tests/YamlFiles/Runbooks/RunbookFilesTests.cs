using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ChatOpsBot.Adapters.YamlFiles.Runbooks;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Runbooks;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.YamlFiles.Runbooks;

/// <summary>The runbooks that are shipped, and files that are none.</summary>
public sealed partial class RunbookFilesTests : IDisposable
{
    private const string Valid = """
        title: Set a port up
        answers: [nic.uplink-admin-down]
        parameters:
          port: { type: link, from: finding.subject, about: port }
        steps:
          - name: set {port} up
            risk: D0
            subject: port
            read: [cat, "/sys/class/net/{port}/flags"]
            before: down
            run: [ip, link, set, dev, "{port}", up]
            after: up
            undo: [ip, link, set, dev, "{port}", down]
        verify: dhcp-ack
        consequence: it is up

        """;

    private readonly TemporaryFolder _folder = new();

    private static RunbookSet Shipped => Assert.IsType<RunbooksReading.Loaded>(new RunbookFiles().ReadAll(RepositoryFiles.At("runbooks"))).Runbooks;

    [Fact]
    public void ReadAll_ShippedRunbooks_AnswerEveryRepairThatRulesName()
    {
        var named = Directory.EnumerateFiles(RepositoryFiles.At("src", "Domain", "Diagnosis"), "*.cs", SearchOption.AllDirectories).SelectMany(file => RepairId().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).Distinct().Order();
        var answering = Shipped.ById.Values.Where(runbook => !runbook.IsForPeople).Select(runbook => runbook.Id);
        Assert.Equal(named, answering);
    }

    [Fact]
    public void ReadAll_ShippedRunbooks_AreListedInTheReadme()
    {
        var rows = Shipped.ById.Values.Select(runbook => $"| [`{runbook.Id}`]({runbook.Id}.yaml) | {runbook.Title} | {(runbook.IsForPeople ? "for people" : string.Join(", ", runbook.Answers))} | {runbook.Steps.Select(step => step.Risk).DefaultIfEmpty(Risk.D0).Max()} |");
        var facts = RunbookFacts.All.Select(fact => $"| `{fact.Name}` | {(fact.About.IsEmpty ? "-" : string.Join(", ", fact.About).ToLowerInvariant())} | {fact.Says} |");
        var readme = File.ReadAllText(RepositoryFiles.At("runbooks", "README.md"));
        Assert.True(readme.Contains(string.Join('\n', rows), StringComparison.Ordinal), "the table of runbooks in runbooks/README.md should be:\n" + string.Join('\n', rows));
        Assert.True(readme.Contains(string.Join('\n', facts), StringComparison.Ordinal), "the table of facts in runbooks/README.md should be:\n" + string.Join('\n', facts));
    }

    [Fact]
    public void Cases_Shipped_AllHold()
    {
        foreach (var runbook in Shipped.ById.Values)
        {
            var path = CaseFile.PathFor(RepositoryFiles.At(["runbooks", .. (runbook.Id + ".yaml").Split('/')]));
            Assert.True(File.Exists(path), $"{runbook.Id} has no cases: write {Path.GetFileName(path)} beside it");
            var (cases, faults) = CaseFile.Read(path);
            Assert.Empty(faults);
            Assert.NotEmpty(cases);
            Assert.All(cases, example => Assert.Equal("", string.Join('\n', RunbookCases.Run(runbook, example).Select(difference => $"{example.Name}: {difference}"))));
        }
    }

    [Fact]
    public void Schema_OfRunbooks_HasTheKeysThatTheReaderTakes()
    {
        var schema = File.ReadAllText(RepositoryFiles.At("runbooks", "runbook.schema.json"));
        using var json = System.Text.Json.JsonDocument.Parse(schema);
        var root = json.RootElement;
        Assert.Equal(RunbookReading.Keys.Order(), Keys(root).Order());
        Assert.Equal(StepReading.Keys.Order(), Keys(root.GetProperty("$defs").GetProperty("step")).Order());
        Assert.Equal(ParameterReading.Keys.Order(), Keys(root.GetProperty("$defs").GetProperty("parameter")).Order());
        Assert.Equal(RunbookReading.RequirementKeys.Order(), Keys(root.GetProperty("$defs").GetProperty("requirement")).Order());

        static IEnumerable<string> Keys(System.Text.Json.JsonElement of) => of.GetProperty("properties").EnumerateObject().Select(property => property.Name);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("- a\n", "a runbook has to be a mapping")]
    [InlineData("title: [\n", "not valid YAML")]
    [InlineData("title: x\ntitle: y\n", "a second time")]
    [InlineData("title: &a x\nconsequence: *a\n", "anchor")]
    [InlineData("title: !!binary x\n", "tag")]
    public void Read_NoRunbook_NamesTheFault(string text, string what) => Assert.Contains(Faults(text), fault => fault.What.Contains(what, StringComparison.Ordinal) && fault.Remedy.Length > 0);

    [Theory]
    [InlineData("title: Set a port up", "titles: Set a port up", "did you mean title?")]
    [InlineData("nic.uplink-admin-down", "nic.uplink-admin-dwn", "did you mean nic.uplink-admin-down?")]
    [InlineData("answers: [nic.uplink-admin-down]", "answers: []", "empty list")]
    [InlineData("answers: [nic.uplink-admin-down]\n", "", "nothing says when it is used")]
    [InlineData("answers: [nic.uplink-admin-down]", "answers: [nic.uplink-admin-down]\nforPeople: true", "not for people only")]
    [InlineData("type: link", "type: lnk", "did you mean link?")]
    [InlineData("from: finding.subject", "from: finding.sbject", "did you mean finding.subject?")]
    [InlineData("from: finding.subject, about: port", "from: finding.subject", "needs to know what it is")]
    [InlineData("from: finding.subject", "from: admin-state", "is about one parameter")]
    [InlineData("from: finding.subject", "from: finding.subject, of: other", "is no parameter above")]
    [InlineData("  port: {", "  Port!: {", "not the name of a parameter")]
    [InlineData("dev, \"{port}\", up]", "dev, \"{ports}\", up]", "did you mean port?")]
    [InlineData("    subject: port\n", "    subject: ports\n", "did you mean port?")]
    [InlineData("run: [ip, link, set, dev, \"{port}\", up]", "run: [sh, -c, \"ip link set {port} up\"]", "where a value would be run")]
    [InlineData("run: [ip, link, set, dev, \"{port}\", up]", "run: ip link set eno2 up", "list of arguments")]
    [InlineData("run: [ip, link, set, dev, \"{port}\", up]", "run: []", "is empty")]
    [InlineData("run: [ip, link, set, dev, \"{port}\", up]", "run: [\"{port}\", up]", "not the name of a program")]
    [InlineData("run: [ip, link, set, dev, \"{port}\", up]", "run: [ip, [up]]", "has to be a text")]
    [InlineData("run: [ip, link, set, dev, \"{port}\", up]", "run: [modprobe, br_netfilter]", "switches the filtering of bridged frames on")]
    [InlineData("run: [ip, link, set, dev, \"{port}\", up]", "run: [systemctl, restart, networking]", "tears taps off")]
    [InlineData("run: [ip, link, set, dev, \"{port}\", up]", "run: [sh, -c, \"modprobe br_netfilter && true\"]", "switches the filtering of bridged frames on")]
    [InlineData("run: [ip, link, set, dev, \"{port}\", up]", "run: [/sbin/ifdown, --all]", "tears taps off")]
    [InlineData("run: [ip, link, set, dev, \"{port}\", up]", "run: [ssh, switch, \"switchport port-security maximum 1\"]", "cuts off every guest")]
    [InlineData("run: [ip, link, set, dev, \"{port}\", up]", "run: [sysctl, -w, net.bridge.bridge-nf-call-iptables=1]", "switches the filtering")]
    [InlineData("    undo: [ip, link, set, dev, \"{port}\", down]\n", "", "needs undo")]
    [InlineData("    read: [cat, \"/sys/class/net/{port}/flags\"]\n", "", "needs read")]
    [InlineData("after: up", "after: down", "the same as before")]
    [InlineData("risk: D0", "risk: D4", "is not known")]
    [InlineData("risk: D0", "risk: D0\n    timeout: 11m", "not within 1 s and 10 min")]
    [InlineData("risk: D0", "risk: D0\n    timeout: soon", "timeout")]
    [InlineData("verify: dhcp-ack", "verify: ping", "is not known")]
    [InlineData("verify: dhcp-ack\n", "", "needs verify")]
    [InlineData("consequence: it is up\n", "", "needs consequence")]
    [InlineData("consequence: it is up", "consequence: it {is} up", "is no parameter")]
    [InlineData("verify: dhcp-ack", "verify: dhcp-ack\nrequire: { a: b }", "require has to be a list")]
    [InlineData("verify: dhcp-ack", "verify: dhcp-ack\nrequire: [{ that: x, is: y, otherwise: z, remedy: w }]", "looks at no value")]
    [InlineData("  port: {", "  spare: { type: text, from: given, about: x }\n  port: {", "is used nowhere")]
    public void Read_OneThingWrong_NamesItWithPlaceAndRemedy(string good, string bad, string what)
    {
        Assert.Contains(good, Valid, StringComparison.Ordinal);
        var faults = Faults(Valid.Replace(good, bad, StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.What.Contains(what, StringComparison.Ordinal) && fault.Line > 0 && fault.Remedy.Length > 0);
    }

    [Fact]
    public void Read_Valid_HasIdAndHashOfTheFile()
    {
        var file = Write(Valid);
        var runbook = Assert.Single(Assert.IsType<RunbooksReading.Loaded>(new RunbookFiles().Read(file)).Runbooks.ById.Values);
        Assert.Equal("nic/x", runbook.Id);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))), runbook.Hash);
    }

    [Fact]
    public void Read_TruncatedAnywhere_IsAValueAndNeverAnException()
    {
        for (var length = 0; length < Valid.Length; length += 7)
        {
            _ = new RunbookFiles().Read(Write(Valid[..length]));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private ImmutableArray<FileFault> Faults(string text) => Assert.IsType<RunbooksReading.Refused>(new RunbookFiles().Read(Write(text))).Faults;

    private string Write(string text)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "runbooks", "nic")).FullName;
        var file = Path.Combine(folder, "x.yaml");
        File.WriteAllText(file, text);
        return file;
    }

    [GeneratedRegex("\"((?:nic|bridge|nf|guest|libvirt|kernel|host|vlan|ovs|mtu|dhcp|addr|offload|switch|platform)/[a-z-]+)\"")]
    private static partial Regex RepairId();
}
