using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Application.Explaining;

/// <summary>
/// Explains a fault by its id, finds the fault that an error text points to, and says why some repairs are never proposed. Pure: needs no host, no
/// inventory and no policy.
/// </summary>
public static partial class Explainer
{
    /// <summary>Characters of a text that are looked at: a pasted log is cut here.</summary>
    private const int Longest = 4000;

    /// <summary>Answers.</summary>
    /// <param name="question">A fault id, an error text, a command or a code.</param>
    /// <param name="runbooks">The runbooks in force, or an empty set where they could not be read.</param>
    public static Explanation Explain(string question, RunbookSet runbooks)
    {
        var text = question.Trim();
        text = text.Length <= Longest ? text : text[..Longest];
        if (Find(text) is { } rule)
        {
            return OfFault(rule, runbooks);
        }

        if (InventedCodes.Find(text) is { } code)
        {
            return OfCode(code, runbooks);
        }

        if (RefusedRepairs.OfText(text) is { } refused)
        {
            return OfRefusal(refused);
        }

        if (Id().IsMatch(text))
        {
            return UnknownId(text);
        }

        var hits = MessageLookup.Find(text);
        return hits.IsEmpty ? UnknownText(text) : OfMessage(hits, runbooks);
    }

    private static DiagnosisRule? Find(string id) => Catalogue.All.FirstOrDefault(rule => rule.Id.Equals(id, StringComparison.OrdinalIgnoreCase));

    private static Explanation OfFault(DiagnosisRule rule, RunbookSet runbooks) => new(ExplanationKind.Answered, rule.Id, [.. Parts(rule, runbooks)]);

    private static IEnumerable<(string Heading, string Text)> Parts(DiagnosisRule rule, RunbookSet runbooks)
    {
        yield return ("What it is", rule.Article.What);
        yield return ("Decided by", rule.Article.DecidedBy);
        if (!rule.Article.ConfusedWith.IsEmpty)
        {
            yield return ("Confused with", string.Join('\n', rule.Article.ConfusedWith.Select(other => Find(other) is { } known ? $"{other}: {FirstSentence(known.Article.What)}" : other)));
        }

        yield return ("Repaired by", rule.Article.RepairedBy);
        var answering = runbooks.ById.Values.Where(runbook => runbook.Answers.Contains(rule.Id)).ToArray();
        yield return answering.Length == 0
            ? ("Runbook", "none: a person has to act, and the finding asks what exactly")
            : ("Runbook", string.Join('\n', answering.Select(OfRunbook)));
        if (!rule.Article.Messages.IsEmpty)
        {
            yield return ("Messages", string.Join('\n', rule.Article.Messages.Select(message => $"\"{message}\"")));
        }
    }

    /// <summary>A runbook on one line: what it does, its least risk, how it is taken back.</summary>
    private static string OfRunbook(Runbook runbook)
        => $"{runbook.Id} ({runbook.Steps.Max(step => step.Risk)}, more where our own session runs over the same link): {runbook.Title}; taken back by {string.Join(", then ", runbook.Steps.Reverse().Select(Undo))}";

    private static string Undo(RunbookStep step)
        => Enumerable.Range(0, step.Undo.Length).Any(index => Placeholders.IsShellText(step.Undo, index)) ? $"putting back what was there before ({step.Before})" : string.Join(' ', step.Undo);

    private static Explanation OfCode(InventedCode code, RunbookSet runbooks) => new(
        ExplanationKind.Answered,
        $"{code.Code} is an invented code: no program prints it",
        [
            ("Told about it", code.Said),
            ("The real thing", code.Real),
            ("A real message", $"\"{code.Message}\""),
            .. code.Faults.Select(Find).OfType<DiagnosisRule>().Take(1).SelectMany(rule => Parts(rule, runbooks).Take(2).Select(part => ($"{rule.Id}, {char.ToLowerInvariant(part.Heading[0])}{part.Heading[1..]}", part.Text))),
            ("See also", string.Join(", ", code.Faults.Select(fault => $"explain {fault}"))),
        ]);

    private static Explanation OfRefusal(RefusedRepair refused) => new(
        ExplanationKind.Answered,
        $"Never proposed: {refused.Name}",
        [
            ("Why", refused.Why),
            ("Instead", refused.Instead),
            ("See also", string.Join(", ", refused.Faults.Select(fault => $"explain {fault}"))),
        ]);

    private static Explanation OfMessage(ImmutableArray<MessageHit> hits, RunbookSet runbooks)
    {
        var first = hits[0];
        var others = hits.Skip(1).Select(hit => $"{hit.Rule.Id}: {FirstSentence(hit.Rule.Article.What)}").ToArray();
        return new(
            ExplanationKind.Answered,
            $"That message points to {first.Rule.Id}",
            [
                ("Recognised", $"\"{first.Message}\""),
                .. Parts(first.Rule, runbooks).Where(part => part.Heading != "Messages"),
                .. others.Length == 0 ? [] : (IEnumerable<(string, string)>)[("It may also be", string.Join('\n', others))],
            ]);
    }

    private static Explanation UnknownId(string id)
    {
        var ids = Catalogue.All.Select(rule => rule.Id).ToArray();
        var word = id[(id.IndexOf('.') + 1)..];
        string?[] nearest = [NearestWord.Of(id, ids)];
        var near = nearest.Concat(ids.Where(known => known.Contains(word, StringComparison.OrdinalIgnoreCase)))
            .Concat(ids.Where(known => Array.Exists(word.Split('-', StringSplitOptions.RemoveEmptyEntries), part => part.Length > 3 && known.Contains(part, StringComparison.OrdinalIgnoreCase))))
            .OfType<string>().Distinct().Take(4).ToArray();
        return new(
            ExplanationKind.UnknownId,
            $"there is no fault {Shown(id)}{(near.Length == 0 ? "" : $"; did you mean {string.Join(" or ", near)}?")}",
            near.Length == 0 ? [("Known", string.Join(", ", ids))] : []);
    }

    private static Explanation UnknownText(string text) => new(
        ExplanationKind.UnknownText,
        $"no known fault has a message like {Shown(text)}",
        [("", "give a longer part of the message, without names and numbers of your own, or a fault id such as bridge.uplink-missing")]);

    private static string FirstSentence(string text) => text.Split(". ", 2)[0].TrimEnd('.');

    // What a person typed, short; the surfaces make it harmless.
    private static string Shown(string text) => text.Length <= 80 ? $"\"{text}\"" : $"\"{text[..80]}...\"";

    // One word, perhaps with a dot: an id, or what somebody took for one. Messages have several words.
    [GeneratedRegex(@"\A[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_.-]+)?\z", RegexOptions.None, 1000)]
    private static partial Regex Id();
}
