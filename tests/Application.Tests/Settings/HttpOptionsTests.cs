using ChatOpsBot.Application.Settings;
using Xunit;

namespace ChatOpsBot.Application.Tests.Settings;

public class HttpOptionsTests
{
    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:8080", true)]
    [InlineData("127.0.0.1:8080", true)]
    [InlineData("[::1]:8080", true)]
    [InlineData("bridge.example.org", true)]
    [InlineData("a.b.test", true)]
    [InlineData("10.0.0.5:8443", true)]
    [InlineData("b.test", false)]
    [InlineData("xb.test", false)]
    [InlineData("bridge.example.org.evil.test", false)]
    [InlineData("bridge.example.org:8080:9", false)]
    [InlineData("evil.example.org", false)]
    [InlineData("localhost/", false)]
    [InlineData("local host", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Serves_HostHeader_OnlyListedNamesAndOwnAddresses(string? header, bool served)
    {
        var options = new HttpOptions { ConsoleUrls = ["https://10.0.0.5:8443"] };
        options.AllowedHosts = [.. options.AllowedHosts, "bridge.example.org", "*.b.test"];

        Assert.Equal(served, options.Serves(header));
    }

    [Fact]
    public void Serves_EveryAddressListenedOn_IsNoName()
        => Assert.False(new HttpOptions { ConsoleUrls = ["https://0.0.0.0:8443"] }.Serves("0.0.0.0"));

    [Theory]
    [InlineData("http://127.0.0.1:8080", true)]
    [InlineData("http://localhost:0", true)]
    [InlineData("http://[::1]:8080/", true)]
    [InlineData("http://192.0.2.1:8080", false)]
    [InlineData("http://0.0.0.0:8080", false)]
    [InlineData("http://bridge.example.org:8080", false)]
    [InlineData("http://127.0.0.1:8080/path", false)]
    [InlineData("http://user@127.0.0.1:8080", false)]
    [InlineData("ftp://127.0.0.1", false)]
    [InlineData("127.0.0.1:8080", false)]
    [InlineData("", false)]
    public void Problems_ConsoleUrlInProduction_OnlyLoopbackWithoutTls(string url, bool accepted)
        => Assert.Equal(accepted, !new HttpOptions { ConsoleUrls = [url] }.Problems(development: false).Any());

    [Fact]
    public void Problems_PlainHttpAndEveryHostInDevelopment_AreAllowed()
        => Assert.Empty(new HttpOptions { ConsoleUrls = ["http://0.0.0.0:8080"], AllowedHosts = ["*"] }.Problems(development: true));

    [Fact]
    public void Problems_SeveralAtOnce_AreAllNamed()
    {
        var options = new HttpOptions { ConsoleUrls = ["https://10.0.0.5:1", "https://10.0.0.5:1"], IngressUrls = ["http://127.0.0.1:1"], AllowedHosts = ["a/b", "*"] };

        Assert.Equal(
            ["Http:ConsoleUrls", "Http:IngressUrls", "Http:IngressUrls", "Http:AllowedHosts", "Http:AllowedHosts", "Http:CertificateFile", "Http:CertificateKeyFile"],
            options.Problems(development: false).Select(problem => problem.Key));
    }
}
