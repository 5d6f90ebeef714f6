using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.FramePath;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>
/// Facts about ebtables, both variants. Its tables are changed with its own tool only: a rule that nft has written back is the same to the kernel, but
/// ebtables 1.8 then refuses to list the table.
/// </summary>
internal static class EbtablesFactsOfRunbooks
{
    private static readonly ImmutableArray<ParameterType> s_chain = [ParameterType.Name, ParameterType.Name, ParameterType.Name];
    private static readonly ImmutableArray<ParameterType> s_rule = [.. s_chain, ParameterType.Number];

    public static ImmutableArray<RunbookFact> All { get; } =
    [
        new("ebtables-policy", s_chain, "`ACCEPT` or `DROP`; of variant, table and chain", (context, of) => Chain(context, of) is { } chain ? chain.Policy : None(of)),
        new("ebtables-chain", s_chain, "policy and rules as `ebtables -L` prints them; of variant, table and chain", (context, of) => Text(context, of, null)),
        new("ebtables-chain-without-rule", s_rule, "the same without the rule of that number", (context, of) => Text(context, of, of[3])),
        new("ebtables-rule", s_rule, "the words of that rule, one a line", (context, of) => Rule(context, of) is { } words ? string.Join('\n', words) : None(of)),
    ];

    private static SavedChain? Chain(FactContext context, ImmutableArray<string> of)
    {
        var facts = context.View.Optional(EbtablesEvidence.Source);
        var tables = of[0] == "legacy" ? facts?.Legacy : facts?.Nft;
        return (tables ?? []).FirstOrDefault(table => table.Name == of[1])?.Chains.GetValueOrDefault(of[2]);
    }

    private static FactValue None(ImmutableArray<string> of)
        => FactValue.None($"ebtables ({of[0]}) printed no such chain or rule in {of[1]} {of[2]}", "check the host again; if ebtables is not installed there, install it or remove the rule by hand");

    private static FactValue Text(FactContext context, ImmutableArray<string> of, string? without)
    {
        if (Chain(context, of) is not { } chain || (without is not null && Rule(context, of) is null))
        {
            return None(of);
        }

        var rules = chain.Rules.Select(rule => Printed(chain.Name, rule)).ToList();
        if (without is not null)
        {
            rules.RemoveAt(int.Parse(without, CultureInfo.InvariantCulture) - 1);
        }

        return string.Join('\n', rules.Prepend($"policy {chain.Policy}"));
    }

    private static string[]? Rule(FactContext context, ImmutableArray<string> of)
    {
        if (Chain(context, of) is not { } chain || !int.TryParse(of[3], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1 || number > chain.Rules.Length)
        {
            return null;
        }

        // The first of several equal rules is the one that a deletion takes, so the number has to be its own.
        var text = Printed(chain.Name, chain.Rules[number - 1]);
        var words = SaveFormat.Words(text);
        return chain.Rules.Take(number - 1).Any(rule => Printed(chain.Name, rule) == text) || words.Any(word => word.Contains('\n', StringComparison.Ordinal)) ? null : [.. words];
    }

    // "-A FORWARD -p IPv4 -j DROP -c 1 2" as "-p IPv4 -j DROP".
    private static string Printed(string chain, FilterRule rule)
    {
        var text = rule.Text.StartsWith($"-A {chain} ", StringComparison.Ordinal) ? rule.Text[(chain.Length + 4)..] : rule.Text;
        var counters = text.LastIndexOf(" -c ", StringComparison.Ordinal);
        return (counters >= 0 && text[(counters + 4)..].All(c => char.IsAsciiDigit(c) || c == ' ') ? text[..counters] : text).TrimEnd();
    }
}
