using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>Which guests will notice a plan: from what each step interrupts by its runbook, and from who hangs where.</summary>
internal static class BlastRadius
{
    /// <summary>Names of guests, sorted. A step of D0 is noticed by nobody; that our own session may break is for us to notice, not for guests.</summary>
    public static ImmutableArray<string> Of(FactContext context, IReadOnlyDictionary<string, string> values, IEnumerable<RunbookStep> steps)
        => [.. steps.SelectMany(step => Of(context, values, step)).Distinct().Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Of(FactContext context, IReadOnlyDictionary<string, string> values, RunbookStep step)
    {
        if (step.Risk == Risk.D0)
        {
            return [];
        }

        var touched = step.Touches.Prepend(step.Subject).OfType<string>().Select(values.GetValueOrDefault).OfType<string>().ToHashSet();
        var ports = context.Topology.GuestPorts;
        if (step.Risk == Risk.D1)
        {
            var guests = context.Request.Runbook.Parameters.Where(parameter => parameter.Type == ParameterType.Guest).Select(parameter => values.GetValueOrDefault(parameter.Name)).ToHashSet();
            return ports.Where(port => touched.Contains(port.Link.Name) || guests.Contains(port.Guest)).Select(port => port.Guest);
        }

        // Everybody on a touched bridge, or on the bridge that a touched port belongs to; without any link, everybody.
        var bridges = touched.Select(context.Topology.Links.Find).OfType<Evidence.Link>().Select(link => link.IsBridge ? link.Name : link.Master)
            .Append(context.Request.Finding?.Bridge).OfType<string>().ToHashSet();
        return ports.Where(port => touched.Count == 0 || bridges.Contains(port.Link.Master ?? port.IntendedBridge ?? "")).Select(port => port.Guest);
    }
}
