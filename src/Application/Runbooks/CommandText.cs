namespace ChatOpsBot.Application.Runbooks;

/// <summary>Argument vectors as a person would type them into a shell.</summary>
public static class CommandText
{
    /// <summary>The command line; what a shell would take apart or expand is quoted, so pasting it runs exactly the vector.</summary>
    public static string Of(IEnumerable<string> vector) => string.Join(' ', vector.Select(Quote));

    private static string Quote(string argument)
        => argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':' or '=' or '@' or '%' or '+' or ',')
            ? argument
            : "'" + argument.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
