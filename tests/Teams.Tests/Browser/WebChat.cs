using System.Diagnostics;
using ChatOpsBot.Support;
using ChatOpsBot.Web.Tests.Browser;
using Xunit;

namespace ChatOpsBot.Teams.Tests.Browser;

/// <summary>Microsoft's web chat before an offline Direct Line, which talks to a bot as a test client does.</summary>
internal sealed class WebChat : IAsyncDisposable
{
    private const string Box = "input[data-id=webchat-sendbox-input], .webchat__send-box-text-box__input";

    private readonly Process _process;

    private WebChat(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    private Uri Address { get; }

    /// <summary>Starts it before a bot; skips where it is not installed.</summary>
    public static async Task<WebChat> StartAsync(Uri bot)
    {
        var folder = RepositoryFiles.At("tests", "Teams.Tests", "node");
        if (!File.Exists(Chromium.Program) || !Directory.Exists(Path.Combine(folder, "node_modules", ".webchat")) || !Directory.Exists(Path.Combine(folder, "node_modules", "offline-directline")))
        {
            Assert.Skip("chromium or Microsoft's web chat is not installed; tests/run.sh installs both");
        }

        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = folder };
        start.ArgumentList.Add("webchat.mjs");
        start.ArgumentList.Add(new Uri(bot, "/api/messages").ToString());
#pragma warning disable RS0030 // tests drive real programs
        var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start");
#pragma warning restore RS0030
        var address = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        return new(process, new(address ?? throw new InvalidOperationException("the web chat did not start")));
    }

    /// <summary>The chat of a person in a tab.</summary>
    public async Task<BrowserPage> OpenAsync(Chromium browser, string user)
    {
        var page = await browser.OpenAsync(1000, 1600, phone: false, dark: false);
        await page.GoAsync(new(Address, $"/?user={user}"));
        await page.WaitAsync($"document.querySelector('{Box}') && !document.querySelector('{Box}').disabled && !document.querySelector('{Box}').readOnly");
        return page;
    }

    /// <summary>Types a line and sends it.</summary>
    public static async Task SayAsync(BrowserPage page, string line)
    {
        await page.TypeAsync(Box, line);
        foreach (var type in new[] { "keyDown", "keyUp" })
        {
            await page.CallAsync("Input.dispatchKeyEvent", new() { ["type"] = type, ["key"] = "Enter", ["code"] = "Enter", ["windowsVirtualKeyCode"] = 13, ["text"] = type == "keyDown" ? "\r" : "" });
        }
    }

    /// <summary>Presses the newest button with that label, once it is there.</summary>
    /// <param name="page">The chat.</param>
    /// <param name="label">Its words.</param>
    /// <param name="incident">The incident and host that its card is about; any when <see langword="null"/>: cards are posted again whenever they change.</param>
    public static async Task PressAsync(BrowserPage page, string label, string? incident = null)
    {
        const string About = """(b => { let e = b; while (e && !/I-\d+ host/.test(e.innerText)) e = e.parentElement; return e ? e.innerText : ''; })""";
        var buttons = $"[...document.querySelectorAll('button')].filter(b => b.textContent.trim() === '{label}' && !b.disabled && {About}(b).includes('{incident}'))";
        await page.WaitAsync($"{buttons}.length > 0");

        // By the page itself: between a look for its place and a mouse, a new message moves it.
        await page.AskAsync($"{buttons}.at(-1).click()");
    }

    /// <summary>Waits until the chat shows words.</summary>
    public static Task ShowsAsync(BrowserPage page, string words) => page.WaitAsync($"document.body.innerText.includes('{words}')");

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        _process.Dispose();
    }
}
