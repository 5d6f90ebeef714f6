using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>Short words for reading the parts of a section.</summary>
internal static class PartReading
{
    extension(SectionOutput section)
    {
        /// <summary>Reads a part that is one JSON array as iproute2 prints it; a tool that prints nothing has an empty one.</summary>
        public FactReading<ImmutableArray<T>> Array<T>(string part, Func<JsonElement, T?> read)
            where T : class
        {
            if (!SectionProblem.TryText(section, part, out var text, out var reason))
            {
                return new FactReading<ImmutableArray<T>>.Missing(reason);
            }

            using var json = JsonReading.ParseOrEmpty(text);
            return json.RootElement.ValueKind == JsonValueKind.Array
                ? new FactReading<ImmutableArray<T>>.Known([.. json.RootElement.EnumerateArray().Select(read).OfType<T>()])
                : new FactReading<ImmutableArray<T>>.Missing("unexpected output: no list");
        }
    }

    extension<T>(FactReading<T> reading)
    {
        /// <summary>The same reading of something made from the value.</summary>
        public FactReading<TOther> Then<TOther>(Func<T, TOther> make) => reading switch
        {
            FactReading<T>.Known(var value) => new FactReading<TOther>.Known(make(value)),
            FactReading<T>.Absent(var why) => new FactReading<TOther>.Absent(why),
            FactReading<T>.Missing(var reason) => new FactReading<TOther>.Missing(reason),
            _ => new FactReading<TOther>.Missing("unknown reading"),
        };
    }

    /// <summary>Takes <c>path:line</c> apart, as <c>grep -H ''</c> prints several files: lines by path, in order.</summary>
    public static Dictionary<string, List<string>> LabelledLines(string text)
    {
        var files = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            if (line.IndexOf(':') is not (> 0 and var colon))
            {
                continue;
            }

            if (!files.TryGetValue(line[..colon], out var lines))
            {
                files.Add(line[..colon], lines = []);
            }

            lines.Add(line[(colon + 1)..].TrimEnd('\r'));
        }

        return files;
    }

    /// <summary>A whole number with nothing around it but blanks.</summary>
    public static long? Number(string? text)
        => long.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
