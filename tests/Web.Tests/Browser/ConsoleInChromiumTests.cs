using System.Collections.Immutable;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Support;
using ChatOpsBot.Web.Tests.Support;
using Xunit;

namespace ChatOpsBot.Web.Tests.Browser;

/// <summary>The console as people use it. Pictures of every page are left beside the test program, in <c>pictures</c>.</summary>
[Trait("Needs", "browser")]
public sealed class ConsoleInChromiumTests(ChromiumFixture fixture) : IClassFixture<ChromiumFixture>, IAsyncLifetime
{
    private ConsoleService _service = null!; // set before each test
    private Chromium _browser = null!; // set before each test

    public async ValueTask InitializeAsync()
    {
        if (fixture.Browser is not { } browser)
        {
            Assert.Skip($"{Chromium.Program} is not installed; apt-get install chromium");
            return;
        }

        _browser = browser;
        _service = await ConsoleService.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
    }

    [Fact]
    public async Task Phone_SignInReadAndApprove_FollowsTheRepairLive()
    {
        var id = await _service.WaitingAsync();
        var page = await _browser.OpenAsync(390, 844, phone: true, dark: false);
        await page.GoAsync(new(_service.Console, $"/incidents/{id}"));
        await SignInAsync(page, FakeConfiguration.Bo, $"/incidents/{id}");
        await page.AssertFitsAsync();
        await page.PictureAsync(Picture("phone-incident-waiting"));

        await page.PressAsync("button.approve");
        await page.WaitAsync("document.querySelector('.state')?.textContent === 'applying'");
        Assert.Contains("is approved", await page.AskAsync("document.querySelector('.said').textContent"), StringComparison.Ordinal);

        await page.AskAsync("window.sameDocument = true");
        _service.Get<ProgressHub>().Report(new(id, "apply", "Attach eno2 to br0", 0, 1));
        await page.WaitAsync("!document.getElementById('progress').hidden && document.querySelector('[data-progress-text]').textContent.includes('apply Attach eno2 to br0 0/1')");
        await page.PictureAsync(Picture("phone-incident-applying"));
        await _service.AddAsync(id, Stories.Repaired()[1..]);
        await page.WaitAsync("document.querySelector('.state')?.textContent === 'resolved'");

        Assert.Equal("true", await page.AskAsync("String(window.sameDocument === true)"));
        await page.AssertFitsAsync();
        await page.PictureAsync(Picture("phone-incident-resolved"));
    }

