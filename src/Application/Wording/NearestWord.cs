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

    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var above = row[j];
                row[j] = left[i - 1] == right[j - 1] ? diagonal : 1 + Math.Min(diagonal, Math.Min(above, row[j - 1]));
                diagonal = above;
            }
        }

        return row[right.Length];
    }
}
