using System.Globalization;
using System.Text;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Support;

namespace ChatOpsBot.Domain.Tests.Incidents;

/// <summary>Prints the transition table by asking it: every state with every kind of event.</summary>
internal static class IncidentTable
{
    /// <summary>The whole table as text.</summary>
    public static string Text()
    {
        var table = new StringBuilder();
        foreach (var (row, incident) in IncidentSamples.States())
        {
            table.Append('\n').Append(row).Append('\n');
            var lines = IncidentSamples.Events(Math.Max(1, incident.Generation))
                .Select(sample => (sample.Line, Result: IncidentTransitions.Decide(incident, sample.Event)))
                .ToArray();
            foreach (var (line, result) in lines.Where(line => line.Result is Transition.Accepted))
            {
                table.Append(CultureInfo.InvariantCulture, $"  {line,-34} ").Append(Show(incident, result)).Append('\n');
            }

            foreach (var refused in lines.Where(line => line.Result is Transition.Refused).GroupBy(line => Show(incident, line.Result), line => line.Line))
            {
                table.Append("  ").Append(refused.Key).Append("\n      ").AppendJoin("; ", refused).Append('\n');
            }
        }

        return table.ToString().TrimStart('\n');
    }

    /// <summary>The same table as a Mermaid diagram: one arrow for each pair of states, with the kinds of events that lead along it.</summary>
    public static string Mermaid()
    {
        var arrows = new SortedDictionary<(string From, string To), SortedSet<string>>();
        foreach (var (_, incident) in IncidentSamples.States())
        {
            foreach (var (line, happened) in IncidentSamples.Events(Math.Max(1, incident.Generation)))
            {
                if (IncidentTransitions.Decide(incident, happened) is Transition.Accepted accepted && accepted.Next.State.Name != incident.State.Name)
                {
                    var arrow = (incident.State.Name, accepted.Next.State.Name);
                    (arrows.TryGetValue(arrow, out var events) ? events : arrows[arrow] = new(StringComparer.Ordinal)).Add(line.Split(',')[0]);
                }
            }
        }

        var diagram = new StringBuilder("stateDiagram-v2\n");
        foreach (var name in arrows.Keys.SelectMany(arrow => new[] { arrow.From, arrow.To }).Distinct().Order(StringComparer.Ordinal))
        {
            diagram.Append("    state \"").Append(name).Append("\" as ").Append(Id(name)).Append('\n');
        }

        diagram.Append("    [*] --> ").Append(Id("new")).Append('\n');
        foreach (var ((from, to), events) in arrows)
        {
            diagram.Append("    ").Append(Id(from)).Append(" --> ").Append(Id(to)).Append(" : ").Append(string.Join("<br>", events)).Append('\n');
        }

        return diagram.ToString();
    }

    private static string Show(Incident before, Transition transition) => transition switch
    {
        Transition.Accepted accepted => $"-> {accepted.Next.State.Name}{Detail(before, accepted)}",
        Transition.Refused refused => $"no: {refused.Reason}",
        _ => transition.GetType().Name,
    };

    private static string Detail(Incident before, Transition.Accepted accepted)
    {
        // Cards are updated at every step in every conversation; showing them would hide the rest.
        var effects = string.Join(" ", accepted.Effects.Where(effect => effect is not Effect.UpdateCard).Select(effect => effect.Key));
        var words = accepted.Next.State == before.State ? "" : accepted.Next.State switch
        {
            IncidentState.Ended ended => $" ({ended.Why})",
            IncidentState.Escalated escalated => $" ({escalated.Question})",
            IncidentState.Reverting reverting => $" ({reverting.Why})",
            _ => "",
        };
        return (effects.Length == 0 ? "" : $" [{effects}]") + words;
    }

    private static string Id(string name) => name.Replace('-', '_');
}
