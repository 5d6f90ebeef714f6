using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.FramePath;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>Facts about nftables, and about the place where the finding's frame ends.</summary>
internal static partial class FilterFactsOfRunbooks
{
    private static readonly ImmutableArray<ParameterType> s_chain = [ParameterType.Name, ParameterType.Name];
    private static readonly ImmutableArray<ParameterType> s_rule = [ParameterType.Name, ParameterType.Name, ParameterType.Number];

    public static ImmutableArray<RunbookFact> All { get; } =
    [
        new("drop-table", [], "table of the drop that the finding is about", (context, _) => OfDrop(context, drop => drop.Table)),
        new("drop-chain", [], "chain of that drop", (context, _) => OfDrop(context, drop => drop.IsPolicy ? drop.BaseChain : drop.Chain)),
        new("drop-handle", [], "handle of that rule", (context, _) => OfDrop(context, drop => drop.Handle?.ToString(CultureInfo.InvariantCulture))),
        new("drop-variant", [], "`nft` or `legacy`: the kernel interface that the table belongs to", (context, _) => OfDrop(context, drop => drop.IsLegacy ? "legacy" : "nft")),
        new("drop-number", [], "number of that rule in its chain, from 1", (context, _) => OfDrop(context, drop => NumberOf(context, drop))),
        new("chain-policy", s_chain, "`accept` or `drop`, of a chain of family bridge", (context, of) => Chain(context, of) is { Hook: not null } chain
            ? chain.Policy == FilterPolicy.Drop ? "drop" : "accept"
            : NoChain("bridge", of)),
        .. OfFamily("", "bridge"),
        .. OfFamily("device-", "netdev"),
        new("accept-chain", [ParameterType.Name], "the chain of iptables in which bridged frames are let pass: DOCKER-USER where Docker has it, else FORWARD; of the variant `nft` or `legacy`", (context, of) =>
            IpFilter(context, of[0])?.Chains.ContainsKey("DOCKER-USER") == true ? "DOCKER-USER" : "FORWARD"),
        new("accept-dhcp-rule", [ParameterType.Name, ParameterType.Bridge], "`accepted` when the chain INPUT of iptables takes DHCP requests from the bridge by a rule of its own, else `not accepted`; of the variant `nft` or `legacy`", (context, of) =>
            Accepts(context, of[0], "INPUT", $"-A INPUT -i {of[1]} -p udp -m udp --dport 67 -j ACCEPT", $"iifname \"{of[1]}\" udp dport 67 counter accept")),
        new("accept-rule", [ParameterType.Name, ParameterType.Name, ParameterType.Bridge], "`accepted` when that chain of iptables lets all frames between ports of the bridge pass, else `not accepted`", (context, of) =>
            Accepts(context, of[0], of[1], $"-A {of[1]} -i {of[2]} -o {of[2]} -j ACCEPT", $"iifname \"{of[2]}\" oifname \"{of[2]}\" counter accept")),
    ];

    /// <summary>
    /// Whether that chain of the filter table has the rule, in the words of iptables or of nftables: where the listing of nftables tells all, iptables is asked for legacy tables only.
    /// </summary>
    private static FactValue Accepts(FactContext context, string variant, string chain, string saved, string listed)
    {
        var tables = context.View.Optional(IptablesEvidence.Source);
        if ((variant == "legacy" ? tables?.Legacy4 : tables?.Nft4)?.FirstOrDefault(table => table.Name == "filter")?.Chains.GetValueOrDefault(chain) is { } rules)
        {
            return rules.Rules.Any(rule => rule.Text == saved) ? "accepted" : "not accepted";
        }

        return variant == "nft" && Lines(context, "ip", ["filter", chain]) is { } lines
            ? lines.Any(line => Stateless(line) == listed) ? "accepted" : "not accepted"
            : FactValue.None(tables is null ? "the rules of iptables were not read" : $"iptables ({variant}) printed no chain {chain}");
    }

    /// <summary>Facts about chains and rules of one family.</summary>
    private static IEnumerable<RunbookFact> OfFamily(string prefix, string family) =>
    [
        new($"{prefix}chain-text", s_chain, $"the chain of family {family} as `nft -s list chain` prints it, without indentation", (context, of) => Lines(context, family, of) is { } lines
            ? string.Join('\n', lines.Select(Stateless))
            : NoChain(family, of)),
        new($"{prefix}chain-text-without-rule", s_rule, "the same without that rule", (context, of) => Lines(context, family, of) is { } lines && IndexOf(lines, of[2]) is >= 0 and var index
            ? string.Join('\n', lines.RemoveAt(index).Select(Stateless))
            : NoRule(family, of)),
        new($"{prefix}rule-text", s_rule, $"the rule of family {family} as nft takes it, with its counters", (context, of) => Rule(context, family, of) is not { } text ? NoRule(family, of)
            : WhyUnsafe(text) is { } why ? FactValue.None($"rule {of[2]} of {family} {of[0]} {of[1]} {why}, so undo could not bring it back", $"delete it by hand: nft delete rule {family} {of[0]} {of[1]} handle {of[2]}")
            : text),
        new($"{prefix}rule-text-stateless", s_rule, "that rule as `nft -s` prints it", (context, of) => Rule(context, family, of) is { } text ? Stateless(text) : NoRule(family, of)),
        new($"{prefix}rule-before", s_rule, "handle of the rule before it, or `first`", (context, of) => RuleBefore(context, family, of)),
    ];

