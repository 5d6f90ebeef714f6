using System.Collections.Immutable;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>One step of a rule. Steps run in order until a test fails or a verdict is reached.</summary>
public abstract record RuleStep
{
    private RuleStep()
    {
    }

    /// <summary>Goes on only when the condition holds.</summary>
    /// <param name="Condition">The condition.</param>
    public sealed record Test(Condition Condition) : RuleStep;

    /// <summary>Decides.</summary>
    /// <param name="Verdict">How.</param>
    public sealed record Decide(RuleVerdict Verdict) : RuleStep;

    /// <summary>Looks the verdict up; a value that the map lacks ends the rule without one.</summary>
    /// <param name="Key">What is looked up.</param>
    /// <param name="Entries">Key and verdict; a default entry is last.</param>
    public sealed record Lookup(Expression Key, ImmutableArray<VerdictEntry> Entries) : RuleStep;

    /// <summary>Sets the packet mark.</summary>
    /// <param name="Value">To what.</param>
    public sealed record SetMark(Expression Value) : RuleStep;

    /// <summary>Exempts the frame from connection tracking.</summary>
    public sealed record NoTrack : RuleStep;

    /// <summary>Changes addresses of the frame, so that what follows judges another frame than we do.</summary>
    /// <param name="What">Which.</param>
    public sealed record Rewrite(string What) : RuleStep;

    /// <summary>A step that may do anything: pass, drop, or nothing.</summary>
    /// <param name="What">The construct that is not understood.</param>
    public sealed record NotUnderstood(string What) : RuleStep;
}

/// <summary>One line of a verdict map.</summary>
/// <param name="Key">The values it is for.</param>
/// <param name="Verdict">The verdict; <see langword="null"/> when it is not understood.</param>
public sealed record VerdictEntry(Operand Key, RuleVerdict? Verdict);

/// <summary>What a rule decides.</summary>
public abstract record RuleVerdict
{
    private RuleVerdict()
    {
    }

    /// <summary>The frame passes this base chain; later chains still see it.</summary>
    public sealed record Accept : RuleVerdict;

    /// <summary>The frame ends here.</summary>
    /// <param name="Word">The tool's word: drop, reject...</param>
    public sealed record Drop(string Word) : RuleVerdict;

    /// <summary>The frame is handed to a program, which decides.</summary>
    public sealed record HandOver : RuleVerdict;

    /// <summary>Back to the calling chain; in a base chain the policy applies.</summary>
    public sealed record Back : RuleVerdict;

    /// <summary>On to the next rule.</summary>
    public sealed record NextRule : RuleVerdict;

    /// <summary>Into another chain, and back behind this rule.</summary>
    /// <param name="Chain">Its name.</param>
    public sealed record Enter(string Chain) : RuleVerdict;

    /// <summary>Into another chain, and from its end to the caller of this one.</summary>
    /// <param name="Chain">Its name.</param>
    public sealed record MoveTo(string Chain) : RuleVerdict;

    /// <summary>Source address translation to the address of the device; leaves a frame from 0.0.0.0 alone.</summary>
    public sealed record Masquerade : RuleVerdict;

    /// <summary>Other address translation.</summary>
    /// <param name="Word">The tool's word.</param>
    public sealed record Translate(string Word) : RuleVerdict;
}
