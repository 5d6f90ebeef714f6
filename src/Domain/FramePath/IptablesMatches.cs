using System.Collections.Immutable;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>The match extensions of iptables. One that is not known here makes its rule unclear, which is harmless when another part of the rule does not match.</summary>
internal static class IptablesMatches
{
    /// <summary>The condition of <c>-m NAME OPTIONS</c>; <see langword="null"/> for one that always matches.</summary>
    public static Condition? Read(string name, ImmutableArray<string> options, byte? protocol, bool isV6) => name switch
    {
        "comment" => null,
        "udp" or "tcp" or "sctp" or "dccp" or "udplite" or "multiport" => All(name, options, option => Ports(option, protocol)),
        "physdev" => All(name, options, Physdev),
        "conntrack" or "state" => All(name, options, Track),
        "addrtype" => All(name, options, AddressType),
        "pkttype" => All(name, options, option => option.Name == "--pkt-type" && Symbols.PacketTypes.TryGetValue(option.Value, out var type) ? Compare(FrameField.PacketType, option, Operand.One(type)) : null),
        "mac" => All(name, options, option => option.Name == "--mac-source" && Literals.TryMac(option.Value, out var mac) ? Compare(FrameField.EtherSource, option, Operand.One(mac)) : null),
        "mark" => All(name, options, option => option.Name == "--mark" ? Mark(option) : null),
        "iprange" => All(name, options, option => AddressRange(option, isV6)),
        "icmp" => Compare(FrameField.TransportOther, 1),
        "icmp6" or "ipv6-icmp" => Compare(FrameField.TransportOther, 58),
        "rpfilter" => ReversePath(options),
        "limit" or "hashlimit" or "connlimit" or "statistic" or "quota" or "recent" or "time" => new Condition.Unclear($"it depends on {name}"),
        _ => new Condition.Unclear($"extension {name} is not understood"),
    };

    /// <summary>One option of a match, with its <c>!</c> and its argument.</summary>
    internal readonly record struct Option(string Name, bool Negated, string Value);

    private static Condition.All All(string module, ImmutableArray<string> words, Func<Option, Condition?> read)
        => new Condition.All([.. Options(words).Select(option => read(option) ?? new Condition.Unclear($"{module} {option.Name} {option.Value}".TrimEnd() + " is not understood"))]);

