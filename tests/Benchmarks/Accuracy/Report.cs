using System.Globalization;
using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Benchmarks.Accuracy;

/// <summary>The table of the benchmark and its last line.</summary>
internal static class Report
{
    public static void Print(IReadOnlyList<Answer> answers, IReadOnlyList<string> notMade, TextWriter to)
    {
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"fault",-36} {"asked",5} {"top-1",5} {"found",5} {"false",5} {"open",5} {"ms",6}"));
        foreach (var fault in Singles(answers).GroupBy(answer => string.Join(" or ", answer.Expected[0])).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            Row(to, fault.Key, [.. fault]);
        }

        Row(to, "all single faults", [.. Singles(answers)]);
        Row(to, "two faults at once", [.. Of(answers, CaseKind.Double)]);
        Row(to, "healthy hosts", [.. Of(answers, CaseKind.Healthy)]);
        var viewer = answers.Where(answer => !answer.HasRoot).ToArray();
        to.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"without root: {viewer.Count(answer => answer.Diagnosis.Verdict == OverallVerdict.Inconclusive)} cannot tell, {viewer.Count(answer => answer.IsTopRight)} right, "
            + $"{viewer.Count(answer => !answer.False.IsEmpty)} wrong of {viewer.Length}"));
        to.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"the very cause named first: {Percent(Singles(answers).Count(answer => answer.IsTopExact), Singles(answers).Count())}; "
            + $"{Singles(answers).Count(answer => answer.IsTopRight && !answer.IsTopExact)} causes outside the host are named beside dhcp.no-answer, as far as a host without the server's log can tell"));
        foreach (var answer in answers.Where(IsMiss))
        {
            to.WriteLine($"miss {answer}");
        }

        foreach (var group in notMade.GroupBy(line => line))
        {
            to.WriteLine($"not made {group.Key}");
        }

        var singles = Singles(answers).ToArray();
        var doubles = Of(answers, CaseKind.Double).ToArray();
        to.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"cases={answers.Count} top1={Percent(singles.Count(answer => answer.IsTopRight), singles.Length)} falseAlarms={answers.Count(IsFalseAlarm)} "
            + $"falseCertain={answers.Count(HasFalseCertain)} doubles={Percent(doubles.Count(answer => answer.HasAll), doubles.Length)} medianMs={Median(answers):0}"));
    }

    /// <summary>Whether an answer is not as it should be.</summary>
    private static bool IsMiss(Answer answer) => answer switch
    {
        { Case.Kind: CaseKind.Healthy, HasRoot: true } => answer.Diagnosis.Verdict != OverallVerdict.Healthy,
        { HasRoot: false } => !answer.False.IsEmpty,
        { Case.Kind: CaseKind.Double } => !answer.HasAll || !answer.False.IsEmpty,
        _ => !answer.IsTopRight || !answer.False.IsEmpty,
    };

    private static bool IsFalseAlarm(Answer answer) => answer.Case.Kind == CaseKind.Healthy && answer.Diagnosis.Verdict == OverallVerdict.Fault;

    private static bool HasFalseCertain(Answer answer) => answer.False.Any(finding => finding.Certainty == Certainty.Certain);

    private static IEnumerable<Answer> Singles(IEnumerable<Answer> answers) => Of(answers, CaseKind.Single);

    private static IEnumerable<Answer> Of(IEnumerable<Answer> answers, CaseKind kind) => answers.Where(answer => answer.Case.Kind == kind && answer.HasRoot);

    private static void Row(TextWriter to, string name, Answer[] answers)
        => to.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-36} {answers.Length,5} {answers.Count(answer => answer.IsTopRight),5} {answers.Count(answer => answer.HasAll),5} {answers.Sum(answer => answer.False.Length),5} "
            + $"{answers.Count(answer => answer.Diagnosis.Verdict == OverallVerdict.Inconclusive),5} {Median(answers),6:0}"));

    private static string Percent(int part, int of) => of == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / of:0.0}%");

    private static double Median(IEnumerable<Answer> answers)
    {
        var sorted = answers.Select(answer => answer.Milliseconds).Order().ToArray();
        return sorted.Length == 0 ? 0 : sorted[sorted.Length / 2];
    }
}
