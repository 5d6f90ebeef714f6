using System.Collections.Immutable;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>
/// Runs one base chain for one frame. Where a condition cannot be told, both ways are followed: the endings that were met on any
/// way say what may happen, and only when all of them agree is the answer certain.
/// </summary>
internal sealed partial class ChainWalk
{
    /// <summary>The kernel allows 16 nested jumps in nftables; iptables-legacy more, but nobody writes them by hand.</summary>
    private const int MaxDepth = 64;

    /// <summary>Rules looked at for one frame in one base chain; a rule set that fans out further is not judged instead of hanging.</summary>
    private const int MaxRules = 100_000;

    /// <summary>Doubts kept for people to read.</summary>
    private const int MaxDoubts = 6;

    private readonly FilterTable _table;
    private readonly FilterChain _base;
    private readonly FrameView _view;
    private readonly List<Ending> _endings = [];
    private int _rulesSeen;

    private ChainWalk(FilterTable table, FilterChain baseChain, FrameView view)
    {
        _table = table;
        _base = baseChain;
        _view = view;
    }

    /// <summary>What the chain does, and the state of the frame behind it when it passes.</summary>
    public static (FrameFate Fate, FrameState State) Run(FilterTable table, FilterChain baseChain, FrameView view)
    {
        var walk = new ChainWalk(table, baseChain, view);
        var end = walk.Follow(baseChain, new Flow(true, [], view.State), 0);
        if (end.Alive)
        {
            walk._endings.Add(new(baseChain.Policy == FilterPolicy.Drop ? walk.PolicyPoint() : null, end));
        }

        return walk.Sum();
    }

    private (FrameFate Fate, FrameState State) Sum()
    {
        var passing = _endings.Where(ending => ending.Drop is null).ToArray();
        var state = passing.Length == 0 ? _view.State : passing.Select(ending => ending.Flow.State).Aggregate((a, b) => a.Join(b));
        ImmutableArray<DropPoint> drops = [.. from ending in _endings where ending.Drop is not null select ending.Drop];
        if (drops.IsEmpty)
        {
            return (new FrameFate.Passes(), state);
        }

        if (passing.Length == 0)
        {
            return (new FrameFate.Dropped(drops[0]), state);
        }

        var doubts = _endings.Where(ending => ending.Drop is not null).SelectMany(ending => ending.Flow.Doubts);
        return (new FrameFate.MayDrop([.. drops.Distinct()], [.. doubts.Distinct().Take(MaxDoubts)]), state);
    }

    /// <summary>Runs a chain; the answer is the flow that comes out at its end.</summary>
    private Flow Follow(FilterChain chain, Flow flow, int depth)
    {
        var before = flow;
        var endingsBefore = _endings.Count;
        var returned = Flow.None;
        foreach (var rule in chain.Rules)
        {
            if (++_rulesSeen > MaxRules)
            {
                return Undecided(chain, rule, flow, "the rule set is too large to follow");
            }

            var (next, back) = Apply(chain, rule, flow, depth);
            flow = next;
            returned = returned.Join(back);
            if (!flow.Alive)
            {
                break;
            }
        }

        var end = flow.Join(returned);

        // When nothing ended in here, every way leads out again, so the doubts met inside do not matter.
        return end.Alive && _endings.Count == endingsBefore ? end with { Doubts = before.Doubts } : end;
    }

    private (Flow Next, Flow Returned) Apply(FilterChain chain, FilterRule rule, Flow flow, int depth)
    {
        var inside = flow;
        var certain = true;
        var view = _view;
        foreach (var step in rule.Steps)
        {
            view = ReferenceEquals(view.State, inside.State) ? view : view with { State = inside.State };
            switch (step)
            {
                case RuleStep.Test(var condition):
                    var answer = Matching.Judge(condition, view);
                    if (answer.Holds == false)
                    {
                        return (Skipping(flow, inside), Flow.None);
                    }

                    if (answer.Holds is null)
                    {
                        certain = false;
                        inside = inside.Doubting(Doubt(chain, rule, answer.Why));
                    }

                    break;
                case RuleStep.SetMark(var expression):
                    inside = inside with { State = inside.State with { Mark = Matching.Value(expression, view) is FieldValue.Number(var mark) ? (uint)(mark & uint.MaxValue) : null } };
                    break;
                case RuleStep.NoTrack:
                    inside = inside with { State = inside.State with { Untracked = true } };
                    break;
                case RuleStep.Rewrite(var what):
                    inside = Rewritten(chain, rule, inside, what);
                    break;
                case RuleStep.Lookup(var key, var entries):
                    return LookUp(chain, rule, certain ? Flow.None : flow, flow, inside, Matching.Value(key, view), entries, depth);
                case RuleStep.Decide(var verdict):
                    return Combine(certain ? Flow.None : Skipping(flow, inside), flow, Decide(chain, rule, inside, verdict, depth));
                case RuleStep.NotUnderstood(var what):
                    return (Undecided(chain, rule, Skipping(flow, inside), $"{what} is not understood"), Flow.None);
            }
        }

        return (certain ? inside : Skipping(flow, inside), Flow.None);
    }

    /// <summary>On to the next rule: the doubts of this one do not matter, but what it may have changed does.</summary>
    private static Flow Skipping(Flow before, Flow inside) => before with { State = before.State.Join(inside.State) };

