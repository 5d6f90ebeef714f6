using System.Collections.Immutable;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>Reads one rule of <c>ebtables-save</c>, of the nftables variant or the older one.</summary>
internal static class EbtablesRuleReader
{
    /// <summary>Reads the words behind <c>-A CHAIN</c>. The <c>!</c> stands behind the option here, or before it.</summary>
    public static ImmutableArray<RuleStep> Read(ImmutableArray<string> words)
    {
        var steps = ImmutableArray.CreateBuilder<RuleStep>();
        var target = ImmutableArray<string>.Empty;
        byte? protocol = Protocol(words);
        for (var i = 0; i < words.Length; i++)
        {
            var negated = words[i] == "!";
            if (negated && ++i >= words.Length)
            {
                break;
            }

            var option = words[i];
            var values = new List<string>();
            while (i + 1 < words.Length && words[i + 1] != "!" && !words[i + 1].StartsWith('-') || (i + 2 < words.Length && values.Count == 0 && words[i + 1] == "!" && !words[i + 2].StartsWith('-')))
            {
                if (words[++i] == "!")
                {
                    negated = true;
                }
                else
                {
                    values.Add(words[i]);
                }
            }

            if (option == "-j")
            {
                target = [values.FirstOrDefault() ?? "", .. words[(i + 1)..]];
                break;
            }

            if (Match(option, string.Join(' ', values), negated, protocol) is { } condition)
            {
                steps.Add(new RuleStep.Test(condition));
            }
        }

        steps.AddRange(Target(target));
        return steps.ToImmutable();
    }

    private static byte? Protocol(ImmutableArray<string> words)
    {
        for (var i = 0; i + 1 < words.Length; i++)
        {
            if (words[i] is "--ip-proto" or "--ip6-proto" && Number(words[i + 1], Symbols.Protocols) is { } number && number < 256)
            {
                return (byte)number;
            }
        }

        return null;
    }

    private static Condition? Match(string option, string value, bool negated, byte? protocol)
    {
        var by = negated ? Condition.Comparison.IsNot : Condition.Comparison.Is;
        Condition? condition = option switch
        {
            "-p" => value.Equals("Length", StringComparison.OrdinalIgnoreCase)
                ? new Condition.Compare(new Expression.Field(FrameField.EtherType), negated ? Condition.Comparison.AtLeast : Condition.Comparison.Less, Operand.One(0x0600))
                : Named(FrameField.EtherType, by, value, Symbols.EtherTypes),
            "-i" => Device(FrameField.InDevice, by, value),
            "-o" => Device(FrameField.OutDevice, by, value),
            "--logical-in" => Device(FrameField.InBridge, by, value),
            "--logical-out" => Device(FrameField.OutBridge, by, value),
            "-s" => Mac(FrameField.EtherSource, by, value),
            "-d" => Mac(FrameField.EtherDestination, by, value),
            "--ip-src" => IptablesRuleReader.Address(FrameField.Ipv4Source, negated, value),
            "--ip-dst" => IptablesRuleReader.Address(FrameField.Ipv4Destination, negated, value),
            "--ip-proto" => Named(FrameField.Ipv4Protocol, by, value, Symbols.Protocols),
            "--ip6-src" => IptablesRuleReader.Address(FrameField.Ipv6Source, negated, value),
            "--ip6-dst" => IptablesRuleReader.Address(FrameField.Ipv6Destination, negated, value),
            "--ip6-proto" => Named(FrameField.Ipv6NextHeader, by, value, Symbols.Protocols),
            "--ip-sport" or "--ip6-sport" when IptablesMatches.PortList(value, out var ports) => new Condition.Compare(new Expression.Field(FrameField.SourcePort, protocol), by, ports),
            "--ip-dport" or "--ip6-dport" when IptablesMatches.PortList(value, out var ports) => new Condition.Compare(new Expression.Field(FrameField.DestinationPort, protocol), by, ports),
            "--arp-op" or "--arp-opcode" => Named(FrameField.ArpOperation, by, value, Symbols.ArpOperations),
            "--arp-ip-src" => IptablesRuleReader.Address(FrameField.ArpSender, negated, value),
            "--arp-ip-dst" => IptablesRuleReader.Address(FrameField.ArpTarget, negated, value),
            "--arp-mac-src" => Mac(FrameField.ArpSenderMac, by, value),
            "--pkttype-type" => Named(FrameField.PacketType, by, value, Symbols.PacketTypes),
            "--vlan-id" => Named(FrameField.VlanId, by, value, Symbols.EtherTypes),
            "--mark" => Mark(by, value),
            "--log" or "--log-level" or "--log-prefix" or "--log-ip" or "--log-ip6" or "--log-arp" or "--nflog" or "--nflog-group" or "--nflog-prefix"
                or "--nflog-range" or "--nflog-threshold" or "--ulog" => new Condition.Constant(true),
            "--limit" => new Condition.Unclear("it depends on a rate limit"),
            "--limit-burst" => new Condition.Constant(true),
            _ => null,
        };
        return condition switch
        {
            Condition.Constant(true) => null,
            null => new Condition.Unclear($"{option} {value}".TrimEnd() + " is not understood"),
            _ => condition,
        };
    }

