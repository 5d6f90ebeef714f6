using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Diagnosis;

/// <summary>What a person is told about a fault by <c>explain</c>. It stands beside the rule that decides the fault.</summary>
public sealed record FaultArticle
{
    /// <summary>What is wrong and how it shows, in one or two sentences.</summary>
    public required string What { get; init; }

    /// <summary>What has to be read, and with which values, for the fault to be certain.</summary>
    public required string DecidedBy { get; init; }

    /// <summary>Fault ids that look the same from a guest.</summary>
    public required ImmutableArray<string> ConfusedWith { get; init; }

    /// <summary>What mends it now, and what has to be written down so that it stays mended.</summary>
    public required string RepairedBy { get; init; }

    /// <summary>
    /// Parts of messages of libvirt, QEMU, the kernel or a DHCP program that point to it; <c>*</c> stands for any text. Compared without regard to case.
    /// </summary>
    public ImmutableArray<string> Messages { get; init; } = [];
}
