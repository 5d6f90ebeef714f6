using System.Globalization;

namespace ChatOpsBot.Domain.Incidents;

/// <summary>Number of an incident; people write it <c>I-42</c>. Numbers are never used again.</summary>
/// <param name="Number">Counted from 1.</param>
public readonly record struct IncidentId(long Number)
{
    /// <summary>Reads <c>I-42</c> or <c>i-42</c>; anything else, also signs, blanks and leading zeros, is no id.</summary>
    public static bool TryParse(string? text, out IncidentId id)
    {
        id = default;
        if (text is not { Length: > 2 and <= 20 } || text[0] is not ('I' or 'i') || text[1] != '-' || text[2] == '0')
        {
            return false;
        }

        if (!long.TryParse(text.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        id = new(number);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"I-{Number}");
}
