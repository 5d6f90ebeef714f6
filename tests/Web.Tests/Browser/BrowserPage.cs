using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace ChatOpsBot.Web.Tests.Browser;

/// <summary>One tab.</summary>
internal sealed class BrowserPage(Chromium browser, string session)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    public Task<JsonNode> CallAsync(string method, JsonObject parameters) => browser.CallAsync(method, parameters, session);

    /// <summary>Goes to an address and waits until it is there.</summary>
    public async Task GoAsync(Uri address)
    {
        await CallAsync("Page.navigate", new() { ["url"] = address.ToString() });
        await WaitAsync($"location.href !== 'about:blank' && document.readyState === 'complete' && location.origin === '{address.GetLeftPart(UriPartial.Authority)}'");
    }

    /// <summary>The value of an expression, as text.</summary>
    public async Task<string> AskAsync(string expression)
    {
        var answer = await CallAsync("Runtime.evaluate", new() { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        return answer["exceptionDetails"] is { } failure ? throw new InvalidOperationException(failure.ToJsonString()) : answer["result"]?["value"]?.ToString() ?? "";
    }

    /// <summary>Waits until an expression is true; while a page is exchanged for the next there is nothing to ask, so failures count as not yet.</summary>
    public async Task WaitAsync(string condition)
    {
        var began = Stopwatch.GetTimestamp();
        var last = "";
        while (Stopwatch.GetElapsedTime(began) < s_patience)
        {
            try
            {
                last = await AskAsync($"Boolean({condition})");
                if (last == "true")
                {
                    return;
                }
            }
            catch (InvalidOperationException failure)
            {
                last = failure.Message;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"not within {s_patience}: {condition} ({last}); page: {await AskAsync("document.body.innerText.slice(0, 2000)")}");
    }

    /// <summary>Presses a button with a real pointer, so that what covers it or lies outside is noticed.</summary>
    public async Task PressAsync(string selector)
    {
        var place = JsonNode.Parse(await AskAsync(
            $$"""(() => { const e = document.querySelector({{Quoted(selector)}}); e.scrollIntoView({block:"center"}); const r = e.getBoundingClientRect(); const x = r.x + r.width / 2, y = r.y + r.height / 2; return JSON.stringify({x, y, hit: e.contains(document.elementFromPoint(x, y))}); })()"""));
        Assert.True(place?["hit"]?.GetValue<bool>(), $"{selector} is covered");
        foreach (var type in new[] { "mousePressed", "mouseReleased" })
        {
            await CallAsync("Input.dispatchMouseEvent", new()
            {
                ["type"] = type, ["x"] = place?["x"]?.GetValue<double>(), ["y"] = place?["y"]?.GetValue<double>(), ["button"] = "left", ["clickCount"] = 1,
            });
        }
    }

    /// <summary>Types into a field.</summary>
    public async Task TypeAsync(string selector, string text)
    {
        await AskAsync($"document.querySelector({Quoted(selector)}).focus()");
        await CallAsync("Input.insertText", new() { ["text"] = text });
    }

    /// <summary>Takes a picture of the whole page.</summary>
    public async Task PictureAsync(string file)
    {
        var picture = await CallAsync("Page.captureScreenshot", new() { ["format"] = "png", ["captureBeyondViewport"] = true });
        Directory.CreateDirectory(Path.GetDirectoryName(file) ?? ".");
        await File.WriteAllBytesAsync(file, Convert.FromBase64String(picture["data"]?.GetValue<string>() ?? ""), TestContext.Current.CancellationToken);
    }

    private static string Quoted(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    /// <summary>Whether nothing sticks out to the right.</summary>
    public async Task AssertFitsAsync()
        => Assert.Equal("true", await AskAsync("String(document.documentElement.scrollWidth <= window.innerWidth)"));
}
