using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>A fact of a host that a runbook may name as the source of a parameter.</summary>
public sealed class RunbookFact
{
    internal RunbookFact(string name, ImmutableArray<ParameterType> about, string says, Func<FactContext, ImmutableArray<string>, FactValue> read)
        => (Name, About, Says, Read) = (name, about, says, read);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What it is about: the types of the parameters under <c>of</c>.</summary>
    public ImmutableArray<ParameterType> About { get; }

    /// <summary>What its value says, with examples.</summary>
    public string Says { get; }

    internal Func<FactContext, ImmutableArray<string>, FactValue> Read { get; }
}

/// <summary>All facts by name. A fact's text is what the <c>read</c> of the steps that use it prints, so that it can be a value's <c>before</c>.</summary>
public static class RunbookFacts
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<RunbookFact> All { get; } =
    [
        .. LinkFactsOfRunbooks.All, .. AddressFactsOfRunbooks.All, .. FilterFactsOfRunbooks.All, .. EbtablesFactsOfRunbooks.All, .. GuestFactsOfRunbooks.All,
        .. CardFactsOfRunbooks.All, .. HostFactsOfRunbooks.All,
    ];

    private static readonly ImmutableDictionary<string, RunbookFact> s_byName = All.ToImmutableDictionary(fact => fact.Name, StringComparer.Ordinal);

    /// <summary>The fact of that name, or <see langword="null"/>.</summary>
    public static RunbookFact? Find(string name) => s_byName.GetValueOrDefault(name);
}
