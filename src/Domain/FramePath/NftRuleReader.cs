using System.Collections.Immutable;
using System.Text.Json;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>Reads the statements of one rule of <c>nft -j</c>.</summary>
internal sealed class NftRuleReader(NftExpressionReader expressions)
{
    public FilterRule Read(JsonElement rule, string? text)
    {
        var steps = ImmutableArray.CreateBuilder<RuleStep>();
        long? packets = null;
        var needsSaveFormat = false;
        foreach (var statement in rule.Items("expr"))
        {
            if (statement.ValueKind != JsonValueKind.Object)
            {
                steps.Add(new RuleStep.NotUnderstood("a statement of the rule"));
                continue;
            }

            var (name, body) = NftExpressionReader.Single(statement);
            packets ??= name == "counter" ? body.Number("packets") : null;
            needsSaveFormat |= name == "xt";
            if (Step(name, body) is { } step)
            {
                steps.Add(step);
            }
        }

        return new()
        {
            Handle = rule.Number("handle"),
            Text = text ?? NftExpressionReader.Short(rule.Field("expr") ?? default),
            Packets = packets,
            Steps = steps.ToImmutable(),
            NeedsSaveFormat = needsSaveFormat,
        };
    }

    /// <summary>One statement; <see langword="null"/> when it does not touch where the frame goes.</summary>
    private RuleStep? Step(string name, JsonElement body) => name switch
    {
        "match" => new RuleStep.Test(Match(body)),
        "vmap" => VerdictMap(body),
        "mangle" => Mangle(body),
        "counter" or "log" or "comment" or "flow" or "last" or "ct helper" or "ct timeout" or "ct expectation" or "secmark" or "dup" => null,
        "ct count" => Chance("a number of connections"),
        "limit" => Chance("a rate limit"),
        "quota" => Chance("a quota"),
        "set" or "meter" or "connlimit" => Chance("what a dynamic set holds"),
        "notrack" => new RuleStep.NoTrack(),
        "reject" => new RuleStep.Decide(new RuleVerdict.Drop("reject")),
        "queue" => new RuleStep.Decide(new RuleVerdict.HandOver()),
        "masquerade" => new RuleStep.Decide(new RuleVerdict.Masquerade()),
        "snat" or "dnat" or "redirect" or "tproxy" or "synproxy" or "fwd" => Translate(name),
        _ when Verdict(name, body) is { } verdict => new RuleStep.Decide(verdict),
        _ => new RuleStep.NotUnderstood(name == "xt" ? $"extension {body.Text("name")}" : $"statement {name}"),
    };

    private static RuleStep.Test Chance(string what) => new(new Condition.Unclear($"it depends on {what}"));

    /// <summary>These also end the chain, but what tproxy and synproxy do hangs on sockets and options.</summary>
    private static RuleStep Translate(string name)
        => name is "tproxy" or "synproxy" ? new RuleStep.NotUnderstood($"statement {name}") : new RuleStep.Decide(new RuleVerdict.Translate(name));

    private static RuleVerdict? Verdict(string name, JsonElement body) => name switch
    {
        "accept" => new RuleVerdict.Accept(),
        "drop" => new RuleVerdict.Drop("drop"),
        "return" => new RuleVerdict.Back(),
        "continue" => new RuleVerdict.NextRule(),
        "queue" => new RuleVerdict.HandOver(),
        "jump" when body.Text("target") is { } target => new RuleVerdict.Enter(target),
        "goto" when body.Text("target") is { } target => new RuleVerdict.MoveTo(target),
        _ => null,
    };

    private Condition Match(JsonElement body)
    {
        if (body.Field("left") is not { } leftJson || body.Field("right") is not { } rightJson)
        {
            return new Condition.Unclear("a match without two sides is not understood");
        }

        var left = expressions.ReadExpression(leftJson);
        var right = expressions.ReadOperand(left, rightJson);

        // "in" asks for one of several flags, except with a set, where it asks for membership.
        var isSet = right is Operand.AnyOf;
        return body.Text("op") switch
        {
            "==" => new Condition.Compare(left, Condition.Comparison.Is, right),
            "!=" => new Condition.Compare(left, Condition.Comparison.IsNot, right),
            "in" => new Condition.Compare(left, isSet ? Condition.Comparison.Is : Condition.Comparison.HasAny, right),
            "!" => new Condition.Compare(left, isSet ? Condition.Comparison.IsNot : Condition.Comparison.HasNone, right),
            "<" => new Condition.Compare(left, Condition.Comparison.Less, right),
            "<=" => new Condition.Compare(left, Condition.Comparison.AtMost, right),
            ">" => new Condition.Compare(left, Condition.Comparison.Greater, right),
            ">=" => new Condition.Compare(left, Condition.Comparison.AtLeast, right),
            var op => new Condition.Unclear($"operator {op} is not understood"),
        };
    }

    private RuleStep VerdictMap(JsonElement body)
    {
        if (body.Field("key") is not { } keyJson || body.Field("data") is not { } data || !expressions.CanRead(data))
        {
            return new RuleStep.NotUnderstood("a verdict map");
        }

        var key = expressions.ReadExpression(keyJson);
        var entries = from pair in expressions.Pairs(key, data)
                      let verdict = pair.Value.ValueKind == JsonValueKind.Object ? NftExpressionReader.Single(pair.Value) : default
                      select new VerdictEntry(pair.Key, verdict.Name is null ? null : Verdict(verdict.Name, verdict.Body));
        return new RuleStep.Lookup(key, [.. entries.OrderBy(entry => entry.Key is Operand.Anything)]);
    }

    private RuleStep? Mangle(JsonElement body)
    {
        var key = body.Field("key") ?? default;
        if (key.Field("meta") is { } meta)
        {
            return meta.Text("key") switch
            {
                "mark" => new RuleStep.SetMark(body.Field("value") is { } value ? expressions.ReadExpression(value) : new Expression.Unclear("no value")),
                "pkttype" or "broute" => new RuleStep.NotUnderstood($"setting meta {meta.Text("key")}"),
                _ => null,
            };
        }

        if (key.Field("payload") is { } payload)
        {
            return (payload.Text("protocol"), payload.Text("field")) switch
            {
                ("ip", "ttl" or "dscp" or "ecn" or "id" or "checksum") or ("ip6", "hoplimit" or "dscp" or "ecn" or "flowlabel") or ("vlan", "pcp" or "cfi" or "dei")
                    or ("udp" or "tcp" or "th", "checksum") => null,
                var (protocol, field) => new RuleStep.Rewrite($"{protocol} {field}"),
            };
        }

        // Marks and labels of the connection, TCP options: nothing that a DHCP frame's way hangs on here.
        return key.Field("ct") is not null || key.Field("tcp option") is not null ? null : new RuleStep.NotUnderstood("a change of the frame");
    }
}
