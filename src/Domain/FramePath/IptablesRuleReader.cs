using System.Collections.Immutable;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>Reads one rule of <c>iptables-save</c> or <c>ip6tables-save</c>: base options first, then one <c>-m</c> after the other, the target last.</summary>
/// <param name="isV6">Whether addresses are those of IPv6.</param>
internal sealed class IptablesRuleReader(bool isV6)
{
    /// <summary>Reads the words behind <c>-A CHAIN</c>.</summary>
    public ImmutableArray<RuleStep> Read(ImmutableArray<string> words)
    {
        var steps = ImmutableArray.CreateBuilder<RuleStep>();
        byte? protocol = null;
        var at = 0;
        while (at < words.Length)
        {
            var negated = words[at] == "!";
            var option = at + (negated ? 1 : 0);
            if (option >= words.Length)
            {
                break;
            }

            switch (words[option])
            {
                case "-m":
                    var end = ModuleEnd(words, option + 2);
                    var name = option + 1 < words.Length ? words[option + 1] : "";
                    ImmutableArray<string> options = option + 2 <= end ? words[(option + 2)..end] : [];
                    if (IptablesMatches.Read(name, options, protocol, isV6) is { } condition)
                    {
                        steps.Add(new RuleStep.Test(condition));
                    }

                    at = end;
                    break;
                case "-j" or "-g":
                    steps.AddRange(IptablesTargets.Read(words[option] == "-g", words[(option + 1)..]));
                    return steps.ToImmutable();
                default:
                    at = Base(words, option, negated, steps, ref protocol);
                    break;
            }
        }

        return steps.ToImmutable();
    }

    private static int ModuleEnd(ImmutableArray<string> words, int from)
    {
        for (var i = from; i < words.Length; i++)
        {
            if (words[i] is "-m" or "-j" or "-g")
            {
                return i;
            }
        }

        return words.Length;
    }

    private int Base(ImmutableArray<string> words, int option, bool negated, ImmutableArray<RuleStep>.Builder steps, ref byte? protocol)
    {
        var argument = option + 1 < words.Length ? words[option + 1] : "";
        Condition? condition = words[option] switch
        {
            "-i" => Compare(FrameField.InDevice, negated, Literals.Device(argument, '+')),
            "-o" => Compare(FrameField.OutDevice, negated, Literals.Device(argument, '+')),
            "-s" => Address(isV6 ? FrameField.Ipv6Source : FrameField.Ipv4Source, negated, argument),
            "-d" => Address(isV6 ? FrameField.Ipv6Destination : FrameField.Ipv4Destination, negated, argument),
            "-p" => Protocol(negated, argument, ref protocol),
            "-f" => new Condition.Compare(
                new Expression.Masked(new Expression.Field(FrameField.Ipv4Fragment), 0x1fff), negated ? Condition.Comparison.Is : Condition.Comparison.IsNot, Operand.One(0)),
            var other => new Condition.Unclear($"option {other} is not understood"),
        };
        steps.Add(new RuleStep.Test(condition));
        return words[option] == "-f" || !words[option].StartsWith('-') ? option + 1 : option + 2;
    }

    private static Condition Protocol(bool negated, string argument, ref byte? protocol)
    {
        if (argument is "all" or "0")
        {
            return new Condition.Constant(!negated);
        }

        if (!Symbols.Protocols.TryGetValue(argument, out var number) && !(Literals.TryNumber(argument, out var plain) && plain < 256 && (number = (uint)plain) == plain))
        {
            return new Condition.Unclear($"protocol {argument} is not understood");
        }

        protocol = negated ? null : (byte)number;
        return Compare(FrameField.Transport, negated, Operand.One(number));
    }

    /// <summary>An address, or one with a prefix length or a mask.</summary>
    public static Condition Address(FrameField field, bool negated, string text)
    {
        var parts = text.Split('/');
        if (!Literals.TryAddress(parts[0], out var address))
        {
            return new Condition.Unclear($"address {text} is not understood");
        }

        var width = Literals.Width(parts[0]);
        UInt128 mask;
        if (parts.Length == 1)
        {
            mask = Literals.Mask(width, width);
        }
        else if (int.TryParse(parts[1], out var length) && length >= 0 && length <= width)
        {
            mask = Literals.Mask(length, width);
        }
        else if (!Literals.TryAddress(parts[1], out mask))
        {
            return new Condition.Unclear($"address {text} is not understood");
        }

        var hosts = Literals.Mask(width, width) & ~mask;
        if ((hosts & (hosts + 1)) == 0)
        {
            return Compare(field, negated, new Operand.Range(address & mask, (address & mask) | hosts));
        }

        return new Condition.Compare(
            new Expression.Masked(new Expression.Field(field), mask), negated ? Condition.Comparison.IsNot : Condition.Comparison.Is, Operand.One(address & mask));
    }

    private static Condition.Compare Compare(FrameField field, bool negated, Operand right)
        => new(new Expression.Field(field), negated ? Condition.Comparison.IsNot : Condition.Comparison.Is, right);
}
