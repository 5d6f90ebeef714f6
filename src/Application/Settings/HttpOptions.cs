using System.Collections.Immutable;
using System.Net;
using System.Text.RegularExpressions;

namespace ChatOpsBot.Application.Settings;

/// <summary>Where <c>serve</c> listens; section <c>Http</c>.</summary>
public sealed partial class HttpOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Http";

    /// <summary>Where pages, API, metrics and health are served. Plain http on loopback only, except in the Development environment.</summary>
    public ImmutableArray<string> ConsoleUrls { get; set; } = ["http://127.0.0.1:8080"];

    /// <summary>Where Slack and Teams may call; empty unless one of them is on and needs it.</summary>
    public ImmutableArray<string> IngressUrls { get; set; } = [];

    /// <summary>The <c>Host</c> headers served, without port; <c>*.example.org</c> stands for every name below it. The addresses of the URLs themselves are always served.</summary>
    public ImmutableArray<string> AllowedHosts { get; set; } = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>PEM file with the certificate and its chain, for https URLs.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>PEM file with the certificate's private key, not encrypted.</summary>
    public string? CertificateKeyFile { get; set; }

    /// <summary>The listeners of <see cref="ConsoleUrls"/>; addresses that are none are left out, <see cref="Problems"/> names them.</summary>
    public ImmutableArray<HttpEndpoint> ConsoleEndpoints => [.. ConsoleUrls.Select(HttpEndpoint.Parse).OfType<HttpEndpoint>()];

    /// <summary>The listeners of <see cref="IngressUrls"/>, likewise.</summary>
    public ImmutableArray<HttpEndpoint> IngressEndpoints => [.. IngressUrls.Select(HttpEndpoint.Parse).OfType<HttpEndpoint>()];

    /// <summary>Whether a request with this <c>Host</c> header is answered.</summary>
    /// <param name="header">As received, with or without port.</param>
    public bool Serves(string? header)
    {
        if (string.IsNullOrEmpty(header) || HostPattern().Match(header) is not { Success: true } match)
        {
            return false;
        }

        var name = match.Groups["name"].Value;
        return AllowedHosts.Any(allowed => Fits(allowed, name))
            || ConsoleEndpoints.Concat(IngressEndpoints).Any(endpoint => !endpoint.IsAnyAddress && endpoint.Host.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>What is wrong with the options; empty when nothing is.</summary>
    /// <param name="development">Whether this is the Development environment, where looser settings are allowed.</param>
    public IEnumerable<SettingProblem> Problems(bool development)
    {
        var problems = UrlProblems("Http:ConsoleUrls", ConsoleUrls, development).Concat(UrlProblems("Http:IngressUrls", IngressUrls, development)).ToList();
        if (ConsoleUrls.IsEmpty)
        {
            problems.Add(new("Http:ConsoleUrls", "there is no address for the console", "give one, for example http://127.0.0.1:8080"));
        }

        foreach (var shared in ConsoleEndpoints.Where(console => console.Port != 0 && IngressEndpoints.Any(ingress => ingress.Port == console.Port)))
        {
            problems.Add(new("Http:IngressUrls", $"port {shared.Port} is the console's too", "use another port: the console must not be reachable from where chats call"));
        }

        problems.AddRange(AllowedHosts.Where(host => !IsAllowedName(host)).Select(host => new SettingProblem(
            "Http:AllowedHosts", $"\"{host}\" is not a host name", "write names or addresses without scheme, port and path, for example bridge.example.org")));
        if (AllowedHosts.Contains("*") && !development)
        {
            problems.Add(new("Http:AllowedHosts", "\"*\" serves every name, which lets foreign web pages reach the console", "list the names people use (\"*\" is for the Development environment)"));
        }

        return problems.Concat(CertificateProblems());
    }

    private static IEnumerable<SettingProblem> UrlProblems(string key, ImmutableArray<string> urls, bool development)
    {
        foreach (var url in urls)
        {
            if (HttpEndpoint.Parse(url) is not { } endpoint)
            {
                yield return new(key, $"\"{url}\" is not an address to listen on", "write http:// or https://, an IP address or localhost, and a port, for example http://127.0.0.1:8080");
            }
            else if (!endpoint.IsHttps && !endpoint.IsLoopback && !development)
            {
                yield return new(
                    key, $"{url} would send tokens unencrypted over the network", "use https (with Http:CertificateFile), or listen on 127.0.0.1 behind a proxy that does (plain http is for the Development environment)");
            }
        }

        foreach (var twice in urls.Select(HttpEndpoint.Parse).OfType<HttpEndpoint>().Where(endpoint => endpoint.Port != 0).GroupBy(endpoint => (endpoint.Host, endpoint.Port)).Where(group => group.Count() > 1))
        {
            yield return new(key, $"{twice.Key.Host}:{twice.Key.Port} stands there twice", "keep one of them");
        }
    }

    private IEnumerable<SettingProblem> CertificateProblems()
    {
        var https = ConsoleEndpoints.Concat(IngressEndpoints).Any(endpoint => endpoint.IsHttps);
        if (https && CertificateFile is null)
        {
            yield return new("Http:CertificateFile", "an https address needs a certificate", "name its PEM file");
        }

        if ((https || CertificateFile is not null) && CertificateKeyFile is null)
        {
            yield return new("Http:CertificateKeyFile", "the certificate needs its private key", "name its PEM file");
        }
    }

    private static bool Fits(string allowed, string name) => allowed switch
    {
        "*" => true,
        ['*', .. var below] => name.Length > below.Length && name.EndsWith(below, StringComparison.OrdinalIgnoreCase),
        _ => allowed.Equals(name, StringComparison.OrdinalIgnoreCase),
    };

    private static bool IsAllowedName(string host) => host == "*" || (AllowedPattern().IsMatch(host) && host.Length <= 255);

    [GeneratedRegex(@"\A(?<name>\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9._-]+)(?<port>:[0-9]{1,5})?\z")]
    private static partial Regex HostPattern();

    [GeneratedRegex(@"\A(\[[0-9A-Fa-f:.]+\]|(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)\z")]
    private static partial Regex AllowedPattern();
}

/// <summary>One address to listen on.</summary>
/// <param name="IsHttps">Whether with TLS.</param>
/// <param name="Host">An IP address (in brackets for version 6) or <c>localhost</c>.</param>
/// <param name="Port">The port; 0 lets the system choose.</param>
public sealed record HttpEndpoint(bool IsHttps, string Host, int Port)
{
    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>Whether it stands for every address of the machine.</summary>
    public bool IsAnyAddress => Host is "0.0.0.0" or "[::]";

    /// <summary>Reads <c>http://127.0.0.1:8080</c>; <see langword="null"/> when it is no such address.</summary>
    public static HttpEndpoint? Parse(string url)
        => Uri.TryCreate(url, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https"
            && uri is { UserInfo: "", AbsolutePath: "/", Query: "", Fragment: "" }
            && (uri.Host == "localhost" || uri.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6)
            ? new(uri.Scheme == "https", uri.Host, uri.Port)
            : null;
}
