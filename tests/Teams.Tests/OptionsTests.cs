using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using ChatOpsBot.Adapters.Teams;
using ChatOpsBot.FakeConnector;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatOpsBot.Teams.Tests;

/// <summary>What settings are refused, and where tokens are not needed.</summary>
public class OptionsTests
{
    [Theory]
    [InlineData("Teams:AppId", "")]
    [InlineData("Teams:AppId", "bot")]
    [InlineData("Teams:TenantId", "common")]
    [InlineData("Teams:ClientSecret", "")]
    [InlineData("Teams:AllowedTenantIds", "x")]
    [InlineData("Teams:OpenIdMetadataUrl", "http://127.0.0.1:1/x")]
    [InlineData("Teams:OpenIdMetadataUrl", "https://login.botframework.com.evil.example/v1")]
    [InlineData("Teams:LoginAuthority", "http://login.microsoftonline.com/")]
    [InlineData("Teams:LoginAuthority", "https://localhost/")]
    [InlineData("Teams:AllowedServiceHosts", "")]
    [InlineData("Teams:AllowedServiceHosts", "trafficmanager.net")]
    [InlineData("Teams:AllowedServiceHosts", ".trafficmanager.net")]
    [InlineData("Teams:AllowedServiceHosts", "*.trafficmanager.net")]
    [InlineData("Teams:AllowedServiceHosts", "evil.trafficmanager.net")]
    [InlineData("Teams:AllowedServiceHosts", "127.0.0.1:3978")]
    [InlineData("Teams:AllowedServiceHosts", "localhost")]
    [InlineData("Teams:AcceptOwnTenant", "true")]
    [Trait("Requirement", "TM-1")]
    [Trait("Requirement", "TM-2")]
    [Trait("Requirement", "SEC-4")]
    [Trait("Requirement", "IN-6")]
    public void Problems_Production_RefusesWhatWouldLetAnybodyIn(string key, string value)
    {
        var options = Good();
        switch (key["Teams:".Length..])
        {
            case "AppId": options.AppId = value; break;
            case "TenantId": options.TenantId = value; break;
            case "ClientSecret": options.ClientSecret = value; break;
            case "AllowedTenantIds": options.AllowedTenantIds = value; break;
            case "OpenIdMetadataUrl": options.OpenIdMetadataUrl = value; break;
            case "LoginAuthority": options.LoginAuthority = value; break;
            case "AllowedServiceHosts": options.AllowedServiceHosts = value; break;
            default: options.AcceptOwnTenant = true; break;
        }

        Assert.Equal(key, Assert.Single(options.Problems(development: false)).Key);
    }

    [Fact]
    [Trait("Requirement", "IN-6")]
    public void Problems_GoodOrOff_None()
    {
        Assert.Empty(Good().Problems(development: false));
        Assert.Empty(new TeamsOptions { AppId = "x" }.Problems(development: false));
        var gcc = Good();
        gcc.AllowedServiceHosts = "smba.trafficmanager.net;smba.infra.gcc.teams.microsoft.com;smba.infra.gov.teams.microsoft.us";
        Assert.Empty(gcc.Problems(development: false));
    }

    [Fact]
    [Trait("Requirement", "SEC-4")]
    [Trait("Requirement", "TM-3")]
    [Trait("Requirement", "TM-5")]
    public void Service_Production_OnlyListedHostsOverHttps()
    {
        var profile = new TeamsProfile(Options.Create(Good()), isDevelopment: false);
        Assert.True(profile.IsService(new("https://smba.trafficmanager.net/emea/")));
        Assert.True(profile.IsService(new("https://SMBA.trafficmanager.net/emea/x/")));
        foreach (var address in new[]
        {
            "http://smba.trafficmanager.net/", "https://smba.trafficmanager.net:8443/", "https://smba.trafficmanager.net./", "https://xsmba.trafficmanager.net/", "https://smba.trafficmanager.net@evil.example/", "https://smba.trafficmanager.net/?x=1",
            "http://127.0.0.1:3978/", "https://localhost/", "https://[::1]/", "https://webchat.botframework.com/",
        })
        {
            Assert.False(profile.IsService(new(address)), address);
        }

        var loose = Good();
        loose.AppId = "";
        Assert.False(new TeamsProfile(Options.Create(loose), isDevelopment: false).IsAnonymous);
        Assert.True(new TeamsProfile(Options.Create(loose), isDevelopment: true).IsAnonymous);
        Assert.False(new TeamsProfile(Options.Create(Good()), isDevelopment: true).IsAnonymous);
    }

    [Fact]
    [Trait("Requirement", "TM-3")]
    public async Task Anonymous_OnAnAddressThatOthersReach_NobodyIsListenedTo()
    {
        if (NetworkInterface.GetAllNetworkInterfaces().SelectMany(one => one.GetIPProperties().UnicastAddresses).Select(one => one.Address)
                .FirstOrDefault(one => one.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(one)) is not { } address)
        {
            Assert.Skip("this machine has no address besides loopback");
            return;
        }

        await using var bench = await TeamsBench.StartAsync(options => options.AppId = "", listens: address);
        Assert.Equal(address.ToString(), bench.People.Bot.Host);
        var hello = bench.People.Message("ann", "help");
        hello["channelId"] = "emulator";
        Assert.Equal((401, ""), ((await bench.People.SendAsync(hello, null)).Status, (await bench.People.SendAsync(hello, null)).Body));
        Assert.Equal(401, (await bench.People.SendAsync(hello)).Status);
        Assert.Empty(bench.Teams.Calls);
    }

    [Fact]
    [Trait("Requirement", "TM-3")]
    public async Task Anonymous_DevelopmentOnLoopback_OnlyTheTestClientIsListenedTo()
    {
        await using var bench = await TeamsBench.StartAsync(options => options.AppId = options.ClientSecret = "");
        bench.Teams.NeedsToken = false;
        var hello = bench.People.Message("ann", "whoami", "conv-1|livechat");
        hello["channelId"] = "emulator";
        hello["from"] = new System.Text.Json.Nodes.JsonObject { ["id"] = "user-ann", ["name"] = "Ann" };
        Assert.Equal(200, (await bench.People.SendAsync(hello, null)).Status);
        var answer = await bench.MessageAsync(message => message.Conversation == "conv-1|livechat", "an answer");
        Assert.Contains("ann (ann), in network", TeamsBench.Words(answer), StringComparison.OrdinalIgnoreCase);
        Assert.All(bench.Teams.Calls, call => Assert.Null(call.Token));

        // Nobody becomes a person of Teams that way, and nothing is sent off this machine.
        Assert.Equal(403, (await bench.People.SendAsync(bench.People.Message("ann", "whoami"), null)).Status);
        hello["serviceUrl"] = "https://smba.trafficmanager.net/emea/";
        hello["id"] = "other";
        var off = await bench.People.SendAsync(hello, null);
        Assert.True(off.Status == 403, $"{off.Status}");

        // With an app id a token is needed, also in Development.
        await using var strict = await TeamsBench.StartAsync();
        hello["serviceUrl"] = strict.Teams.Url;
        Assert.Equal(401, (await strict.People.SendAsync(hello, null)).Status);
    }

    private static TeamsOptions Good() => new() { Enabled = true, AppId = ConnectorServer.App, TenantId = ConnectorServer.Tenant, ClientSecret = ConnectorServer.Secret };
}
