using System.Net;
using System.Text;
using System.Text.Unicode;

namespace ChatOpsBot.Adapters.Slack.Ingress;

/// <summary>Reads a form once; whatever is decided about it is decided about this reading.</summary>
internal static class FormBody
{
    private const int MostFields = 100;

    /// <summary>The fields; <see langword="null"/> when it is no form, or a name is there twice, so that two readers could see two different things.</summary>
    public static Dictionary<string, string>? Read(ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body))
        {
            return null;
        }

        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in Encoding.UTF8.GetString(body).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            var name = WebUtility.UrlDecode(at < 0 ? pair : pair[..at]);
            if (fields.Count == MostFields || !fields.TryAdd(name, at < 0 ? "" : WebUtility.UrlDecode(pair[(at + 1)..])))
            {
                return null;
            }
        }

        return fields;
    }
}
