using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>What facts are looked up in.</summary>
internal sealed class FactContext(PlanRequest request, HostView view, HostTopology topology)
{
    private readonly Lazy<Firewall> _firewall = new(() => Firewall.Read(view));

    /// <summary>What is planned.</summary>
    public PlanRequest Request { get; } = request;

    /// <summary>What was read.</summary>
    public HostView View { get; } = view;

    /// <summary>What hangs where.</summary>
    public HostTopology Topology { get; } = topology;

    /// <summary>All filters of the host.</summary>
    public Firewall Firewall => _firewall.Value;

    /// <summary>The link of that name.</summary>
    public Link? Link(string name) => Topology.Links.Find(name);
}

/// <summary>The value of a fact, or why there is none.</summary>
/// <param name="Value">The value.</param>
/// <param name="Why">Why there is none; a sentence part.</param>
/// <param name="Remedy">What to do about it.</param>
internal readonly record struct FactValue(string? Value, string Why, string Remedy)
{
    /// <summary>A value.</summary>
    public static implicit operator FactValue(string value) => new(value, "", "");

    /// <summary>None.</summary>
    public static FactValue None(string why, string remedy = "check the host again") => new(null, why, remedy);

    /// <summary>A value, or none when it is <see langword="null"/>.</summary>
    public static FactValue Of(string? value, string why) => value is null ? None(why) : value;
}
