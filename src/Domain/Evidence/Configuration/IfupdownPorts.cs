using System.Text.RegularExpressions;

namespace ChatOpsBot.Domain.Evidence.Configuration;

/// <summary>The ports of a bridge as <c>bridge_ports</c> names them in interfaces(5).</summary>
internal static partial class IfupdownPorts
{
    // The pattern that bridge-utils uses for "all".
    private const string AllPorts = @"^(eth|em|en|p[0-9]|wlan|wl|ath).*$";

    /// <summary>Reads for example <c>eno1 eno2</c>, <c>none</c>, <c>all</c>, <c>regex en.* noregex eth0</c> or <c>glob swp1-4</c>.</summary>
    /// <param name="value">What stands behind the option.</param>
    /// <param name="ports">Names are added here.</param>
    /// <param name="patterns">Regular expressions are added here.</param>
    public static void Read(string value, List<string> ports, List<string> patterns)
    {
        var mode = "";
        foreach (var word in value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            switch (word)
            {
                case "none":
                    break;
                case "all":
                    patterns.Add(AllPorts);
                    break;
                case "regex" or "glob":
                    mode = word;
                    break;
                case "noregex":
                    mode = "";
                    break;
                default:
                    if (mode.Length == 0)
                    {
                        ports.Add(word);
                    }
                    else
                    {
                        patterns.Add(mode == "regex" ? $"^(?:{word})$" : RangeGlob(word));
                    }

                    break;
            }
        }
    }

    // ifupdown2's glob knows numeric ranges: swp1-4 is swp1, swp2, swp3 and swp4.
    private static string RangeGlob(string word)
    {
        var range = Range().Match(word);
        return range.Success && int.TryParse(range.Groups[2].Value, out var first) && int.TryParse(range.Groups[3].Value, out var last) && last - first is >= 0 and < 512
            ? $"^{Regex.Escape(range.Groups[1].Value)}(?:{string.Join('|', Enumerable.Range(first, last - first + 1))})$"
            : ConfigText.Glob(word);
    }

    [GeneratedRegex(@"^(.*?)(\d+)-(\d+)$")]
    private static partial Regex Range();
}
