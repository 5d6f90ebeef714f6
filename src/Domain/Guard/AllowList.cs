using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Domain.Guard;

/// <summary>
/// The commands of runbooks as the guard on a hardened host compares them (the guard's head has the form): constant arguments byte for byte, the others by what kind of value they hold. Each command
/// stands for itself; of a runbook there are all or none.
/// </summary>
public static class AllowList
{
    /// <summary>Makes the list.</summary>
    /// <param name="runbooks">Whose steps may run.</param>
    /// <returns>
    /// Its text, and the runbooks that are not on it, because a step hands several lines of any text to a program: what such a command may do cannot be told from its form. Runbooks that change
    /// configuration files are not on it either.
    /// </returns>
    public static (string Text, ImmutableArray<string> LeftOut) Of(IEnumerable<Runbook> runbooks)
    {
        var text = new StringBuilder("cob-allow 1\n");
        var leftOut = ImmutableArray.CreateBuilder<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var runbook in runbooks.OrderBy(runbook => runbook.Id, StringComparer.Ordinal))
        {
            ImmutableArray<string?> vectors = [.. runbook.Steps.SelectMany(step => new[] { step.Read, step.Run, step.Undo }).Select(vector => VectorOf(runbook, vector))];
            if (vectors.IsEmpty || vectors.Contains(null))
            {
                leftOut.Add(runbook.Id);
                continue;
            }

            foreach (var vector in vectors.OfType<string>().Where(seen.Add))
            {
                text.Append(vector);
            }
        }

        return (text.ToString(), leftOut.ToImmutable());
    }

    private static string? VectorOf(Runbook runbook, ImmutableArray<string> vector)
    {
        var text = new StringBuilder().Append(Number(vector.Length)).Append('\n');
        foreach (var (index, argument) in vector.Index())
        {
            string[] names = Placeholders.IsShellText(vector, index) ? [] : [.. Placeholders.In(argument)];
            switch (names)
            {
                case []:
                    text.Append(CultureInfo.InvariantCulture, $"text\n{argument.Count(c => c == '\n')} {Encoding.UTF8.GetByteCount(argument)}\n{argument}\n");
                    break;
                case [var name] when KindOf(runbook, name) is { } kind && argument.Split($"{{{name}}}") is [var head, var tail] && !argument.Contains('\n', StringComparison.Ordinal):
                    text.Append(CultureInfo.InvariantCulture, $"{kind}\n{head}\n{tail}\n");
                    break;
                default:
                    return null;
            }
        }

        return text.ToString();
    }

    private static string? KindOf(Runbook runbook, string name) => runbook.Parameters.FirstOrDefault(parameter => parameter.Name == name) switch
    {
        { Source: RunbookParameter.PlanId } => "plan",
        { Type: ParameterType.Bridge or ParameterType.Link or ParameterType.Tap } => "link",
        { Type: ParameterType.Number } => "number",
        { Type: ParameterType.Name } => "name",
        { Type: ParameterType.Guest or ParameterType.Text } => "line",
        _ => null,
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
