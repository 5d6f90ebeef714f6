using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis;

/// <summary>One fault of the catalogue as a pure function: the view of a host in, a verdict out.</summary>
/// <param name="Id">Fault id of the catalogue.</param>
/// <param name="Article">What a person is told about it.</param>
/// <param name="Judge">Decides. It answers <see cref="Verdict.CannotTell"/> when evidence that it needs is <c>Missing</c>.</param>
public sealed record DiagnosisRule(string Id, FaultArticle Article, Func<HostView, Verdict> Judge)
{
    /// <summary>A rule over the host's topology, asked only when the links could be read.</summary>
    public static DiagnosisRule OverTopology(string id, FaultArticle article, Func<HostView, HostTopology, Verdict> judge)
        => new(id, article, view => view.Topology switch
        {
            Evidence.FactReading<HostTopology>.Known(var topology) => judge(view, topology),
            Evidence.FactReading<HostTopology>.Missing(var reason) => Verdict.CannotTell(id, "e.link", reason),
            _ => Verdict.CannotTell(id, "e.link", "no links were read"),
        });
}