    private static IEnumerable<Option> Options(ImmutableArray<string> words)
    {
        var negated = false;
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i] == "!")
            {
                negated = true;
                continue;
            }

            var name = words[i];
            var values = new List<string>();
            while (i + 1 < words.Length && words[i + 1] != "!" && !words[i + 1].StartsWith("--", StringComparison.Ordinal))
            {
                values.Add(words[++i]);
            }

            yield return new(name, negated, string.Join(' ', values));
            negated = false;
        }
    }

    private static Condition? Ports(Option option, byte? protocol)
    {
        if (!PortList(option.Value, out var ports))
        {
            return null;
        }

        Expression.Field source = new(FrameField.SourcePort, protocol), destination = new(FrameField.DestinationPort, protocol);
        var by = option.Negated ? Condition.Comparison.IsNot : Condition.Comparison.Is;
        return option.Name switch
        {
            "--sport" or "--sports" or "--source-port" => new Condition.Compare(source, by, ports),
            "--dport" or "--dports" or "--destination-port" => new Condition.Compare(destination, by, ports),
            "--ports" => Turn(option, new Condition.Any([new Condition.Compare(source, Condition.Comparison.Is, ports), new Condition.Compare(destination, Condition.Comparison.Is, ports)])),
            _ => null,
        };
    }

    /// <summary><c>67</c>, <c>67:68</c>, <c>:1024</c>, or several separated by commas.</summary>
    internal static bool PortList(string text, out Operand ports)
    {
        var members = ImmutableArray.CreateBuilder<Operand>();
        ports = new Operand.Anything();
        foreach (var item in text.Split(','))
        {
            var ends = item.Split(':');
            UInt128 from = 0, to = ushort.MaxValue;
            if (item.Length == 0 || ends.Length > 2 || (ends[0].Length > 0 && !Literals.TryNumber(ends[0], out from))
                || (ends.Length == 2 && ends[1].Length > 0 && !Literals.TryNumber(ends[1], out to)))
            {
                return false;
            }

            members.Add(new Operand.Range(from, ends.Length == 2 ? to : from));
        }

        ports = members.Count == 1 ? members[0] : new Operand.AnyOf(members.ToImmutable());
        return true;
    }

    /// <summary>Strict by default: the route back has to lead over the device of entry. The loose form hangs on all routes.</summary>
    private static Condition ReversePath(ImmutableArray<string> options)
    {
        if (options.Any(option => option is not ("--invert" or "--validmark" or "--accept-local")))
        {
            return new Condition.Unclear("rpfilter --loose depends on the host's routes");
        }

        var passes = new Condition.Compare(new Expression.Field(FrameField.RouteBack), Condition.Comparison.Is, Operand.One(1));
        return options.Contains("--invert") ? new Condition.Negation(passes) : passes;
    }

    private static Condition? Physdev(Option option) => option.Name switch
    {
        "--physdev-in" => Compare(FrameField.InPort, option, Literals.Device(option.Value, '+')),
        "--physdev-out" => Compare(FrameField.OutPort, option, Literals.Device(option.Value, '+')),
        "--physdev-is-in" => new Condition.Constant(!option.Negated),

        // True once the port of exit is decided, that is behind prerouting.
        "--physdev-is-out" or "--physdev-is-bridged" => Turn(option, new Condition.Compare(new Expression.Field(FrameField.OutBridge), Condition.Comparison.Is, new Operand.Anything())),
        _ => null,
    };

    private static Condition? Track(Option option)
    {
        if (option.Name is not ("--ctstate" or "--state" or "--ctstatus" or "--ctdir"))
        {
            return null;
        }

        if (option.Name == "--ctdir")
        {
            return Symbols.Directions.TryGetValue(option.Value, out var direction) ? Compare(FrameField.TrackDirection, option, Operand.One(direction)) : null;
        }

        uint states = 0, statuses = 0;
        foreach (var word in option.Value.Split(','))
        {
            if (option.Name != "--ctstatus" && Symbols.TrackStates.TryGetValue(word, out var state))
            {
                states |= state;
            }
            else if (Symbols.TrackStatuses.TryGetValue(word.Replace('_', '-'), out var status))
            {
                statuses |= status;
            }
            else
            {
                return null;
            }
        }

        var any = ImmutableArray.CreateBuilder<Condition>();
        if (states != 0)
        {
            any.Add(new Condition.Compare(new Expression.Field(FrameField.TrackState), Condition.Comparison.HasAny, Operand.One(states)));
        }

        if (statuses != 0)
        {
            any.Add(new Condition.Compare(new Expression.Field(FrameField.TrackStatus), Condition.Comparison.HasAny, Operand.One(statuses)));
        }

        return Turn(option, new Condition.Any(any.ToImmutable()));
    }

    private static Condition? AddressType(Option option)
    {
        FrameField? field = option.Name switch { "--src-type" => FrameField.SourceKind, "--dst-type" => FrameField.DestinationKind, _ => null };
        var members = ImmutableArray.CreateBuilder<Operand>();
        foreach (var word in option.Value.Split(','))
        {
            if (!Symbols.AddressTypes.TryGetValue(word, out var kind))
            {
                return null;
            }

            members.Add(Operand.One(kind));
        }

        return field is { } known ? Compare(known, option, new Operand.AnyOf(members.ToImmutable())) : null;
    }

    private static Condition.Compare? Mark(Option option)
    {
        var parts = option.Value.Split('/');
        UInt128 mask = uint.MaxValue;
        if (!Literals.TryNumber(parts[0], out var value) || (parts.Length == 2 && !Literals.TryNumber(parts[1], out mask)) || parts.Length > 2)
        {
            return null;
        }

        return new Condition.Compare(
            new Expression.Masked(new Expression.Field(FrameField.Mark), mask), option.Negated ? Condition.Comparison.IsNot : Condition.Comparison.Is, Operand.One(value));
    }

    private static Condition.Compare? AddressRange(Option option, bool isV6)
    {
        FrameField? field = (option.Name, isV6) switch
        {
            ("--src-range", false) => FrameField.Ipv4Source,
            ("--dst-range", false) => FrameField.Ipv4Destination,
            ("--src-range", true) => FrameField.Ipv6Source,
            ("--dst-range", true) => FrameField.Ipv6Destination,
            _ => null,
        };
        var ends = option.Value.Split('-');
        return field is { } known && ends.Length == 2 && Literals.TryAddress(ends[0], out var from) && Literals.TryAddress(ends[1], out var to)
            ? Compare(known, option, new Operand.Range(from, to))
            : null;
    }

    private static Condition.Compare Compare(FrameField field, Option option, Operand right)
        => new(new Expression.Field(field), option.Negated ? Condition.Comparison.IsNot : Condition.Comparison.Is, right);

    /// <summary>Something about a transport protocol: never true of another one, else not known.</summary>
    private static Condition.Compare Compare(FrameField field, byte protocol) => new(new Expression.Field(field, protocol), Condition.Comparison.Is, new Operand.Unclear("its type is not known"));

    private static Condition Turn(Option option, Condition condition) => option.Negated ? new Condition.Negation(condition) : condition;
}
