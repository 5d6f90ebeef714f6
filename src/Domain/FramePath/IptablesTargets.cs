using System.Collections.Immutable;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>The targets of iptables.</summary>
internal static class IptablesTargets
{
    /// <summary>Reads the words behind <c>-j</c> or <c>-g</c>.</summary>
    public static ImmutableArray<RuleStep> Read(bool isGoto, ImmutableArray<string> words) => words.IsEmpty ? [] : words[0] switch
    {
        _ when isGoto => [new RuleStep.Decide(new RuleVerdict.MoveTo(words[0]))],
        "ACCEPT" => [new RuleStep.Decide(new RuleVerdict.Accept())],
        "DROP" or "REJECT" => [new RuleStep.Decide(new RuleVerdict.Drop(words[0]))],
        "RETURN" => [new RuleStep.Decide(new RuleVerdict.Back())],
        "QUEUE" or "NFQUEUE" => [new RuleStep.Decide(new RuleVerdict.HandOver())],
        "MARK" => [new RuleStep.SetMark(Mark(words[1..]))],
        "NOTRACK" => [new RuleStep.NoTrack()],
        "CT" => words.Contains("--notrack") ? [new RuleStep.NoTrack()] : [],

        // The mark may come back from the connection, where earlier frames left it.
        "CONNMARK" => words.Contains("--restore-mark") ? [new RuleStep.SetMark(new Expression.Unclear("it depends on earlier frames"))] : [],
        "MASQUERADE" => [new RuleStep.Decide(new RuleVerdict.Masquerade())],
        "SNAT" or "DNAT" or "REDIRECT" or "NETMAP" => [new RuleStep.Decide(new RuleVerdict.Translate(words[0]))],
        "HMARK" => [new RuleStep.SetMark(new Expression.Unclear("it is a hash"))],
        "LOG" or "NFLOG" or "ULOG" or "TRACE" or "AUDIT" or "CLASSIFY" or "DSCP" or "TOS" or "TTL" or "HL" or "TCPMSS" or "TCPOPTSTRIP" or "CHECKSUM" or "SET"
            or "CONNSECMARK" or "SECMARK" or "TEE" or "LED" or "RATEEST" or "IDLETIMER" or "ECN" or "ACCOUNT" => [],
        "SYNPROXY" or "TPROXY" or "CLUSTERIP" or "TARPIT" or "CHAOS" or "DELUDE" or "STEAL" or "NFACCT" or "XLOG" or "RAWNAT" => [new RuleStep.NotUnderstood($"target {words[0]}")],

        // Targets print their options; a chain of the user has none.
        _ => words.Length == 1 ? [new RuleStep.Decide(new RuleVerdict.Enter(words[0]))] : [new RuleStep.NotUnderstood($"target {words[0]}")],
    };

    /// <summary><c>--set-xmark VALUE/MASK</c> clears the bits of the mask, then turns those of the value.</summary>
    private static Expression Mark(ImmutableArray<string> options)
    {
        if (options is not ["--set-xmark" or "--set-mark" or "--and-mark" or "--or-mark" or "--xor-mark", var argument])
        {
            return new Expression.Unclear("the new mark is not understood");
        }

        var parts = argument.Split('/');
        UInt128 mask = uint.MaxValue;
        if (!Literals.TryNumber(parts[0], out var value) || (parts.Length > 1 && !Literals.TryNumber(parts[1], out mask)))
        {
            return new Expression.Unclear("the new mark is not understood");
        }

        Expression old = new Expression.Field(FrameField.Mark);
        return options[0] switch
        {
            "--and-mark" => new Expression.Masked(old, value),
            "--or-mark" => new Expression.WithBits(old, value),
            "--xor-mark" => new Expression.TurnedBits(old, value),
            "--set-mark" => new Expression.WithBits(new Expression.Masked(old, uint.MaxValue & ~(mask | value)), value),
            _ when (mask & uint.MaxValue) == uint.MaxValue => new Expression.Literal(value),
            _ => new Expression.TurnedBits(new Expression.Masked(old, uint.MaxValue & ~mask), value),
        };
    }
}
