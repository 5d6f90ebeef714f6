using ChatOpsBot.Adapters.YamlFiles.Policies;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.YamlFiles;

public sealed class PolicyFileTests : IDisposable
{
    /// <summary>The example of the documentation, word for word but for the place of the token.</summary>
    private const string Full = """
        people:
          - { id: ann, name: Ann Example, groups: [network], slack: [{ team: T1, user: U1 }],
              teams: [{ tenant: 72f9, user: 0f3a }], console: { tokenFile: ann.token } }
        groups:
          network: { slackUserGroups: [S1],        # a member counts only if a person under people: owns that account
                     notify: { slack: [{ team: T1, channel: C1 }], teams: [{ tenant: 72f9, conversation: "19:x" }] } }   # requests and reminders
          leads: {}
        rules:
          - { who: ["group:network"], may: [check, recheck, trace, explain, status, incidents, transcript, run, runbooks, cancel, note, hosts], hosts: ["*"] }
        approvals:
          - { risk: [D0, D1], from: ["group:network"], quorum: 1, requesterMay: true }
          - { risk: [D2, D3], from: ["group:network"], quorum: 1, requesterMay: false, expires: 30m }
        breakGlass: { who: ["group:leads"], reviewWithin: 24h, reviewers: ["group:leads"] }
        probes: { p.trace: allow, p.arp: allow, p.df: allow, p.lldp: allow, p.dhcp: approve, p.nudge: approve }
        """;

    private const string People = "people: [{ id: ann, groups: [network] }, { id: bo }]\ngroups: { network: {} }\n";

    private readonly TemporaryFolder _folder = new();

    public PolicyFileTests() => Token("ann.token", "0123456789abcdef0123456789abcdef\n");

