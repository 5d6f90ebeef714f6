using System.Collections.Frozen;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>Says how nftables prints the values of a property.</summary>
internal static class NftSymbols
{
    /// <summary>The number or device that a printed constant of that property stands for; <see langword="null"/> when it is not understood.</summary>
    public static Operand? Constant(FrameField field, string text) => field switch
    {
        FrameField.InDevice or FrameField.OutDevice or FrameField.InPort or FrameField.OutPort or FrameField.InBridge or FrameField.OutBridge
            => Literals.Device(text.Replace("\\*", "*", StringComparison.Ordinal), text.EndsWith("\\*", StringComparison.Ordinal) ? '\0' : '*'),
        FrameField.EtherSource or FrameField.EtherDestination or FrameField.ArpSenderMac when Literals.TryMac(text, out var mac) => Operand.One(mac),
        _ when Names(field) is { } names && names.TryGetValue(text, out var number) => Operand.One(number),
        _ when Literals.TryAddress(text, out var address) => Operand.One(address),
        _ when Literals.TryNumber(text, out var plain) => Operand.One(plain),
        _ => null,
    };

    private static FrozenDictionary<string, uint>? Names(FrameField field) => field switch
    {
        FrameField.EtherType or FrameField.Protocol or FrameField.VlanType => Symbols.EtherTypes,
        FrameField.Transport or FrameField.Ipv4Protocol or FrameField.Ipv6NextHeader => Symbols.Protocols,
        FrameField.PacketType => Symbols.PacketTypes,
        FrameField.HookFamily => Symbols.HookFamilies,
        FrameField.TrackState => Symbols.TrackStates,
        FrameField.TrackStatus => Symbols.TrackStatuses,
        FrameField.TrackDirection => Symbols.Directions,
        FrameField.SourceKind or FrameField.DestinationKind => Symbols.AddressTypes,
        FrameField.ArpOperation => Symbols.ArpOperations,
        FrameField.InType or FrameField.OutType => Symbols.LinkTypes,
        _ => null,
    };
}
