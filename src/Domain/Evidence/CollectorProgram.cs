using System.Collections.Immutable;
using System.Text;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>The one constant <c>sh</c> program that reads all evidence rows of a host in one run. See <see cref="CollectorScript"/> for what fragments may use.</summary>
public static class CollectorProgram
{
    /// <summary>The program for all rows of the <see cref="Catalogue"/>.</summary>
    public static string Text { get; } = Compose(Catalogue.All);

    /// <summary>The argument vector that runs the program on a host.</summary>
    /// <param name="text">The program, <see cref="Text"/> or one of <see cref="Compose"/>.</param>
    /// <param name="nonce">Unguessable word of letters and digits that marks the frames of this run.</param>
    /// <param name="sudoMode"><c>auto</c>, <c>never</c> or <c>always</c>.</param>
    public static ImmutableArray<string> Argv(string text, string nonce, string sudoMode)
        // nice gives way to the guests. The program gets its own text as first argument as well, so that it can hand it to a root child.
        => ["nice", "-n", "10", "/bin/sh", "-c", text, "chatops", text, nonce, sudoMode, "login"];

    /// <summary>Puts a program together from evidence rows; nothing but the constants of the rows goes into it.</summary>
    public static string Compose(IReadOnlyCollection<EvidenceSource> sources)
    {
        var program = new StringBuilder(32 * 1024);
        AppendCode(program, CollectorScript.Vocabulary);
        foreach (var source in sources)
        {
            var body = string.IsNullOrWhiteSpace(source.Script) ? ":" : source.Script.ReplaceLineEndings("\n");
            program.Append(FunctionName(source)).Append("() {\n").Append(body).Append("\n}\n");
        }

        program.Append("run_row() {\ncase $1 in\n");
        foreach (var source in sources)
        {
            program.Append($"{source.Id}) run_section {source.Id} {Blocks(source)} {source.TimeLimitSeconds} {FunctionName(source)} ;;\n");
        }

        program.Append("esac\n}\n");
        AppendRows(program, "rows_self", sources.Where(IsSelf));
        AppendRows(program, "rows_login", sources.Where(source => source.Privilege == Privilege.Login && !IsSelf(source)));
        AppendRows(program, "rows_better", sources.Where(source => source.Privilege == Privilege.RootIfPossible));
        AppendRows(program, "rows_root", sources.Where(source => source.Privilege == Privilege.Root));
        AppendCode(program, CollectorScript.Main);
        return program.ToString();
    }

    // This row says whether root could be had, so it is read when that is known.
    private static bool IsSelf(EvidenceSource source) => source.Id == "e.self";

    private static string FunctionName(EvidenceSource source) => "row_" + source.Id.Replace('.', '_');

    // ulimit counts in blocks of 512 bytes.
    private static int Blocks(EvidenceSource source) => Math.Max(1, source.OutputCap / 512);

    private static void AppendRows(StringBuilder program, string name, IEnumerable<EvidenceSource> sources)
        => program.Append($"{name}='{string.Join(' ', sources.Select(source => source.Id))}'\n");

    // Our own text has neither here-documents nor strings over several lines, so indentation and comments need not travel.
    private static void AppendCode(StringBuilder program, string code)
    {
        foreach (var line in code.AsSpan().EnumerateLines())
        {
            var text = line.Trim();
            if (text.Length > 0 && text[0] != '#')
            {
                program.Append(text).Append('\n');
            }
        }
    }
}
