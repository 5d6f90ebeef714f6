using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Incidents;

/// <summary>What the transition table says about one event.</summary>
public abstract record Transition
{
    private Transition()
    {
    }

    /// <summary>It happened.</summary>
    /// <param name="Next">The incident afterwards.</param>
    /// <param name="Effects">What is to be done about it, stored together with the event.</param>
    public sealed record Accepted(Incident Next, ImmutableArray<Effect> Effects) : Transition;

    /// <summary>It did not; nothing is stored.</summary>
    /// <param name="Reason">A sentence for the person in chat.</param>
    public sealed record Refused(string Reason) : Transition;
}
