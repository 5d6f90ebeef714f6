using System.Collections.Immutable;
using System.Text.Json;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>Reads <c>nft -j list ruleset</c>, with the text listing for what the JSON leaves out.</summary>
internal static class NftReader
{
    public static ImmutableArray<FilterTable> Read(JsonElement root, NftListing listing)
    {
        var tables = new Dictionary<(string Family, string Name), Draft>();
        foreach (var item in root.Items("nftables"))
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            var (kind, body) = NftExpressionReader.Single(item);
            if (body.Text("family") is not { } family || (kind == "table" ? body.Text("name") : body.Text("table")) is not { } table)
            {
                continue;
            }

            if (!tables.TryGetValue((family, table), out var draft))
            {
                tables.Add((family, table), draft = new(family, table));
            }

            draft.Add(kind, body);
        }

        return [.. from draft in tables.Values let read = draft.Finish(listing) where read is not null select read];
    }

    private static FilterFamily? Family(string text) => text switch
    {
        "ip" => FilterFamily.Ip,
        "ip6" => FilterFamily.Ip6,
        "inet" => FilterFamily.Inet,
        "arp" => FilterFamily.Arp,
        "bridge" => FilterFamily.Bridge,
        "netdev" => FilterFamily.Netdev,
        _ => null,
    };

    private static FilterHook? Hook(string? text) => text switch
    {
        "ingress" => FilterHook.Ingress,
        "prerouting" => FilterHook.Prerouting,
        "forward" => FilterHook.Forward,
        "postrouting" => FilterHook.Postrouting,
        "egress" => FilterHook.Egress,
        "input" => FilterHook.Input,
        "output" => FilterHook.Output,
        _ => null,
    };

    /// <summary>One table while its items are being gathered; nftables prints rules and chains in any order.</summary>
    private sealed class Draft(string family, string name)
    {
        private readonly Dictionary<string, JsonElement> _chains = [];
        private readonly Dictionary<string, JsonElement> _sets = [];
        private readonly Dictionary<string, List<JsonElement>> _rules = [];

        public void Add(string kind, JsonElement body)
        {
            switch (kind)
            {
                case "chain" when body.Text("name") is { } chain:
                    _chains[chain] = body;
                    break;
                case "set" or "map" when body.Text("name") is { } set:
                    _sets[set] = body;
                    break;
                case "rule" when body.Text("chain") is { } of:
                    if (!_rules.TryGetValue(of, out var rules))
                    {
                        _rules.Add(of, rules = []);
                    }

                    rules.Add(body);
                    break;
            }
        }

        public FilterTable? Finish(NftListing listing)
        {
            if (Family(family) is not { } kind)
            {
                return null;
            }

            var reader = new NftRuleReader(new NftExpressionReader(_sets));
            var chains = from chain in _chains select KeyValuePair.Create(chain.Key, Chain(chain.Key, chain.Value, reader, listing));
            return new() { Family = kind, Name = name, IsDormant = listing.Tables.Contains((family, name, true)), Section = "e.nft", Chains = chains.ToImmutableDictionary() };
        }

        private FilterChain Chain(string chain, JsonElement body, NftRuleReader reader, NftListing listing) => new()
        {
            Name = chain,
            Hook = Hook(body.Text("hook")),
            Type = body.Text("type") ?? "filter",
            Priority = (int)Math.Clamp(body.Number("prio") ?? 0, int.MinValue + 1, int.MaxValue - 1),
            Policy = body.Text("policy") == "drop" ? FilterPolicy.Drop : FilterPolicy.Accept,
            Devices = Devices(chain, body, listing),
            Rules = [.. from rule in _rules.GetValueOrDefault(chain, [])
                        select reader.Read(rule, rule.Number("handle") is { } handle ? listing.Rule(family, name, chain, handle) : null)],
        };

        /// <summary>Newer nftables prints the device in the JSON, as a name or a list.</summary>
        private ImmutableArray<string> Devices(string chain, JsonElement body, NftListing listing)
        {
            if (body.Text("dev") is { } one)
            {
                return [one];
            }

            ImmutableArray<string> many = [.. body.Texts("dev")];
            return many.IsEmpty ? listing.Devices(family, name, chain) : many;
        }
    }
}
