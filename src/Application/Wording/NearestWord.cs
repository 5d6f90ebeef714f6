namespace ChatOpsBot.Application.Wording;

/// <summary>Finds the word that somebody probably meant.</summary>
public static class NearestWord
{
    private const int LongestCompared = 64;

    /// <summary>The nearest candidate, or <see langword="null"/> when none is near.</summary>
    /// <param name="word">What was written.</param>
    /// <param name="candidates">What may be written.</param>
    public static string? Of(string word, IEnumerable<string> candidates)
    {
        // The comparison is quadratic in the length, and the word may be anything.
        if (word.Length > LongestCompared)
        {
            return null;
        }

        var most = Math.Max(1, word.Length / 3);
        return (from candidate in candidates
                let distance = Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant())
                where distance <= most
                orderby distance, candidate
                select candidate).FirstOrDefault();
    }

    /// <summary>"; did you mean X?" for the end of a message, or nothing.</summary>
    public static string Hint(string word, IEnumerable<string> candidates) => Of(word, candidates) is { } near ? $" (did you mean {near}?)" : "";

    // Two letters that changed places are one slip (optimal string alignment), for that is how people mistype.
    private static int Distance(string left, string right)
    {
        int[] before = [], above = [.. Enumerable.Range(0, right.Length + 1)];
        for (var i = 1; i <= left.Length; i++)
        {
            var row = new int[right.Length + 1];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                row[j] = left[i - 1] == right[j - 1] ? above[j - 1] : 1 + Math.Min(above[j - 1], Math.Min(above[j], row[j - 1]));
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }

            (before, above) = (above, row);
        }

        return above[right.Length];
    }
}
