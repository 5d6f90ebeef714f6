using System.Collections.Immutable;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>Decides conditions for one frame at one hook.</summary>
internal static class Matching
{
    /// <summary>Nesting that no tool prints; deeper is not understood instead of a stack overflow.</summary>
    private const int MaxDepth = 64;

    public static Answer Judge(Condition condition, FrameView view, int depth = 0) => condition switch
    {
        _ when depth > MaxDepth => Answer.Unclear("the rule is nested too deep"),
        Condition.Constant(var holds) => Answer.Of(holds),
        Condition.Unclear(var why) => Answer.Unclear(why),
        Condition.Negation(var of) => Judge(of, view, depth + 1).Negated,
        Condition.All(var of) => of.Aggregate(Answer.Yes, (sum, next) => sum.Holds == false ? sum : sum.And(Judge(next, view, depth + 1))),
        Condition.Any(var of) => of.Aggregate(Answer.No, (sum, next) => sum.Holds == true ? sum : sum.Or(Judge(next, view, depth + 1))),
        Condition.Compare(var left, var by, var right) => Compare(Value(left, view), by, right),
        _ => Answer.Unclear("an unknown kind of condition"),
    };

    public static FieldValue Value(Expression expression, FrameView view) => expression switch
    {
        Expression.Literal(var number) => new FieldValue.Number(number),
        Expression.Unclear(var why) => new FieldValue.Unclear(why, []),
        Expression.Field field => view.Read(field),
        Expression.Concat(var parts) => Concat([.. parts.Select(part => Value(part, view))]),
        Expression.Masked(var of, var mask) => Value(of, view) switch
        {
            FieldValue.Number(var number) => new FieldValue.Number(number & mask),
            FieldValue.Bits(var number, var unknown, _) when (unknown & mask) == 0 => new FieldValue.Number(number & mask),
            FieldValue.Bits(var number, var unknown, var why) => new FieldValue.Bits(number & mask, unknown & mask, why),
            FieldValue.Unclear(var why, _) => new FieldValue.Bits(0, mask, why),
            var other => other,
        },
        Expression.WithBits(var of, var bits) => Value(of, view) switch
        {
            FieldValue.Number(var number) => new FieldValue.Number(number | bits),
            FieldValue.Bits(var number, var unknown, var why) => new FieldValue.Bits(number | bits, unknown & ~bits, why),
            FieldValue.Unclear(var why, _) => new FieldValue.Unclear(why, []),
            var other => other,
        },
        Expression.TurnedBits(var of, var bits) => Value(of, view) switch
        {
            FieldValue.Number(var number) => new FieldValue.Number(number ^ bits),
            FieldValue.Bits(var number, var unknown, var why) => new FieldValue.Bits((number ^ bits) & ~unknown, unknown, why),
            FieldValue.Unclear(var why, _) => new FieldValue.Unclear(why, []),
            var other => other,
        },
        _ => new FieldValue.Unclear("an unknown kind of expression", []),
    };

    /// <summary>Whether the value is one of those the operand stands for. An absent property is the caller's to handle.</summary>
    public static Answer IsOneOf(FieldValue value, Operand operand) => (value, operand) switch
    {
        (_, Operand.Anything) => Answer.Yes,
        (_, Operand.Unclear(var why)) => Answer.Unclear(why),
        (_, Operand.AnyOf(var members)) => members.Aggregate(Answer.No, (sum, next) => sum.Holds == true ? sum : sum.Or(IsOneOf(value, next))),
        (FieldValue.Number(var number), Operand.Range(var from, var to)) => Answer.Of(from <= number && number <= to),
        (FieldValue.Bits(var number, var unknown, var why), Operand.Range range) => BitsIn(number, unknown, why, range),
        (FieldValue.Unclear(_, var outside), Operand.Range range) when outside.Any(never => never.From <= range.From && range.To <= never.To) => Answer.No,
        (FieldValue.Unclear(var why, _), _) => Answer.Unclear(why),
        (FieldValue.Name(var name), Operand.Device(var text, var isPrefix)) =>
            Answer.Of(isPrefix ? name.StartsWith(text, StringComparison.Ordinal) : string.Equals(name, text, StringComparison.Ordinal)),
        (FieldValue.Parts(var parts), Operand.Concat(var keys)) when parts.Length == keys.Length =>
            parts.Zip(keys).Aggregate(Answer.Yes, (sum, next) => sum.Holds == false ? sum : sum.And(IsOneOf(next.First, next.Second))),
        _ => Answer.Unclear("values of different kinds are compared"),
    };

    private static Answer Compare(FieldValue value, Condition.Comparison by, Operand right) => (value, by) switch
    {
        // The kernel gives up the whole rule here, also when the comparison is negated.
        (FieldValue.NotThere, _) => Answer.No,
        (_, Condition.Comparison.Is) => IsOneOf(value, right),
        (_, Condition.Comparison.IsNot) => IsOneOf(value, right).Negated,
        (_, Condition.Comparison.HasAny) => HasAny(value, right),
        (_, Condition.Comparison.HasNone) => HasAny(value, right).Negated,
        (FieldValue.Number(var number), _) when right is Operand.Range(var from, var to) && from == to => Answer.Of(by switch
        {
            Condition.Comparison.Less => number < from,
            Condition.Comparison.AtMost => number <= from,
            Condition.Comparison.Greater => number > from,
            _ => number >= from,
        }),
        (FieldValue.Unclear(var why, _), _) => Answer.Unclear(why),
        (FieldValue.Bits(_, _, var why), _) => Answer.Unclear(why),
        _ => Answer.Unclear("values of different kinds are compared"),
    };

    private static Answer HasAny(FieldValue value, Operand right)
    {
        if (right is not Operand.Range(var bits, var to) || bits != to)
        {
            return Answer.Unclear("bits are compared with something else");
        }

        return value switch
        {
            FieldValue.Number(var number) => Answer.Of((number & bits) != 0),
            FieldValue.Bits(var number, _, _) when (number & bits) != 0 => Answer.Yes,
            FieldValue.Bits(_, var unknown, _) when (unknown & bits) == 0 => Answer.No,
            FieldValue.Bits(_, _, var why) => Answer.Unclear(why),
            FieldValue.Unclear(var why, _) => Answer.Unclear(why),
            _ => Answer.Unclear("bits are compared with something else"),
        };
    }

    private static Answer BitsIn(UInt128 number, UInt128 unknown, string why, Operand.Range range)
    {
        var (lowest, highest) = (number & ~unknown, number | unknown);
        if (range.From <= lowest && highest <= range.To)
        {
            return Answer.Yes;
        }

        // A single value can be told apart by any known bit, a range only by its ends.
        var differs = range.From == range.To && ((range.From ^ number) & ~unknown) != 0;
        return differs || highest < range.From || range.To < lowest ? Answer.No : Answer.Unclear(why);
    }

    private static FieldValue Concat(ImmutableArray<FieldValue> parts)
        => parts.Any(part => part is FieldValue.NotThere) ? FieldValue.Absent : new FieldValue.Parts(parts);
}
