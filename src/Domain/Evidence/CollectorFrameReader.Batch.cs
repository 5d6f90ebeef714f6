using System.Text;

namespace ChatOpsBot.Domain.Evidence;

/// <content>Answers of a tool that was asked for the lists of several sections at once.</content>
public sealed partial class CollectorFrameReader
{
    private const int MostItems = 64;

    private bool TakeBatch(string end, string code, string[] lengths, int next)
    {
        if (EndOf(end) is not { } partEnd || !TryNumber(code, out var exitCode)
            || !TryNumber(lengths[0], out var names) || !TryNumber(lengths[1], out var output) || !TryNumber(lengths[2], out var error))
        {
            return Lose("a batch with a broken header");
        }

        var after = (long)next + names + output + error;
        if (after >= _length)
        {
            return false;
        }

        if (_buffer[after] != (byte)'\n')
        {
            return Lose("a batch whose length is wrong");
        }

        var items = Encoding.UTF8.GetString(_buffer, next, names).Split(' ').Select(item => item.Split(':', 2)).ToArray();
        if (items.Length > MostItems || !Array.TrueForAll(items, item => item.Length == 2 && IsEvidenceId(item[0])))
        {
            return Lose("a batch with a broken list of parts");
        }

        _position = (int)after;
        var lists = Lists(next + names, output);
        if (lists.Count != items.Length)
        {
            _hasTornBatch = true;
            _problems.Add($"a tool answered with {lists.Count} lists instead of {items.Length}");
            return true;
        }

        foreach (var section in items.Zip(lists).GroupBy(pair => pair.First[0]))
        {
            Add(section.Key, [.. section.Select(pair => new Part(pair.First[1], partEnd, exitCode, null, pair.Second.Start, pair.Second.Length, next + names + output, error))]);
        }

        return true;
    }

    /// <summary>
    /// Where the lists stand that a tool has printed one after another. Only strings and brackets count: an interface name that makes a list bad JSON spoils
    /// that list alone. A list that does not end takes the rest.
    /// </summary>
    private List<(int Start, int Length)> Lists(int start, int length)
    {
        var lists = new List<(int Start, int Length)>();
        var (depth, from, inString) = (0, start, false);
        for (var i = start; i < start + length; i++)
        {
            switch (_buffer[i])
            {
                case (byte)'\\' when inString:
                    i++;
                    break;
                case (byte)'"' when depth > 0:
                    inString = !inString;
                    break;
                case (byte)'[' or (byte)'{' when !inString:
                    from = depth++ == 0 ? i : from;
                    break;
                case (byte)']' or (byte)'}' when !inString && depth > 0:
                    if (--depth == 0)
                    {
                        var end = i + 1 < start + length && _buffer[i + 1] == (byte)'\n' ? i + 2 : i + 1;
                        lists.Add((from, end - from));
                    }

                    break;
            }
        }

        if (depth > 0)
        {
            lists.Add((from, start + length - from));
        }

        return lists;
    }
}
