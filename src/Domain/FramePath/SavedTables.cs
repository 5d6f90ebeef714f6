using System.Collections.Immutable;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>Gives tables of the save format their place in the kernel, and their details to the tables of nftables.</summary>
internal static class SavedTables
{
    /// <summary>Hooks and priorities that the kernel gives the built-in chains of each table.</summary>
    private static readonly (bool OnBridge, string Table, string Chain, FilterHook Hook, int Priority)[] BuiltIn =
    [
        (false, "raw", "PREROUTING", FilterHook.Prerouting, -300),
        (false, "mangle", "PREROUTING", FilterHook.Prerouting, -150),
        (false, "mangle", "INPUT", FilterHook.Input, -150),
        (false, "mangle", "FORWARD", FilterHook.Forward, -150),
        (false, "mangle", "POSTROUTING", FilterHook.Postrouting, -150),
        (false, "nat", "PREROUTING", FilterHook.Prerouting, -100),
        (false, "nat", "POSTROUTING", FilterHook.Postrouting, 100),
        (false, "filter", "INPUT", FilterHook.Input, 0),
        (false, "filter", "FORWARD", FilterHook.Forward, 0),
        (false, "raw", "OUTPUT", FilterHook.Output, -300),
        (false, "mangle", "OUTPUT", FilterHook.Output, -150),
        (false, "filter", "OUTPUT", FilterHook.Output, 0),
        (false, "security", "FORWARD", FilterHook.Forward, 50),
        (true, "nat", "PREROUTING", FilterHook.Prerouting, -300),
        (true, "nat", "POSTROUTING", FilterHook.Postrouting, 300),
        (true, "filter", "INPUT", FilterHook.Input, -200),
        (true, "filter", "FORWARD", FilterHook.Forward, -200),
        (true, "filter", "OUTPUT", FilterHook.Output, -200),
        (true, "broute", "BROUTING", FilterHook.Prerouting, int.MinValue + 1),
    ];

    /// <summary>A table that only the save format shows.</summary>
    public static FilterTable Place(SavedTable table, FilterFamily family, bool isLegacy)
    {
        var onBridge = family == FilterFamily.Bridge;
        return new()
        {
            Family = family,
            Name = table.Name,
            IsLegacy = isLegacy,
            Section = onBridge ? "e.ebt" : "e.ipt",
            Chains = table.Chains.ToImmutableDictionary(chain => chain.Key, chain => Chain(chain.Value)),
        };

        FilterChain Chain(SavedChain chain)
        {
            var place = Array.Find(BuiltIn, entry => entry.OnBridge == onBridge && entry.Table == table.Name && entry.Chain == chain.Name);
            var isBase = place.Chain is not null;
            return new()
            {
                Name = chain.Name,
                Hook = isBase ? place.Hook : null,
                Type = !onBridge && table.Name == "nat" ? "nat" : "filter",
                Priority = place.Priority,
                Policy = chain.Policy == "DROP" ? FilterPolicy.Drop : FilterPolicy.Accept,
                PolicyPackets = chain.PolicyPackets,
                Rules = isBase || !onBridge ? chain.Rules : [.. chain.Rules, .. EndOf(chain)],
            };
        }
    }

    /// <summary>Takes the steps of rules that nftables shows in part only from the save format.</summary>
    public static FilterTable Complete(FilterTable table, SavedTable saved)
        => table with { Chains = table.Chains.ToImmutableDictionary(chain => chain.Key, chain => Complete(chain.Value, saved.Chains.GetValueOrDefault(chain.Key))) };

    private static FilterChain Complete(FilterChain chain, SavedChain? saved)
    {
        // Both list the rules of a chain in the same order. ebtables shows the policy of a user's chain as such where nftables has one more rule.
        if (saved is null || (chain.Rules.Length != saved.Rules.Length && !(chain.Rules.Length == saved.Rules.Length + 1 && saved.Policy is "DROP" or "ACCEPT" && chain.Hook is null)))
        {
            return chain;
        }

        var counters = saved.PolicyPackets is > 0 ? saved.PolicyPackets : null;
        return chain with
        {
            PolicyPackets = counters,
            Rules = [.. chain.Rules.Select((rule, i) => rule.NeedsSaveFormat && i < saved.Rules.Length ? rule with { Steps = saved.Rules[i].Steps, NeedsSaveFormat = false } : rule)],
        };
    }

    /// <summary>The policy of a user's chain of ebtables is what happens at its end; without one the frame returns.</summary>
    private static IEnumerable<FilterRule> EndOf(SavedChain chain) => chain.Policy switch
    {
        "DROP" => [new() { Text = $":{chain.Name} DROP", Steps = [new RuleStep.Decide(new RuleVerdict.Drop("DROP"))] }],
        "ACCEPT" => [new() { Text = $":{chain.Name} ACCEPT", Steps = [new RuleStep.Decide(new RuleVerdict.Accept())] }],
        _ => [],
    };
}
