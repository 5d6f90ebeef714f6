using System.Collections.Immutable;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>Whether a condition holds: yes, no, or not to be told, then with the reason.</summary>
/// <param name="Holds"><see langword="null"/> when it cannot be told.</param>
/// <param name="Why">The reason in that case.</param>
internal readonly record struct Answer(bool? Holds, string Why)
{
    public static Answer Yes { get; } = new(true, "");

    public static Answer No { get; } = new(false, "");

    public static Answer Unclear(string why) => new(null, why);

    public static Answer Of(bool holds) => holds ? Yes : No;

    public Answer Negated => Holds is { } holds ? Of(!holds) : this;

    /// <summary>No wins over unclear, unclear over yes.</summary>
    public Answer And(Answer other) => Holds == false || other.Holds == true ? this : other.Holds == false || Holds == true ? other : this;

    /// <summary>Yes wins over unclear, unclear over no.</summary>
    public Answer Or(Answer other) => Holds == true || other.Holds == false ? this : other.Holds == true || Holds == false ? other : this;
}

/// <summary>The value of a property for one frame at one hook.</summary>
internal abstract record FieldValue
{
    private FieldValue()
    {
    }

    public static FieldValue Absent { get; } = new NotThere();

    public sealed record Number(UInt128 Value) : FieldValue;

    /// <summary>A number of which some bits are not known.</summary>
    public sealed record Bits(UInt128 Value, UInt128 Unknown, string Why) : FieldValue;

    public sealed record Name(string Text) : FieldValue;

    public sealed record Parts(ImmutableArray<FieldValue> Of) : FieldValue;

    /// <summary>The frame has no such property: the kernel gives up the rule.</summary>
    public sealed record NotThere : FieldValue;

    /// <summary>Not known, but certainly outside some ranges.</summary>
    public sealed record Unclear(string Why, ImmutableArray<Operand.Range> Outside) : FieldValue;
}