    [Fact]
    public void Parse_ExampleOfTheDocumentation_ReadsEveryField()
    {
        var reading = Assert.IsType<PolicyReading.Loaded>(Parse(Full));
        var policy = reading.Policy;

        var ann = Assert.Single(policy.People);
        Assert.Equal(("ann", "Ann Example"), (ann.Id.Value, ann.Name));
        Assert.Equal([new Account.Slack("T1", "U1"), new Account.Teams("72f9", "0f3a")], ann.Accounts.AsEnumerable());
        Assert.Equal(ann, policy.FindByToken(ConsoleTokenHash.Of("0123456789abcdef0123456789abcdef")));
        Assert.Equal(["slack:T1/C1", "teams:72f9/19:x"], policy.Groups["network"].Notify.Select(place => place.Value));
        Assert.Equal(["S1"], policy.Groups["network"].SlackUserGroups);
        var rule = Assert.Single(policy.Rules);
        Assert.Equal(PolicyCommandWords.Grantable.Order(), rule.May.Order());
        Assert.IsType<HostSelector.Any>(Assert.Single(rule.Hosts));
        Assert.Equal([Risk.D2, Risk.D3], policy.Approvals[1].Risks);
        Assert.Equal((1, false, TimeSpan.FromMinutes(30)), (policy.Approvals[1].Quorum, policy.Approvals[1].RequesterMay, policy.Approvals[1].Expires));
        Assert.Null(policy.Approvals[0].Expires);
        Assert.Equal(TimeSpan.FromHours(24), policy.BreakGlass?.ReviewWithin);
        Assert.Equal(ProbeUse.Approve, policy.Probes.For("p.nudge"));
        Assert.Equal([Path.Combine(_folder.Path, "ann.token")], reading.Files);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing yet\n")]
    [InlineData("people: []\n")]
    [InlineData("{}")]
    public void Parse_EmptyPolicy_IsValidAndAllowsNothing(string text)
    {
        var policy = Assert.IsType<PolicyReading.Loaded>(Parse(text)).Policy;

        Assert.Empty(policy.People);
        Assert.Empty(policy.Rules);
    }

    // Where, then what is wrong, then a piece of the remedy.
    [Theory]
    [InlineData("- people", ":1:1:", "has to be a mapping", "people:")]
    [InlineData("peeple: []", ":1:1:", "a policy has no key \"peeple\" (did you mean people?)", "use one of")]
    [InlineData("people: [{ id: ann }]\npeople: []", ":2:1:", "a second time", "keep one")]
    [InlineData("people: ann", ":1:9:", "people has to be a list", "people: [")]
    [InlineData("people: [ann]", ":1:10:", "each entry of people has to be a mapping", "write {")]
    [InlineData("people: [{ name: Ann }]", ":1:10:", "a person needs id", "id: ann")]
    [InlineData("people: [{ id: a b }]", ":1:16:", "is not a name that can be typed", "letters")]
    [InlineData("people: [{ id: ann }, { id: Ann }]", ":1:29:", "listed a second time", "another id")]
    [InlineData("people: [{ id: ann, groups: [netwrok] }]\ngroups: { network: {} }", ":1:30:", "there is no group netwrok (did you mean network?)", "groups:")]
    [InlineData("people: [{ id: ann, group: [x] }]", ":1:21:", "no key \"group\" (did you mean groups?)", "use one of")]
    [InlineData("people: [{ id: ann, slack: [{ team: T1 }] }]", ":1:29:", "needs user", "user: U1")]
    [InlineData("people: [{ id: ann, slack: [{ team: T1, user: \"@ann\" }] }]", ":1:47:", "not an id of the platform", "not a name")]
    [InlineData("people: [{ id: ann, slack: { team: T1, user: U1 } }]", ":1:28:", "slack has to be a list", "slack: [")]
    [InlineData("people: [{ id: ann, slack: [{ team: T1, user: U1 }] }, { id: bo, slack: [{ team: T1, user: U1 }] }]", ":1:74:", "slack team T1 user U1 belongs to ann (line 1)", "one person")]
    [InlineData("people: [{ id: ann, teams: [{ tenant: A1, user: B1 }, { tenant: a1, user: b1 }] }]", ":1:55:", "belongs to this person already", "keep one")]
    [InlineData("people: [{ id: ann, teams: [{ emulator: u1 }] }]", ":1:29:", "emulator accounts are not authenticated", "DOTNET_ENVIRONMENT=Development")]
    [InlineData("people: [{ id: ann, console: { token: abc } }]", ":1:32:", "console has no key \"token\"", "tokenFile")]
    [InlineData("people: [{ id: ann, console: { tokenFile: none.token } }]", ":1:43:", "does not exist", "openssl rand")]
    [InlineData("people: [{ id: ann, console: { tokenFile: open.token } }]", ":1:43:", "can be read or changed by others", "chmod 600")]
    [InlineData("people: [{ id: ann, console: { tokenFile: short.token } }]", ":1:43:", "fewer than 16 characters", "openssl rand")]
    [InlineData("people: [{ id: ann, console: { tokenFile: empty.token } }]", ":1:43:", "the file is empty", "openssl rand")]
    [InlineData("people: [{ id: ann, console: { tokenFile: two.token } }]", ":1:43:", "blanks, line breaks", "one line")]
    [InlineData("people: [{ id: ann, console: { tokenFile: ann.token } }, { id: bo, console: { tokenFile: same.token } }]", ":1:90:", "the same token as that of ann", "own token")]
    [InlineData("people: [{ id: ann, console: { tokenFile: . } }]", ":1:43:", "is a directory", "path")]
    [InlineData("groups: [network]", ":1:9:", "groups has to be a mapping", "network: {}")]
    [InlineData("groups: { network: [ann] }", ":1:20:", "group network has to be a mapping", "under people:")]
    [InlineData("groups: { a: { slackUserGroups: [S1] }, b: { slackUserGroups: [S1] } }", ":1:64:", "belongs to a already", "one group")]
    [InlineData("groups: { a: { notify: { irc: [x] } } }", ":1:26:", "notify has no key \"irc\"", "slack, teams")]
    [InlineData("groups: { a: { notify: { slack: [{ team: T1, channel: \"C 1\" }] } } }", ":1:55:", "not the id of a conversation", "without blanks")]
    [InlineData("rules: [{ may: [check], hosts: [\"*\"] }]", ":1:9:", "who is missing", "group:network")]
    [InlineData(People + "rules: [{ who: [], may: [check], hosts: [\"*\"] }]", ":3:16:", "who is an empty list", "group:network")]
    [InlineData(People + "rules: [{ who: [network], may: [check], hosts: [\"*\"] }]", ":3:17:", "neither a person nor a group", "\"group:network\"")]
    [InlineData(People + "rules: [{ who: [\"group:lead\"], may: [check], hosts: [\"*\"] }]", ":3:17:", "there is no group \"lead\"", "groups:")]
    [InlineData(People + "rules: [{ who: [anne], may: [check], hosts: [\"*\"] }]", ":3:17:", "did you mean ann?", "id of a person")]
    [InlineData(People + "rules: [{ who: [ann], may: [chek], hosts: [\"*\"] }]", ":3:29:", "did you mean check?", "use one of")]
    [InlineData(People + "rules: [{ who: [ann], may: [\"*\"], hosts: [\"*\"] }]", ":3:29:", "there is no command \"*\"", "use one of")]
    [InlineData(People + "rules: [{ who: [ann], may: [approve], hosts: [\"*\"] }]", ":3:29:", "not given by a rule", "approvals:")]
    [InlineData(People + "rules: [{ who: [ann], may: [break-glass], hosts: [\"*\"] }]", ":3:29:", "not given by a rule", "breakGlass:")]
    [InlineData(People + "rules: [{ who: [ann], may: [help], hosts: [\"*\"] }]", ":3:29:", "answers everybody", "remove it")]
    [InlineData(People + "rules: [{ who: [ann], may: [check], hosts: [\"host*\"] }]", ":3:45:", "names no hosts", "exact host name")]
    [InlineData(People + "rules: [{ who: [ann], may: [check], hosts: [\"tag:\"] }]", ":3:45:", "names no hosts", "tag:NAME")]
    [InlineData(People + "rules: [{ who: [ann], may: [check], host: [a] }]", ":3:37:", "no key \"host\" (did you mean hosts?)", "use one of")]
    [InlineData(People + "approvals: [{ risk: [D4], from: [ann] }]", ":3:22:", "\"D4\" is not a risk", "D0, D1, D2, D3")]
    [InlineData(People + "approvals: [{ risk: [0], from: [ann] }]", ":3:22:", "is not a risk", "D0, D1, D2, D3")]
    [InlineData(People + "approvals: [{ risk: [D0], from: [ann] }, { risk: [D0], from: [bo] }]", ":3:51:", "has its approvers already", "one entry")]
    [InlineData(People + "approvals: [{ risk: [D0] }]", ":3:13:", "from is missing", "from:")]
    [InlineData(People + "approvals: [{ risk: [D0], from: [\"group:network\"], quorum: 2 }]", ":3:60:", "quorum is 2, but group:network has only 1 person", "lower the quorum")]
    [InlineData(People + "approvals: [{ risk: [D0], from: [ann], quorum: 0 }]", ":3:48:", "not a number of approvers", "from 1 to 20")]
    [InlineData(People + "approvals: [{ risk: [D0], from: [ann], quorum: -1 }]", ":3:48:", "not a number of approvers", "from 1 to 20")]
    [InlineData(People + "approvals: [{ risk: [D0], from: [ann], requesterMay: yes }]", ":3:54:", "neither true nor false", "true or false")]
    [InlineData(People + "approvals: [{ risk: [D0], from: [ann], expires: never }]", ":3:49:", "is not a duration", "2m")]
    [InlineData(People + "approvals: [{ risk: [D0], from: [ann], expires: 0s }]", ":3:49:", "no time at all", "2m")]
    [InlineData(People + "breakGlass: { reviewWithin: 1h }", ":3:13:", "who is missing", "group:leads")]
    [InlineData(People + "breakGlass: [ann]", ":3:13:", "breakGlass has to be a mapping", "who")]
    [InlineData("probes: { p.trase: allow }", ":1:11:", "did you mean p.trace?", "use one of")]
    [InlineData("probes: { p.trace: yes }", ":1:20:", "says nothing about a probe", "allow, approve or deny")]
    [InlineData("probes: [p.trace]", ":1:9:", "probes has to be a mapping", "p.trace: allow")]
    [InlineData("people: &a []\nrules: *a", ":1:9:", "anchor", "write the value")]
    [InlineData("people: [{ id: ann", ":2:1:", "not valid YAML", "brackets")]
    [InlineData("people:\n\t- { id: ann }", ":2:1:", "tab", "spaces")]
    public void Parse_Malformed_NamesPlaceFaultAndRemedy(string text, string place, string what, string remedy)
    {
        Token("short.token", "abc");
        Token("empty.token", "\n");
        Token("two.token", "0123456789abcdef0123456789\nabcdef0123456789");
        Token("same.token", "0123456789abcdef0123456789abcdef");
        Token("open.token", "fedcba9876543210fedcba9876543210", UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var refused = Assert.IsType<PolicyReading.Refused>(Parse(text));

        var faults = refused.Faults.Select(fault => fault.ToString()).ToArray();
        Assert.Contains(faults, fault => fault.Contains($"policy.yaml{place}", StringComparison.Ordinal) && fault.Contains(what, StringComparison.Ordinal) && fault.Contains(remedy, StringComparison.Ordinal));
        Assert.All(faults, fault => Assert.DoesNotContain("0123456789abcdef", fault, StringComparison.Ordinal));
        Assert.True(faults.Length <= 2, string.Join('\n', faults));
    }

    [Fact]
    public void Parse_SeveralFaults_AreNamedAtOnceInFileOrder()
    {
        var refused = Assert.IsType<PolicyReading.Refused>(Parse("people: [{ id: \"a b\" }]\nrules: [{ who: [x], may: [fly], hosts: [\"?\"] }]\nprobes: { p.x: allow }"));

        Assert.Equal([1, 2, 2, 2, 3], refused.Faults.Select(fault => fault.Line));
    }

    [Fact]
    public void Parse_Emulator_OnlyWhereItIsAllowed()
    {
        var reading = new PolicyFile(allowEmulator: true).Parse(Path.Combine(_folder.Path, "policy.yaml"), "people: [{ id: ann, teams: [{ emulator: user-1 }] }]");

        Assert.Equal("ann", Assert.IsType<PolicyReading.Loaded>(reading).Policy.FindOwner(new Account.Emulator("user-1"))?.Id.Value);
    }

    [Fact]
    public void Parse_TokenFileThatAGroupMayRead_IsAccepted()
    {
        Token("group.token", "fedcba9876543210fedcba9876543210", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        Assert.IsType<PolicyReading.Loaded>(Parse("people: [{ id: ann, console: { tokenFile: group.token } }]"));
    }

    [Fact]
    public void Read_MissingFileAndDirectory_AreFaults()
    {
        Assert.Contains("no such file", Assert.Single(Assert.IsType<PolicyReading.Refused>(new PolicyFile().Read("/nonexistent/policy.yaml")).Faults).What, StringComparison.Ordinal);
        Assert.Contains("directory", Assert.Single(Assert.IsType<PolicyReading.Refused>(new PolicyFile().Read(_folder.Path)).Faults).What, StringComparison.Ordinal);
    }

    // A fixed seed: a failure can be repeated by its number.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Parse_RandomMutations_NeverThrowAndNeverAllowMore(int seed)
    {
        var random = new Random(seed);
        const string alphabet = "{}[]:,-&*!|>'\"%@`#? \n\t\r~abcD01\u0000\u001b\u202e\uD83D";
        for (var round = 0; round < 1_500; round++)
        {
            var text = Full.ToCharArray().ToList();
            for (var edit = random.Next(1, 8); edit > 0 && text.Count > 0; edit--)
            {
                var at = random.Next(text.Count);
                switch (random.Next(3))
                {
                    case 0:
                        text[at] = alphabet[random.Next(alphabet.Length)];
                        break;
                    case 1:
                        text.Insert(at, alphabet[random.Next(alphabet.Length)]);
                        break;
                    default:
                        text.RemoveRange(at, Math.Min(random.Next(1, 40), text.Count - at));
                        break;
                }
            }

            switch (Parse(new string([.. text])))
            {
                case PolicyReading.Refused refused:
                    Assert.NotEmpty(refused.Faults);
                    Assert.All(refused.Faults, fault => Assert.True(fault.Line >= 1 && fault.What.Length > 0 && fault.Remedy.Length > 0, $"seed {seed}, round {round}: {fault}"));
                    break;
                case PolicyReading.Loaded(var policy):
                    Assert.All(policy.Approvals, rule => Assert.True(rule.Quorum >= 1 && !rule.From.IsEmpty, $"seed {seed}, round {round}"));
                    Assert.IsType<PolicyAnswer.Refused>(PolicyJudge.Judge(policy, new() { Person = new("stranger"), Command = PolicyCommand.Check }));
                    break;
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    private PolicyReading Parse(string text) => new PolicyFile().Parse(Path.Combine(_folder.Path, "policy.yaml"), text);

    private void Token(string name, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var path = _folder.Write(name, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }
}