    private static IEnumerable<RuleStep> Target(ImmutableArray<string> words) => (words.IsEmpty ? "" : words[0]) switch
    {
        "" or "CONTINUE" => [],
        "ACCEPT" => [new RuleStep.Decide(new RuleVerdict.Accept())],
        "DROP" => [new RuleStep.Decide(new RuleVerdict.Drop("DROP"))],
        "RETURN" => [new RuleStep.Decide(new RuleVerdict.Back())],
        "mark" => MarkTarget(words),
        "dnat" or "snat" or "redirect" => [new RuleStep.Rewrite("a hardware address"), .. After(words, $"--{words[0]}-target", "ACCEPT")],
        "arpreply" => [new RuleStep.NotUnderstood("target arpreply")],
        var chain => words.Length == 1 ? [new RuleStep.Decide(new RuleVerdict.Enter(chain))] : [new RuleStep.NotUnderstood($"target {chain}")],
    };

    private static IEnumerable<RuleStep> MarkTarget(ImmutableArray<string> words)
    {
        Expression old = new Expression.Field(FrameField.Mark);
        Expression mark = new Expression.Unclear("the new mark is not understood");
        if (words.Length >= 3 && Literals.TryNumber(words[2], out var value))
        {
            mark = words[1] switch
            {
                "--mark-set" or "--set-mark" => new Expression.Literal(value),
                "--mark-or" or "--or-mark" => new Expression.WithBits(old, value),
                "--mark-and" or "--and-mark" => new Expression.Masked(old, value),
                "--mark-xor" or "--xor-mark" => new Expression.TurnedBits(old, value),
                _ => mark,
            };
        }

        return [new RuleStep.SetMark(mark), .. After(words, "--mark-target", "ACCEPT")];
    }

    /// <summary>What ebtables does behind a target that changes the frame.</summary>
    private static IEnumerable<RuleStep> After(ImmutableArray<string> words, string option, string otherwise)
    {
        var at = words.IndexOf(option);
        return Target([at >= 0 && at + 1 < words.Length ? words[at + 1] : otherwise]);
    }

    private static Condition.Compare? Named(FrameField field, Condition.Comparison by, string value, IReadOnlyDictionary<string, uint> names)
        => Number(value, names) is { } number ? new(new Expression.Field(field), by, Operand.One(number)) : null;

    private static UInt128? Number(string value, IReadOnlyDictionary<string, uint> names)
        => names.TryGetValue(value, out var number) ? number : Literals.TryNumber(value, out var plain) ? plain : null;

    private static Condition.Compare Device(FrameField field, Condition.Comparison by, string value) => new(new Expression.Field(field), by, Literals.Device(value, '+'));

    private static Condition.Compare? Mac(FrameField field, Condition.Comparison by, string value)
    {
        // ebtables has names for the common ones.
        var text = value switch
        {
            "Broadcast" => "ff:ff:ff:ff:ff:ff",
            "Unicast" => "00:00:00:00:00:00/01:00:00:00:00:00",
            "Multicast" => "01:00:00:00:00:00/01:00:00:00:00:00",
            "BGA" => "01:80:c2:00:00:00",
            _ => value,
        };
        var parts = text.Split('/');
        UInt128 mask = ((UInt128)1 << 48) - 1;
        if (!Literals.TryMac(parts[0], out var mac) || (parts.Length > 1 && !Literals.TryMac(parts[1], out mask)))
        {
            return null;
        }

        var whole = new Expression.Field(field);
        return new(parts.Length > 1 ? new Expression.Masked(whole, mask) : whole, by, Operand.One(mac & mask));
    }

    private static Condition.Compare? Mark(Condition.Comparison by, string value)
    {
        var parts = value.Split('/');
        UInt128 mask = uint.MaxValue;
        return Literals.TryNumber(parts[0], out var mark) && (parts.Length == 1 || Literals.TryNumber(parts[1], out mask))
            ? new(new Expression.Masked(new Expression.Field(FrameField.Mark), mask), by, Operand.One(mark & mask))
            : null;
    }
}
