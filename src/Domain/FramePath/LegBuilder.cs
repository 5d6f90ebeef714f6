using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>Gathers the hops of a leg until one of them stops the frame; what comes behind it is not asked for.</summary>
/// <param name="frame">What frame, for people.</param>
internal sealed class LegBuilder(string frame)
{
    private readonly ImmutableArray<PathHop>.Builder _hops = ImmutableArray.CreateBuilder<PathHop>();
    private readonly HashSet<(string, string)> _gaps = [];

    public bool HasEnded { get; private set; }

    public PathLeg Leg => new(frame, _hops.ToImmutable());

    public void Passes(string device, string stage, string does, EvidenceLine? evidence = null) => Add(new(device, stage, does, HopVerdict.Passes, evidence));

    public void Stops(string device, string stage, string does, EvidenceLine? evidence = null) => Add(new(device, stage, does, HopVerdict.Stops, evidence));

    public void CannotTell(string device, string stage, string does, EvidenceLine? evidence = null) => Add(new(device, stage, does, HopVerdict.CannotTell, evidence));

    /// <summary>A section that was not read is told once on a leg.</summary>
    public void NotRead(string device, string stage, string section, string why)
    {
        if (_gaps.Add((section, why)))
        {
            CannotTell(device, stage, $"{section} was not read", new(section, why));
        }
    }

    private void Add(PathHop hop)
    {
        if (!HasEnded)
        {
            _hops.Add(hop);
            HasEnded = hop.Verdict == HopVerdict.Stops;
        }
    }
}
