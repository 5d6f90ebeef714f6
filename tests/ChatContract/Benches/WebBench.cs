using ChatOpsBot.Adapters.Web;
using ChatOpsBot.Adapters.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.ChatContract.Benches;

/// <summary>The bot with a real store behind its own API and pages, on a port that it keeps over restarts, as people's bookmarks do.</summary>
internal sealed class WebBench : ChatBench
{
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    public static async Task<WebBench> StartAsync()
    {
        var bench = new WebBench();
        await bench.StartBotAsync();
        return bench;
    }

    /// <summary>A client of the API and the pages with a person's token.</summary>
    public HttpClient As(string person)
    {
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", BenchConfiguration.TokenOf(person));
        return client;
    }

    protected override void Listen(WebApplicationBuilder builder)
    {
        // The adapter opens its own listener.
    }

    protected override void Add(IServiceCollection services)
    {
        services.AddSingleton(Options.Create(new HttpOptions { ConsoleUrls = Address.GetLeftPart(UriPartial.Authority) }));
        services.AddSingleton(Options.Create(new ConsoleOptions { KeyFile = Path.Combine(Folder, "pages.key") }));
        services.AddSingleton(new RateLimits { Person = (100_000, 1000), Stranger = (100_000, 1000) });
        services.AddWeb();
    }

    protected override void Map(WebApplication app) => app.MapWeb();

    protected override Task StartedAsync(Uri address)
    {
        Address = address;
        return Task.CompletedTask;
    }

    protected override Task EndAsync() => Task.CompletedTask;
}