    private static FactValue OfDrop(FactContext context, Func<DropPoint, string?> read)
    {
        if (context.Request.Finding is not { } finding)
        {
            return FactValue.None("without a finding nothing says which drop is meant", "check the host and repair what it finds");
        }

        return DropFinder.Find(context, finding) is { } drop
            ? FactValue.Of(read(drop), $"{drop.Place} has no such thing")
            : FactValue.None($"the drop that {finding.Id} {finding.Subject} is about is not in the rules that were read");
    }

    // ebtables numbers the rules that nftables gives handles.
    private static string? NumberOf(FactContext context, DropPoint drop)
    {
        var chain = context.Firewall.Tables.FirstOrDefault(table => table.Family == drop.Family && table.Name == drop.Table && table.IsLegacy == drop.IsLegacy)?.Chains.GetValueOrDefault(drop.Chain);
        var rules = chain?.Rules ?? [];
        var index = rules.ToList().FindIndex(rule => drop.Handle is { } handle ? rule.Handle == handle : rule.Text == drop.Text);
        return index < 0 ? null : (index + 1).ToString(CultureInfo.InvariantCulture);
    }

    private static FilterTable? IpFilter(FactContext context, string variant)
        => context.Firewall.Tables.FirstOrDefault(table => table is { Family: FilterFamily.Ip, Name: "filter" } && table.IsLegacy == (variant == "legacy"));

    private static FilterChain? Chain(FactContext context, ImmutableArray<string> of)
        => context.Firewall.Tables.FirstOrDefault(table => table is { Family: FilterFamily.Bridge, IsLegacy: false } && table.Name == of[0])?.Chains.GetValueOrDefault(of[1]);

    private static FactValue NoChain(string family, ImmutableArray<string> of) => FactValue.None($"there is no chain {family} {of[0]} {of[1]} in the rules that were read");

    private static FactValue NoRule(string family, ImmutableArray<string> of) => FactValue.None($"there is no rule {of[2]} on one line in {family} {of[0]} {of[1]} in the rules that were read");

    /// <summary>The lines of a chain in <c>nft -a list ruleset</c>, without indentation; <see langword="null"/> when it is not there.</summary>
    private static ImmutableArray<string>? Lines(FactContext context, string family, ImmutableArray<string> of)
    {
        var text = context.Request.Snapshot.Sections.GetValueOrDefault("e.nft")?.Part("text")?.Text ?? "";
        var lines = text.Split('\n').SkipWhile(line => Bare(line) != $"table {family} {of[0]} {{").TakeWhile(line => line != "}")
            .SkipWhile(line => Bare(line) != $"\tchain {of[1]} {{").Skip(1).TakeWhile(line => line != "\t}");
        var inner = lines.Where(line => line.StartsWith("\t\t", StringComparison.Ordinal)).Select(line => line[2..]).ToImmutableArray();
        return inner.IsEmpty ? null : inner;
    }

    private static int IndexOf(ImmutableArray<string> lines, string handle)
        => lines.ToList().FindIndex(line => line.EndsWith($" # handle {handle}", StringComparison.Ordinal) && !line.StartsWith('\t') && !line.StartsWith(' '));

    private static string? Rule(FactContext context, string family, ImmutableArray<string> of)
        => Lines(context, family, of) is { } lines && IndexOf(lines, of[2]) is >= 0 and var index ? Bare(lines[index]) : null;

    private static FactValue RuleBefore(FactContext context, string family, ImmutableArray<string> of)
    {
        if (Lines(context, family, of) is not { } lines || IndexOf(lines, of[2]) is not (>= 0 and var index))
        {
            return NoRule(family, of);
        }

        var before = lines.Take(index).Select(line => Handle().Match(line)).LastOrDefault(match => match.Success);
        return before is null ? "first" : before.Groups[1].Value;
    }

    /// <summary>nft reads its arguments as one program: a text that could begin another command, or that it would not read as it printed it, is refused.</summary>
    private static string? WhyUnsafe(string rule)
        => rule.Length > 4000 ? "is too long to be written back"
            : rule.Any(c => c is ';' or '#' or '\\' or '`' or '$' || char.IsControl(c)) ? "holds characters that nft would read as commands"
            : rule.Count(c => c == '"') % 2 != 0 || rule.Count(c => c == '{') != rule.Count(c => c == '}') ? "is not whole"
            : ForeignMatch().IsMatch(rule) ? "uses a match or target of iptables, which nft cannot write"
            : null;

    private static string Bare(string line) => Handle().Replace(line, "");

    private static string Stateless(string line) => QuotaUsed().Replace(Counter().Replace(Bare(line), "$1counter"), "$1");

    [GeneratedRegex(@" # handle ([0-9]+)$")]
    private static partial Regex Handle();

    [GeneratedRegex(@"(^| )counter packets [0-9]+ bytes [0-9]+")]
    private static partial Regex Counter();

    [GeneratedRegex(@"(quota (?:over |until )?[0-9]+ [a-z]+) used [0-9]+ [a-z]+")]
    private static partial Regex QuotaUsed();

    [GeneratedRegex(@"(^| )xt (match|target|watcher) ")]
    private static partial Regex ForeignMatch();
}
