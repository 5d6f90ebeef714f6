using System.Net;

namespace ChatOpsBot.Adapters.Web;

/// <summary>Where the service listens; section <c>Http</c>.</summary>
public sealed class HttpOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Http";

    /// <summary>Addresses of pages, API, metrics and health, divided by semicolons. A port of 0 takes any free one.</summary>
    public string ConsoleUrls { get; set; } = "http://127.0.0.1:8080";

    /// <summary>Addresses for what chat platforms send us, divided by semicolons; empty listens for nothing.</summary>
    public string IngressUrls { get; set; } = "";

    /// <summary>The <c>Host</c> headers that are served, without port, divided by semicolons. A name that is missing here is answered with 400.</summary>
    public string AllowedHosts { get; set; } = "localhost;127.0.0.1;[::1]";

    /// <summary>PEM file with the certificate for https addresses; empty when there are none.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>PEM file with the key of <see cref="CertificateFile"/>.</summary>
    public string CertificateKeyFile { get; set; } = "";

    /// <summary>The words of a list setting.</summary>
    internal static string[] Words(string list) => list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>What is wrong with the options, each a sentence naming its key; empty when nothing is.</summary>
    /// <param name="development">Whether plain http may be offered to other machines: only the environment <c>Development</c> allows it.</param>
    public IEnumerable<string> Problems(bool development)
    {
        if (Words(ConsoleUrls).Length == 0)
        {
            yield return "Http:ConsoleUrls is empty; name at least one address, for example http://127.0.0.1:8080";
        }

        foreach (var (key, url) in Words(ConsoleUrls).Select(url => ("ConsoleUrls", url)).Concat(Words(IngressUrls).Select(url => ("IngressUrls", url))))
        {
            if (AddressProblem(url, development) is { } problem)
            {
                yield return $"Http:{key}: {problem}";
            }
        }

        foreach (var twice in Words(ConsoleUrls).Intersect(Words(IngressUrls), StringComparer.OrdinalIgnoreCase).Where(url => !url.EndsWith(":0", StringComparison.Ordinal)))
        {
            yield return $"Http:IngressUrls repeats {twice} of Http:ConsoleUrls; the two must never share a listener, so choose another port";
        }

        if (Words(AllowedHosts).Length == 0)
        {
            yield return "Http:AllowedHosts is empty; name the hosts under which the console is reached, for example localhost;127.0.0.1";
        }

        foreach (var host in Words(AllowedHosts).Where(host => host.Contains('/') || host.Any(char.IsWhiteSpace) || host == "*"))
        {
            yield return $"Http:AllowedHosts: \"{host}\" is not a host name; write names or addresses without scheme and port, and no *, which would let any site talk to the console";
        }
    }

    private string? AddressProblem(string url, bool development)
    {
        if (ListenAddress.Parse(url) is not { } address)
        {
            return $"\"{url}\" is not an address to listen on; write for example http://127.0.0.1:8080 or https://0.0.0.0:8443";
        }

        if (address.IsHttps)
        {
            return CertificateFile.Length == 0 || CertificateKeyFile.Length == 0
                ? $"\"{url}\" needs a certificate; set Http:CertificateFile and Http:CertificateKeyFile"
                : null;
        }

        return IPAddress.IsLoopback(address.Address) || development
            ? null
            : $"\"{url}\" offers tokens and cookies in plain text to other machines; listen on 127.0.0.1 behind a TLS proxy, or use https";
    }
}

/// <summary>One address to listen on.</summary>
/// <param name="Address">The address; <c>*</c> and <c>+</c> mean all.</param>
/// <param name="Port">The port; 0 for any free one.</param>
/// <param name="IsHttps">Whether TLS is spoken.</param>
internal sealed record ListenAddress(IPAddress Address, int Port, bool IsHttps)
{
    /// <summary>Reads <c>http://127.0.0.1:8080</c>; <see langword="null"/> for anything with a path, a user or a name other than <c>localhost</c>.</summary>
    public static ListenAddress? Parse(string url)
    {
        var text = url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.PathAndQuery != "/" || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
        {
            return null;
        }

        var address = uri.DnsSafeHost == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(uri.DnsSafeHost, out var parsed) ? parsed : null;
        return address is null ? null : new(address, uri.Port, uri.Scheme == "https");
    }
}
