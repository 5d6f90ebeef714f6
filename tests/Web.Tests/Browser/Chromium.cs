using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Web.Tests.Browser;

/// <summary>Debian's Chromium, driven by its DevTools protocol: no driver to download, nothing between the test and the browser.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    public const string Program = "/usr/bin/chromium";

    private readonly TemporaryFolder _profile = new();
    private readonly Process _process;
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _calls = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _end = new();
    private Task _reading = Task.CompletedTask;
    private int _last;

    private Chromium()
    {
        var start = new ProcessStartInfo(Program) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--hide-scrollbars", "--no-proxy-server", "--remote-debugging-port=0", $"--user-data-dir={_profile.Path}", "about:blank",
            ])
        {
            start.ArgumentList.Add(argument);
        }

#pragma warning disable RS0030 // a tool of the test, not of the program
        _process = Process.Start(start) ?? throw new InvalidOperationException("chromium did not start");
#pragma warning restore RS0030
    }

    /// <summary>Starts it.</summary>
    public static async Task<Chromium> StartAsync()
    {
        var browser = new Chromium();
        try
        {
            await browser.ConnectAsync();
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>A fresh tab with cookies of its own.</summary>
    /// <param name="width">Columns of CSS pixels.</param>
    /// <param name="height">Rows of CSS pixels.</param>
    /// <param name="phone">Whether it is a phone: touch, and twice the pixels.</param>
    /// <param name="dark">Whether the person prefers dark pages.</param>
    public async Task<BrowserPage> OpenAsync(int width, int height, bool phone, bool dark)
    {
        var context = await CallAsync("Target.createBrowserContext", []);
        var target = await CallAsync("Target.createTarget", new() { ["url"] = "about:blank", ["browserContextId"] = context["browserContextId"]?.GetValue<string>() });
        var attached = await CallAsync("Target.attachToTarget", new() { ["targetId"] = target["targetId"]?.GetValue<string>(), ["flatten"] = true });
        var page = new BrowserPage(this, attached["sessionId"]?.GetValue<string>() ?? "");
        await page.CallAsync("Page.enable", []);
        await page.CallAsync("Runtime.enable", []);
        await page.CallAsync("Emulation.setDeviceMetricsOverride", new() { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = phone ? 2 : 1, ["mobile"] = phone });
        await page.CallAsync("Emulation.setEmulatedMedia", new()
        {
            ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" }),
        });
        return page;
    }

    /// <summary>One call of the protocol.</summary>
    public async Task<JsonNode> CallAsync(string method, JsonObject parameters, string? session = null)
    {
        var id = Interlocked.Increment(ref _last);
        var answer = _calls[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var call = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (session is not null)
        {
            call["sessionId"] = session;
        }

        await _sending.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(call.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
        }
        finally
        {
            _sending.Release();
        }

        return await answer.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        await _reading;
        _process.Dispose();
        _socket.Dispose();
        _sending.Dispose();
        _end.Dispose();
        try
        {
            _profile.Dispose();
        }
        catch (IOException)
        {
            // A last helper process was still writing; the folder is in the temporary directory.
        }
    }

    private async Task ConnectAsync()
    {
        const string mark = "DevTools listening on ";
        while (await _process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.StartsWith(mark, StringComparison.Ordinal))
            {
                await _socket.ConnectAsync(new(line[mark.Length..]), TestContext.Current.CancellationToken);

                // A full pipe would stop the browser.
                _reading = Task.WhenAll(ReadAsync(), _process.StandardError.ReadToEndAsync(CancellationToken.None), _process.StandardOutput.ReadToEndAsync(CancellationToken.None));
                return;
            }
        }

        throw new InvalidOperationException("chromium ended before it listened");
    }

    private async Task ReadAsync()
    {
        var part = new byte[64 * 1024];
        using var whole = new MemoryStream();
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(part, _end.Token);
                whole.Write(part, 0, received.Count);
                if (!received.EndOfMessage)
                {
                    continue;
                }

                var message = JsonNode.Parse(whole.ToArray());
                whole.SetLength(0);
                if (message?["id"]?.GetValue<int>() is { } id && _calls.TryRemove(id, out var call))
                {
                    if (message["error"] is { } error)
                    {
                        call.SetException(new InvalidOperationException(error.ToJsonString()));
                    }
                    else
                    {
                        call.SetResult(message["result"] ?? new JsonObject());
                    }
                }
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or WebSocketException or JsonException)
        {
            foreach (var call in _calls.Values)
            {
                call.TrySetException(new InvalidOperationException("the browser is gone", failure));
            }
        }
    }
}

/// <summary>One browser for all tests of a class; each opens tabs with cookies of their own.</summary>
public sealed class ChromiumFixture : IAsyncLifetime
{
    internal Chromium? Browser { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (File.Exists(Chromium.Program))
        {
            Browser = await Chromium.StartAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
        {
            await Browser.DisposeAsync();
        }
    }
}
