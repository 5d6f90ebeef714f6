namespace ChatOpsBot.Application.Wording;

/// <summary>Words of an enumeration as people write them: any case, but never a number or a list, which the base library would accept.</summary>
public static class EnumText
{
    /// <summary>Reads one word.</summary>
    public static bool TryParse<T>(string text, out T value)
        where T : struct, Enum
    {
        foreach (var name in Enum.GetNames<T>())
        {
            if (string.Equals(name, text.Trim(), StringComparison.OrdinalIgnoreCase))
            {
                value = Enum.Parse<T>(name);
                return true;
            }
        }

        value = default;
        return false;
    }
}