    [Fact]
    public async Task Refresh_WhileSomebodyWrites_KeepsWordsFocusAndOpenFolds()
    {
        var id = await _service.WaitingAsync();
        var page = await SignedInAsync(FakeConfiguration.Bo, $"/incidents/{id}", 1280, 900, phone: false, dark: false);
        await page.TypeAsync("#reason", "not during the ba");
        await page.AskAsync("document.getElementById('d2').open = true");

        await _service.AddAsync(id, new IncidentEvent.NoteAdded(IncidentSamples.At(2), IncidentSamples.Ann, "seen on vm1 too"));
        await page.WaitAsync("document.getElementById('e4') !== null");
        await page.TypeAsync("#reason", "ckup");

        Assert.Equal("not during the backup", await page.AskAsync("document.getElementById('reason').value"));
        Assert.Equal("true", await page.AskAsync("String(document.getElementById('d2').open)"));
        await page.PressAsync("form.deny button");
        await page.WaitAsync("document.querySelector('.state')?.textContent === 'declined'");
        Assert.Contains("not during the backup", await page.AskAsync("document.body.innerText"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostileText_InABrowser_RunsNothing()
    {
        const string text = "<script>window.owned=1</script><img src=x onerror=window.owned=1>\"><svg onload=window.owned=1>'</pre></textarea>\u202eabc";
        var finding = IncidentSamples.Finding(subject: text) with { Summary = text, Because = [new("e.link", text)] };
        var id = await _service.GivenAsync(
            Stories.Opened("host42"),
            new IncidentEvent.Observed(IncidentSamples.At(1), 1, IncidentSamples.Diagnosis(OverallVerdict.Fault, finding), null),
            IncidentSamples.Proposed(plan: IncidentSamples.Plan() with { Steps = [IncidentSamples.Plan().Steps[0] with { Name = text, Before = text, After = text + "2" }] }));
        var page = await SignedInAsync(FakeConfiguration.Bo, $"/incidents/{id}", 1280, 900, phone: false, dark: false);
        _service.Get<ProgressHub>().Report(new(id, "read", text, 1, 2));
        await _service.AddAsync(id, new IncidentEvent.NoteAdded(IncidentSamples.At(2), IncidentSamples.Ann, text));
        await page.WaitAsync("document.getElementById('e4') !== null");

        Assert.Equal("1 0 0 false", await page.AskAsync(
            "[document.scripts.length, document.querySelectorAll('main img').length, document.querySelectorAll('main svg').length, 'owned' in window].join(' ')"));
        await page.PictureAsync(Picture("hostile-text"));
    }

    [Theory]
    [InlineData("desktop-light", 1280, 900, false, false)]
    [InlineData("desktop-dark", 1280, 900, false, true)]
    [InlineData("phone-light", 390, 844, true, false)]
    [InlineData("phone-dark", 390, 844, true, true)]
    public async Task Pages_OnEachScreen_Fit(string screen, int width, int height, bool phone, bool dark)
    {
        await _service.AddAsync(await _service.WaitingAsync("host43"), Stories.Repaired("host43"));
        var id = await _service.GivenAsync(Stories.Opened("host42"), Rich(), IncidentSamples.Proposed(plan: RichPlan()));
        var page = await _browser.OpenAsync(width, height, phone, dark);
        await page.GoAsync(new(_service.Console, "/signin"));
        await page.AssertFitsAsync();
        await page.PictureAsync(Picture($"{screen}-signin"));
        await SignInAsync(page, FakeConfiguration.Bo, "/");
        foreach (var (name, path) in ImmutableArray.Create(("home", "/"), ("hosts", "/hosts"), ("incident", $"/incidents/{id}"), ("ended", "/incidents/I-1")))
        {
            await page.GoAsync(new(_service.Console, path));
            await page.AssertFitsAsync();
            await page.PictureAsync(Picture($"{screen}-{name}"));
        }
    }

    private static IncidentEvent.Observed Rich() => new(
        IncidentSamples.At(1), 1,
        IncidentSamples.Diagnosis(
            OverallVerdict.Fault,
            IncidentSamples.Finding() with { Because = [new("e.link", "eno2: master none"), new("e.cfg", "br0: ports eno2"), new("e.fdb", "br0: no entry learned from outside")] },
            IncidentSamples.Finding("nf.bridge-family-drop", "br0", Certainty.Likely, "nf/remove-drop") with { Summary = "a rule of table bridge filter drops DHCP on br0" }) with
        {
            Guests =
            [
                new("vm1", "vnet0", "br0", "52:54:00:aa:bb:02", null), new("build-agent-with-a-long-name", "vnet17", "br0", "52:54:00:aa:bb:17", "10.20.3.17"),
            ],
        },
        null);

    private static Domain.Runbooks.Plan RichPlan() => IncidentSamples.Plan() with
    {
        BlastRadius = ["vm1", "build-agent-with-a-long-name"],
        Risk = Risk.D2,
        Steps =
        [
            IncidentSamples.Plan().Steps[0],
            IncidentSamples.Plan().Steps[0] with
            {
                Name = "Remove the rule that drops DHCP",
                Before = "table bridge filter {\n  chain forward {\n    type filter hook forward priority 0\n    udp dport 67 drop # handle 7\n    accept\n  }\n}",
                After = "table bridge filter {\n  chain forward {\n    type filter hook forward priority 0\n    accept\n  }\n}",
                Run = ["nft", "delete", "rule", "bridge", "filter", "forward", "handle", "7"],
                Undo = ["nft", "add", "rule", "bridge", "filter", "forward", "position", "6", "udp", "dport", "67", "drop"],
                Risk = Risk.D2,
            },
        ],
    };

    private static string Picture(string name) => Path.Combine(AppContext.BaseDirectory, "pictures", $"{name}.png");

    private async Task<BrowserPage> SignedInAsync(string token, string path, int width, int height, bool phone, bool dark)
    {
        var page = await _browser.OpenAsync(width, height, phone, dark);
        await page.GoAsync(new(_service.Console, path));
        await SignInAsync(page, token, path);
        return page;
    }

    private static async Task SignInAsync(BrowserPage page, string token, string path)
    {
        await page.WaitAsync("document.getElementById('token') !== null");
        await page.TypeAsync("#token", token);
        await page.PressAsync("main button[type=submit]");
        await page.WaitAsync($"location.pathname === '{path}' && document.readyState === 'complete'");
    }
}