    /// <summary>Joins the way past a rule with the ways that its verdict opens.</summary>
    private static (Flow Next, Flow Returned) Combine(Flow past, Flow before, Outcome outcome)
    {
        if (!past.Alive)
        {
            return (outcome.Next, outcome.Returned);
        }

        // The verdict may end the frame: from here on nothing is certain any more. Otherwise all ways go on.
        var pastWithDoubt = outcome.MayEnd ? past with { Doubts = outcome.Doubts } : past;
        var next = pastWithDoubt.Join(outcome.Next);
        return outcome is { MayEnd: false, Returned.Alive: false } ? (next with { Doubts = before.Doubts }, Flow.None) : (next, outcome.Returned);
    }

    private Outcome Decide(FilterChain chain, FilterRule rule, Flow flow, RuleVerdict verdict, int depth)
    {
        switch (verdict)
        {
            case RuleVerdict.NextRule:
                return new(flow, Flow.None, MayEnd: false, flow.Doubts);
            case RuleVerdict.Back:
                return new(Flow.None, flow, MayEnd: true, flow.Doubts);
            case RuleVerdict.Accept:
            case RuleVerdict.Masquerade when _view.Frame.Source is { } source && Literals.Number(source) == 0:
                _endings.Add(new(null, flow));
                return new(Flow.None, Flow.None, MayEnd: true, flow.Doubts);
            case RuleVerdict.Drop:
                _endings.Add(new(RulePoint(chain, rule), flow));
                return new(Flow.None, Flow.None, MayEnd: true, flow.Doubts);
            case RuleVerdict.HandOver:
                return Either(chain, rule, flow.Doubting(Doubt(chain, rule, "the frame is handed to a program, which decides")));
            case RuleVerdict.Masquerade when _view.Frame.BridgeHasAddress == true:
                // The frame goes on under the bridge's own address, which no DHCP client looks at.
                _endings.Add(new(null, flow with { State = flow.State with { Rewritten = Doubt(chain, rule, "the frame's source address is translated") } }));
                return new(Flow.None, Flow.None, MayEnd: true, flow.Doubts);
            case RuleVerdict.Masquerade:
                return Either(chain, rule, flow.Doubting(Doubt(chain, rule, "the frame's source address is translated")));
            case RuleVerdict.Translate(var word):
                return Either(chain, rule, flow.Doubting(Doubt(chain, rule, $"{word} sends the frame elsewhere")));
            case RuleVerdict.Enter(var target):
                return Into(chain, rule, flow, target, depth, comesBack: true);
            case RuleVerdict.MoveTo(var target):
                return Into(chain, rule, flow, target, depth, comesBack: false);
            default:
                return Either(chain, rule, flow.Doubting(Doubt(chain, rule, "an unknown verdict")));
        }
    }

    private Outcome Into(FilterChain chain, FilterRule rule, Flow flow, string target, int depth, bool comesBack)
    {
        if (depth >= MaxDepth || !_table.Chains.TryGetValue(target, out var next))
        {
            return Either(chain, rule, flow.Doubting(Doubt(chain, rule, depth >= MaxDepth ? "chains are nested too deep" : $"chain {target} is not in the listing")));
        }

        var endingsBefore = _endings.Count;
        var end = Follow(next, flow, depth + 1);
        var ended = _endings.Count > endingsBefore;
        return comesBack ? new(end, Flow.None, ended, end.Alive ? end.Doubts : flow.Doubts) : new(Flow.None, end, MayEnd: true, flow.Doubts);
    }

    private (Flow Next, Flow Returned) LookUp(
        FilterChain chain, FilterRule rule, Flow past, Flow before, Flow inside, FieldValue key, ImmutableArray<VerdictEntry> entries, int depth)
    {
        if (key is FieldValue.NotThere)
        {
            return (Skipping(before, inside), Flow.None);
        }

        var next = past.Alive ? Skipping(before, inside) : Flow.None;
        var returned = Flow.None;
        var open = inside;
        foreach (var entry in entries)
        {
            var answer = Matching.IsOneOf(key, entry.Key);
            if (answer.Holds == false)
            {
                continue;
            }

            var flow = answer.Holds is null ? open.Doubting(Doubt(chain, rule, answer.Why)) : open;
            var outcome = entry.Verdict is { } verdict
                ? Decide(chain, rule, flow, verdict, depth)
                : Either(chain, rule, flow.Doubting(Doubt(chain, rule, "its verdict is not understood")));
            next = next.Join(outcome.Next);
            returned = returned.Join(outcome.Returned);
            if (answer.Holds == true)
            {
                return (next.Alive && past.Alive && outcome.MayEnd ? next with { Doubts = outcome.Doubts } : next, returned);
            }

            open = flow;
        }

        return (next.Join(open), returned);
    }

    private Outcome Either(FilterChain chain, FilterRule rule, Flow flow)
    {
        _endings.Add(new(RulePoint(chain, rule), flow));
        _endings.Add(new(null, flow));
        return new(Flow.None, Flow.None, MayEnd: true, flow.Doubts);
    }

    /// <summary>The rule may pass the frame, drop it or do nothing.</summary>
    private Flow Undecided(FilterChain chain, FilterRule rule, Flow flow, string why)
    {
        var doubtful = flow.Doubting(Doubt(chain, rule, why));
        Either(chain, rule, doubtful);
        return doubtful;
    }

    private Flow Rewritten(FilterChain chain, FilterRule rule, Flow flow, string what)
    {
        var doubt = Doubt(chain, rule, $"it changes {what} of the frame");
        var after = flow.Doubting(doubt);
        after = after with { State = after.State with { Rewritten = doubt } };

        // A frame with another address may leave by another port or none, which the rest of the chain cannot tell.
        _endings.Add(new(RulePoint(chain, rule), after));
        return after;
    }
}
