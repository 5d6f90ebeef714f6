using System.Net;
using System.Text.RegularExpressions;

namespace ChatOpsBot.ChatContract.Surfaces;

/// <summary>The web console as a browser without script uses it: sign-in, cookies, forms with their secrets, and the pages it is sent on to.</summary>
internal sealed partial class ConsoleBrowser : IDisposable
{
    private readonly HttpClient _client;

    /// <summary>Opens it; nobody is signed in.</summary>
    public ConsoleBrowser(Uri console)
    {
        // Cookies of the console are for this host by name, and loopback is the same name on every port.
        _client = new(new SocketsHttpHandler { CookieContainer = new CookieContainer(), UseProxy = false }) { BaseAddress = console };
        _client.DefaultRequestHeaders.Add("Origin", console.GetLeftPart(UriPartial.Authority));
    }

    /// <summary>What the last page said of the last form; empty when it said nothing.</summary>
    public string Said { get; private set; } = "";

    /// <summary>Signs in; <see langword="false"/> when the token is refused.</summary>
    public async Task<bool> SignInAsync(string token)
    {
        await PostAsync("/signin", "/signin", new() { ["token"] = token, ["return"] = "/" });
        return Said.Length == 0;
    }

    /// <summary>A page.</summary>
    public async Task<string> PageAsync(string path)
    {
        using var answer = await _client.GetAsync(path);
        return await ReadAsync(answer);
    }

    /// <summary>Fills in a form of a page and sends it; what the next page says.</summary>
    public async Task<string> PostAsync(string page, string path, Dictionary<string, string> fields)
    {
        var form = await PageAsync(page);
        fields["formToken"] = FieldOf(form, "formToken");
        if (FieldOf(form, "key") is { Length: > 0 } key)
        {
            fields["key"] = key;
        }

        using var body = new FormUrlEncodedContent(fields);
        using var answer = await _client.PostAsync(path, body);
        await ReadAsync(answer);
        return Said;
    }

    /// <summary>A hidden field of a form; empty when the page has none of that name.</summary>
    public static string FieldOf(string page, string name) => Regex.Match(page, $"name=\"{name}\" value=\"([^\"]+)\"").Groups[1].Value;

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<string> ReadAsync(HttpResponseMessage answer)
    {
        var page = await answer.Content.ReadAsStringAsync();
        Said = WebUtility.HtmlDecode(SaidPart().Match(page).Groups[1].Value);
        return page;
    }

    [GeneratedRegex("<pre class=\"said(?: bad)?\" role=\"status\">(.*?)</pre>", RegexOptions.Singleline)]
    private static partial Regex SaidPart();
}
