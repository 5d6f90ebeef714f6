using System.Collections.Immutable;

namespace ChatOpsBot.Domain.FramePath;

/// <content>What the ways through a chain come to, and how that is told.</content>
internal sealed partial class ChainWalk
{
    private string Doubt(FilterChain chain, FilterRule rule, string why)
        => $"{_table.Family.ToString().ToLowerInvariant()} {_table.Name} {chain.Name} \"{rule.Text}\": {why}";

    private DropPoint RulePoint(FilterChain chain, FilterRule rule) => PolicyPoint() with
    {
        Chain = chain.Name,
        Handle = rule.Handle,
        Text = rule.Text,
        IsPolicy = false,
        Packets = rule.Packets,
        NamesThePorts = rule.Steps.Any(step => step is RuleStep.Test { Condition: Condition.Compare { Left: var left } condition }
            && AsksForPorts(left) && Matching.Judge(condition, _view).Holds == true),
        AsksForRouteBack = rule.Steps.Any(step => step is RuleStep.Test { Condition: var condition } && AsksForRouteBack(condition)),
    };

    private static bool AsksForRouteBack(Condition condition) => condition switch
    {
        Condition.Compare { Left: Expression.Field { What: FrameField.RouteBack } } => true,
        Condition.Negation(var of) => AsksForRouteBack(of),
        Condition.All(var of) => of.Any(AsksForRouteBack),
        _ => false,
    };

    private static bool AsksForPorts(Expression expression) => expression switch
    {
        Expression.Field { What: FrameField.SourcePort or FrameField.DestinationPort } => true,
        Expression.Concat(var parts) => parts.Any(AsksForPorts),
        _ => false,
    };

    private DropPoint PolicyPoint() => new()
    {
        Layer = _view.Layer,
        Family = _table.Family,
        Table = _table.Name,
        IsLegacy = _table.IsLegacy,
        Hook = _view.Hook,
        BaseChain = _base.Name,
        Chain = _base.Name,
        Text = "policy drop",
        IsPolicy = true,
        Packets = _base.PolicyPackets,
        Section = _table.Section,
    };

    private sealed record Ending(DropPoint? Drop, Flow Flow);

    /// <param name="Next">The way on to the next rule.</param>
    /// <param name="Returned">The way out of the chain.</param>
    /// <param name="MayEnd">Whether some way does not lead to the next rule.</param>
    /// <param name="Doubts">What the verdict hung on.</param>
    private readonly record struct Outcome(Flow Next, Flow Returned, bool MayEnd, ImmutableArray<string> Doubts);

    /// <summary>The ways that lead to one point: whether there is any, what had to be guessed on them, and the frame's state.</summary>
    private sealed record Flow(bool Alive, ImmutableArray<string> Doubts, FrameState State)
    {
        public static Flow None { get; } = new(false, [], FrameState.Fresh);

        public Flow Doubting(string doubt) => Doubts.Length >= MaxDoubts || Doubts.Contains(doubt) ? this : this with { Doubts = Doubts.Add(doubt) };

        public Flow Join(Flow other)
        {
            if (!Alive)
            {
                return other;
            }

            return !other.Alive ? this : new(true, [.. Doubts.Concat(other.Doubts).Distinct().Take(MaxDoubts)], State.Join(other.State));
        }
    }
}
