using System.Text.Json;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>Reads the expressions and operands of <c>nft -j</c>.</summary>
/// <param name="sets">The named sets and maps of the table.</param>
internal sealed class NftExpressionReader(IReadOnlyDictionary<string, JsonElement> sets)
{
    /// <summary>Sets as read for one property; large block lists are often used by several rules.</summary>
    private readonly Dictionary<(string Name, Expression Left), Operand> _named = [];

    public Expression ReadExpression(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Number && json.TryGetUInt64(out var number))
        {
            return new Expression.Literal(number);
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            return Unclear(json);
        }

        var (name, body) = Single(json);
        return name switch
        {
            "payload" => Payload(body),
            "meta" => Meta(body.Text("key")),
            "ct" when body.Field("family") is null => Track(body),
            "fib" => Fib(body),
            "concat" when body.ValueKind == JsonValueKind.Array => new Expression.Concat([.. body.EnumerateArray().Select(ReadExpression)]),
            "&" or "|" or "^" => Bits(name, body),
            _ => Unclear(json),
        };
    }

    /// <summary>Reads what an expression is compared with.</summary>
    public Operand ReadOperand(Expression left, JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Number when json.TryGetUInt64(out var number):
                return Operand.One(number);
            case JsonValueKind.True or JsonValueKind.False:
                return Operand.One(json.GetBoolean() ? 1u : 0u);
            case JsonValueKind.String when json.GetString() is { } text:
                return text.StartsWith('@') ? Named(left, text[1..]) : Constant(left, text);
            case JsonValueKind.Array:
                return Flags(left, json);
            case JsonValueKind.Object:
                var (name, body) = Single(json);
                return name switch
                {
                    "set" => body.ValueKind == JsonValueKind.Array ? Elements(left, body) : ReadOperand(left, body),
                    "elem" => body.Field("val") is { } value ? ReadOperand(left, value) : NotRead(json),
                    "prefix" => Prefix(left, body),
                    "range" when body.ValueKind == JsonValueKind.Array && body.GetArrayLength() == 2 => Range(left, body),
                    "concat" when left is Expression.Concat(var parts) && body.ValueKind == JsonValueKind.Array && body.GetArrayLength() == parts.Length
                        => new Operand.Concat([.. parts.Zip(body.EnumerateArray(), ReadOperand)]),
                    "|" => Flags(left, body),
                    _ => NotRead(json),
                };
            default:
                return NotRead(json);
        }
    }

    /// <summary>The elements of a map, each a pair.</summary>
    public IEnumerable<(Operand Key, JsonElement Value)> Pairs(Expression key, JsonElement map)
    {
        var elements = map.ValueKind == JsonValueKind.String && map.GetString() is ['@', .. var name] && sets.TryGetValue(name, out var named)
            ? named.Items("elem")
            : map.Items("set");
        foreach (var element in elements)
        {
            if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == 2)
            {
                yield return (Key(key, element[0]), element[1]);
            }
        }
    }

    /// <summary>Whether a map is there to be read.</summary>
    public bool CanRead(JsonElement map)
        => map.ValueKind == JsonValueKind.String ? map.GetString() is ['@', .. var name] && sets.ContainsKey(name) : map.Field("set") is not null;

    private Operand Key(Expression key, JsonElement json)
        => json.ValueKind == JsonValueKind.String && json.GetString() == "*" && !IsDevice(key) ? new Operand.Anything() : ReadOperand(key, json);

    private static bool IsDevice(Expression key) => key is Expression.Field { What: <= FrameField.OutBridge };

    private Operand Named(Expression left, string name)
    {
        if (!sets.TryGetValue(name, out var set))
        {
            return new Operand.Unclear($"set {name} is not in the listing");
        }

        if (!_named.TryGetValue((name, left), out var operand))
        {
            operand = new Operand.AnyOf([.. set.Items("elem").Select(element => ReadOperand(left, element))]);
            _named.Add((name, left), operand);
        }

        return operand;
    }

    private Operand.AnyOf Elements(Expression left, JsonElement list) => new([.. list.EnumerateArray().Select(element => ReadOperand(left, element))]);

    private static Operand Constant(Expression left, string text) => left switch
    {
        Expression.Field(var field, _) => NftSymbols.Constant(field, text),
        Expression.Masked(var of, _) => Constant(of, text),
        Expression.WithBits(var of, _) => Constant(of, text),
        Expression.TurnedBits(var of, _) => Constant(of, text),
        _ => null,
    } ?? new Operand.Unclear($"\"{text}\" is not understood");

    /// <summary>A list of flags stands for all their bits at once.</summary>
    private Operand Flags(Expression left, JsonElement list)
    {
        UInt128 bits = 0;
        foreach (var item in list.EnumerateArray())
        {
            if (ReadOperand(left, item) is not Operand.Range(var from, var to) || from != to)
            {
                return NotRead(list);
            }

            bits |= from;
        }

        return Operand.One(bits);
    }

    private Operand Prefix(Expression left, JsonElement body)
    {
        if (body.Text("addr") is not { } text || body.Number("len") is not { } length || ReadOperand(left, body.Field("addr")!.Value) is not Operand.Range(var address, _))
        {
            return NotRead(body);
        }

        // Prefixes are printed for addresses, and for numbers of 16 or 32 bits whose width the text does not show.
        if (!text.Contains('.') && !text.Contains(':'))
        {
            return NotRead(body);
        }

        var width = Literals.TryMac(text, out _) ? 48 : Literals.Width(text);
        var mask = Literals.Mask((int)Math.Clamp(length, 0, width), width);
        var all = Literals.Mask(width, width);
        return new Operand.Range(address & mask, (address & mask) | (all & ~mask));
    }

    private Operand Range(Expression left, JsonElement body)
        => (ReadOperand(left, body[0]), ReadOperand(left, body[1])) is (Operand.Range(var from, _), Operand.Range(_, var to)) ? new Operand.Range(from, to) : NotRead(body);

    private Expression Bits(string name, JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Array || body.GetArrayLength() != 2)
        {
            return new Expression.Unclear($"operator {name}");
        }

        var of = ReadExpression(body[0]);
        if (ReadOperand(of, body[1]) is not Operand.Range(var bits, var to) || bits != to)
        {
            return new Expression.Unclear($"operator {name} with {Short(body[1])}");
        }

        return name switch
        {
            "&" => new Expression.Masked(of, bits),
            "|" => new Expression.WithBits(of, bits),
            _ => new Expression.TurnedBits(of, bits),
        };
    }

    private static Expression Payload(JsonElement body) => (body.Text("protocol"), body.Text("field")) switch
    {
        ("ether", "saddr") => Field(FrameField.EtherSource),
        ("ether", "daddr") => Field(FrameField.EtherDestination),
        ("ether", "type") => Field(FrameField.EtherType),
        ("vlan", "id") => Field(FrameField.VlanId),
        ("vlan", "type") => Field(FrameField.VlanType),
        ("ip", "saddr") => Field(FrameField.Ipv4Source),
        ("ip", "daddr") => Field(FrameField.Ipv4Destination),
        ("ip", "protocol") => Field(FrameField.Ipv4Protocol),
        ("ip", "frag-off") => Field(FrameField.Ipv4Fragment),
        ("ip", _) => Field(FrameField.Ipv4Other),
        ("ip6", "saddr") => Field(FrameField.Ipv6Source),
        ("ip6", "daddr") => Field(FrameField.Ipv6Destination),
        ("ip6", "nexthdr") => Field(FrameField.Ipv6NextHeader),
        ("ip6", _) => Field(FrameField.Ipv6Other),
        ("arp", "operation") => Field(FrameField.ArpOperation),
        ("arp", "saddr ip") => Field(FrameField.ArpSender),
        ("arp", "daddr ip") => Field(FrameField.ArpTarget),
        ("arp", "saddr ether") => Field(FrameField.ArpSenderMac),
        ("arp", _) => Field(FrameField.ArpOther),
        ("th", "sport") => Field(FrameField.SourcePort),
        ("th", "dport") => Field(FrameField.DestinationPort),
        ({ } protocol, { } field) when Symbols.Protocols.TryGetValue(protocol, out var number) => new Expression.Field(
            field switch { "sport" => FrameField.SourcePort, "dport" => FrameField.DestinationPort, _ => FrameField.TransportOther }, (byte)number),
        _ => Raw(body),
    };

    /// <summary>Fields given by their place; only those that are a known field.</summary>
    private static Expression Raw(JsonElement body) => (body.Text("base"), body.Number("offset"), body.Number("len")) switch
    {
        ("ll", 0, 48) => Field(FrameField.EtherDestination),
        ("ll", 48, 48) => Field(FrameField.EtherSource),
        ("ll", 96, 16) => Field(FrameField.EtherType),
        ("th", 0, 16) => Field(FrameField.SourcePort),
        ("th", 16, 16) => Field(FrameField.DestinationPort),
        _ => Unclear(body),
    };

    private static Expression Meta(string? key) => key switch
    {
        "iif" or "iifname" => Field(FrameField.InDevice),
        "oif" or "oifname" => Field(FrameField.OutDevice),
        "iiftype" => Field(FrameField.InType),
        "oiftype" => Field(FrameField.OutType),
        "ibrname" or "ibriport" or "ibridgename" => Field(FrameField.InBridge),
        "obrname" or "obriport" or "obridgename" => Field(FrameField.OutBridge),
        "protocol" => Field(FrameField.Protocol),
        "nfproto" => Field(FrameField.HookFamily),
        "l4proto" => Field(FrameField.Transport),
        "pkttype" => Field(FrameField.PacketType),
        "mark" => Field(FrameField.Mark),
        _ => new Expression.Unclear($"meta {key} depends on more than the frame"),
    };

    private static Expression Track(JsonElement body) => body.Text("key") switch
    {
        "state" => Field(FrameField.TrackState),
        "status" => Field(FrameField.TrackStatus),
        "direction" => Field(FrameField.TrackDirection),
        var key => new Expression.Unclear($"ct {key} depends on earlier frames"),
    };

    private static Expression Fib(JsonElement body)
    {
        string[] flags = [.. body.Texts("flags")];
        return (body.Text("result"), flags) switch
        {
            ("type", ["daddr"]) => Field(FrameField.DestinationKind),
            ("type", ["saddr"]) => Field(FrameField.SourceKind),

            // Compared with false for "missing", true for "exists", or with a device. A mark may choose another routing table.
            ("oif" or "check", ["saddr", "iif"] or ["saddr", "mark", "iif"]) => Field(FrameField.RouteBack),
            _ => new Expression.Unclear("fib depends on the host's routes"),
        };
    }

    private static Expression.Field Field(FrameField field) => new(field);

    private static Expression.Unclear Unclear(JsonElement json) => new($"{Short(json)} is not understood");

    private static Operand.Unclear NotRead(JsonElement json) => new($"{Short(json)} is not understood");

    internal static (string Name, JsonElement Body) Single(JsonElement json)
    {
        foreach (var member in json.EnumerateObject())
        {
            return (member.Name, member.Value);
        }

        return ("", default);
    }

    internal static string Short(JsonElement json)
    {
        var text = json.ValueKind == JsonValueKind.Undefined ? "nothing" : json.GetRawText();
        return text.Length <= 80 ? text : text[..80] + "...";
    }
}
