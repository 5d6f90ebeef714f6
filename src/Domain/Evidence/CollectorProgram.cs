using System.Collections.Immutable;
using System.Text;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>The one constant <c>sh</c> program that reads all evidence rows of a host in one run. See <see cref="CollectorScript"/> for what fragments may use.</summary>
public static class CollectorProgram
{
    /// <summary>The program for all rows of the <see cref="Catalogue"/>.</summary>
    public static string Text { get; } = Compose(Catalogue.All);

    /// <summary>The program for the rows that a second read, about two seconds later, compares with the first: counters, forwarding tables, and the time between.</summary>
    public static string Again { get; } = Compose([NftEvidence.Source, LinkEvidence.Source, FdbEvidence.Source, SelfEvidence.Source]);

    /// <summary>The argument vector that runs the program on a host.</summary>
    /// <param name="text">The program, <see cref="Text"/> or one of <see cref="Compose"/>.</param>
    /// <param name="nonce">Unguessable word of letters and digits that marks the frames of this run.</param>
    /// <param name="sudoMode"><c>auto</c>, <c>never</c> or <c>always</c>: what to say where the program does not run as root.</param>
    /// <param name="sharesRuns">Whether rows may ask a tool together (<see cref="EvidenceSource.Listings"/>); without, each runs its own command.</param>
    public static ImmutableArray<string> Argv(string text, string nonce, string sudoMode, bool sharesRuns = true)
        // nice gives way to the guests.
        => ["nice", "-n", "10", "/bin/sh", "-c", text, "chatops", nonce, sudoMode, sharesRuns ? "shared" : "single"];

    /// <summary>Puts a program together from evidence rows; nothing but the constants of the rows goes into it.</summary>
    public static string Compose(IReadOnlyCollection<EvidenceSource> sources)
    {
        var batches = Batches(sources);
        var program = new StringBuilder(32 * 1024);
        AppendCode(program, CollectorScript.Vocabulary);
        AppendCode(program, CollectorScript.Sections);
        foreach (var source in sources)
        {
            var body = string.IsNullOrWhiteSpace(source.Script) ? ":" : source.Script.ReplaceLineEndings("\n");
            program.Append(FunctionName(source.Id)).Append("() {\n").Append(body).Append("\n}\n");
        }

        foreach (var batch in batches)
        {
            AppendBatch(program, batch);
        }

        program.Append("run_row() {\ncase $1 in\n");
        EvidenceSource[] following = [.. sources.Where(source => source.After is { } first && sources.Contains(first))];
        foreach (var source in sources.Except(following))
        {
            program.Append($"{source.Id})\n");
            AppendRun(program, "run_section", source.Id, source.OutputCap, source.TimeLimitSeconds);
            foreach (var next in following.Where(next => next.After == source))
            {
                AppendRun(program, "run_section", next.Id, next.OutputCap, next.TimeLimitSeconds);
            }

            program.Append(";;\n");
        }

        foreach (var batch in batches)
        {
            program.Append($"{batch.Id})\n");
            AppendRun(program, "run_batch", batch.Id, batch.Sources.Sum(source => source.OutputCap), batch.Sources.Max(source => source.TimeLimitSeconds));
            program.Append(";;\n");
        }

        program.Append("esac\n}\n");
        EvidenceSource[] listed = [.. batches.SelectMany(batch => batch.Sources)];
        program.Append($"daemons='{CollectorScript.Daemons}'\n");
        EvidenceSource[] started = [.. sources.Except(listed).Except(following)];
        AppendRows(program, "rows_any", started.Where(source => source.Privilege != Privilege.Root).Select(source => source.Id));
        AppendRows(program, "rows_root", started.Where(source => source.Privilege == Privilege.Root).Select(source => source.Id));
        AppendRows(program, "rows_refused", sources.Where(source => source.Privilege == Privilege.Root).Select(source => source.Id));
        AppendRows(program, "rows_listed", listed.Select(source => source.Id));
        AppendRows(program, "rows_batch", batches.Select(batch => batch.Id));
        AppendCode(program, CollectorScript.Main);
        return program.ToString().TrimEnd('\n');
    }

    // A tool that is asked for one list only is asked by the row itself.
    private static ImmutableArray<Batch> Batches(IEnumerable<EvidenceSource> sources)
    {
        var groups = from source in sources
                     where source.Privilege != Privilege.Root && source.Listings.Length > 0
                     let way = source.Listings[0] with { Part = "", Words = "" }
                     where source.Listings.All(listing => listing with { Part = "", Words = "" } == way)
                     group source by way;
        return
        [
            .. from entry in groups.Index()
               let listings = entry.Item.SelectMany(source => source.Listings).Count()
               where listings > 1
               select new Batch($"b.{entry.Item.Key.Tool}{entry.Index}", entry.Item.Key, [.. entry.Item]),
        ];
    }

    private static void AppendBatch(StringBuilder program, Batch batch)
    {
        var items = from source in batch.Sources from listing in source.Listings select $"{source.Id}:{listing.Part}";
        var lines = from source in batch.Sources from listing in source.Listings select $"'{listing.Words}'";
        program.Append(FunctionName(batch.Id)).Append("() {\n")
            .Append($"printf '%s\\n' {string.Join(' ', lines)} >\"$D/in.$section\"\n")
            .Append($"batch '{string.Join(' ', items)}' {batch.Way.Tool} {batch.Way.Options} -batch \"$D/in.$section\"\n}}\n");
    }

    private static void AppendRun(StringBuilder program, string runner, string id, int cap, int seconds)
        => program.Append($"{runner} {id} {Blocks(cap)} {seconds} {FunctionName(id)}\n");

    private static string FunctionName(string id) => "row_" + id.Replace('.', '_');

    // ulimit counts in blocks of 512 bytes.
    private static int Blocks(int cap) => Math.Max(1, cap / 512);

    private static void AppendRows(StringBuilder program, string name, IEnumerable<string> ids)
        => program.Append($"{name}='{string.Join(' ', ids)}'\n");

    // Our own text has no here-documents, and no string over several lines but the one newline, so indentation and comments need not travel.
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

    private sealed record Batch(string Id, ToolListing Way, ImmutableArray<EvidenceSource> Sources);
}
