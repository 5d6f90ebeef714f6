using System.Collections.Immutable;
using System.Net;
using System.Text.RegularExpressions;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Support;
using ChatOpsBot.Web.Tests.Support;
using Xunit;

namespace ChatOpsBot.Web.Tests.Pages;

public sealed partial class PageTests : IAsyncLifetime
{
    private ConsoleService _service = null!; // set before each test

    public async ValueTask InitializeAsync() => _service = await ConsoleService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData("/")]
    [InlineData("/hosts")]
    [InlineData("/incidents/I-1?x=1")]
    public async Task Pages_SignedOut_GoToTheSignInAndComeBack(string path)
    {
        var answer = await _service.Browser().GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal($"/signin?return={Uri.EscapeDataString(path)}", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Pages_OpenedFromAnotherSite_AskTheBrowserToComeAgainWithItsCookie()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/incidents/I-1");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");

        var answer = await _service.Browser().SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Contains("<meta http-equiv=\"refresh\" content=\"0;url=/incidents/I-1\"", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_RightToken_GivesAStrictCookieWithoutTheToken()
    {
        var browser = _service.Browser();

        var answer = await SignInAsync(browser, FakeConfiguration.Ann, "/hosts");

        Assert.Equal((HttpStatusCode.SeeOther, "/hosts"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(value => value.StartsWith("chatopsbot-session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("max-age=28800", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(FakeConfiguration.Ann, cookie, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("javascript:alert(1)")]
    public async Task SignIn_ReturnToAnotherSite_GoesHome(string path)
        => Assert.Equal("/", (await SignInAsync(_service.Browser(), FakeConfiguration.Ann, path)).Headers.Location?.OriginalString);

    [Fact]
    public async Task SignIn_WrongToken_Is403AndSignsNobodyIn()
    {
        var browser = _service.Browser();

        Assert.Equal(HttpStatusCode.Forbidden, (await SignInAsync(browser, FakeConfiguration.Mallory)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.GetAsync("/", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Session_TokenChanged_IsOver()
    {
        var browser = await SignedInAsync(FakeConfiguration.Ann);
        _service.Configuration.ChangeToken("ann", "ann-new-0123456789abcdef0123456789");

        Assert.Equal(HttpStatusCode.Found, (await browser.GetAsync("/", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Session_EightHours_IsOver()
    {
        var browser = await SignedInAsync(FakeConfiguration.Ann);

        _service.Time.Move(TimeSpan.FromHours(7.9));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/", TestContext.Current.CancellationToken)).StatusCode);
        _service.Time.Move(TimeSpan.FromHours(0.2));
        Assert.Equal(HttpStatusCode.Found, (await browser.GetAsync("/", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Session_ServiceRestarts_GoesOnAndTheKeyRingIsEncrypted()
    {
        using var folder = new TemporaryFolder();
        var cookies = new CookieContainer();
        await using (var first = await ConsoleService.StartAsync(folder: folder))
        {
            await SignInAsync(first.Browser(cookies), FakeConfiguration.Ann, service: first);
        }

        var keys = Directory.GetFiles(Path.Combine(folder.Path, "console.key.ring"));
        Assert.NotEmpty(keys);
        Assert.All(keys, file => Assert.DoesNotContain("masterKey", File.ReadAllText(file), StringComparison.Ordinal));
        await using var second = await ConsoleService.StartAsync(folder: folder);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(second.Console, "/"));
        Assert.Equal(HttpStatusCode.OK, (await second.Browser(cookies).SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<key id=\"")]
    public async Task KeyRing_DamagedByALossOfPower_IsSetAsideAndPeopleSignInAgain(string left)
    {
        using var folder = new TemporaryFolder();
        await using (var first = await ConsoleService.StartAsync(folder: folder))
        {
            await SignInAsync(first.Browser(new CookieContainer()), FakeConfiguration.Ann, service: first);
        }

        var key = Assert.Single(Directory.GetFiles(Path.Combine(folder.Path, "console.key.ring")));
        await File.WriteAllTextAsync(key, left, TestContext.Current.CancellationToken);
        await using var second = await ConsoleService.StartAsync(folder: folder);
        await SignInAsync(second.Browser(new CookieContainer()), FakeConfiguration.Ann, service: second);
        Assert.True(File.Exists(key + ".damaged"));
    }

    [Fact]
    public async Task SignOut_Form_EndsTheSession()
    {
        var browser = await SignedInAsync(FakeConfiguration.Ann);

        await PostAsync(browser, "/", "/signout", []);

        Assert.Equal(HttpStatusCode.Found, (await browser.GetAsync("/", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task CommandBox_Form_DispatchesOnceForARepeat()
    {
        _service.Dispatcher.Answer = _ => new CommandAnswer.Done("I-42 opened", new IncidentId(42));
        var browser = await SignedInAsync(FakeConfiguration.Ann);

        var answer = await PostAsync(browser, "/", "/command", new() { ["text"] = "check host42", ["key"] = "k1" });

        Assert.Equal((HttpStatusCode.SeeOther, "/incidents/I-42"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        var request = Assert.Single(_service.Dispatcher.Requests);
        Assert.Equal(("ann", "check host42"), (request.Person?.Value, request.Text));
        Assert.NotNull(request.IdempotencyKey);
    }

    [Fact]
    public async Task Decision_ByForm_WorksWithoutScript()
    {
        var id = await _service.WaitingAsync();
        var browser = await SignedInAsync(FakeConfiguration.Bo);
        var page = await browser.GetStringAsync($"/incidents/{id}", TestContext.Current.CancellationToken);

        await PostAsync(browser, $"/incidents/{id}", $"/incidents/{id}/decide", new() { ["verb"] = "approve", ["token"] = Field(page, "token") });

        var after = await browser.GetStringAsync($"/incidents/{id}", TestContext.Current.CancellationToken);
        Assert.Contains("I-1 is approved; the repair of host42 begins", WebUtility.HtmlDecode(after), StringComparison.Ordinal);
        Assert.Contains(">applying<", after, StringComparison.Ordinal);
        Assert.DoesNotContain("Approve this plan", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LinkedDecision_IsForThatPersonAndThatPlanAlone_AndOnlyABrowserDecides()
    {
        var rule = Assert.Single(_service.Configuration.Current.Policy.Approvals);
        _service.Configuration.Current = _service.Configuration.Current with { Policy = _service.Configuration.Current.Policy with { Approvals = [rule with { StepUp = true }] } };
        var id = await _service.WaitingAsync();
        var plan = PlanHash.Of(Stories.Plan("host42"))[..16];
        var browser = await SignedInAsync(FakeConfiguration.Bo);
        var link = $"/incidents/{id}?plan={plan}&for=bo";
        var page = await browser.GetStringAsync(link, TestContext.Current.CancellationToken);

        Assert.Contains("This link is for ann", await browser.GetStringAsync($"/incidents/{id}?plan={plan}&for=ann", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain("Approve this plan", await browser.GetStringAsync($"/incidents/{id}?plan=0123456789abcdef&for=bo", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.StartsWith("/signin", (await _service.Browser().GetAsync(link, TestContext.Current.CancellationToken)).Headers.Location?.OriginalString, StringComparison.Ordinal);

        var token = Field(page, "token");
        using var body = new StringContent("""{"decision":"approve"}""", System.Text.Encoding.UTF8, "application/json");
        var byToken = await _service.As(FakeConfiguration.Bo).PostAsync($"/api/v1/approvals/{token}", body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, byToken.StatusCode);
        Assert.Contains($"/incidents/{id}?plan={plan}\\u0026for=bo", await byToken.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.OrdinalIgnoreCase);

        await PostAsync(browser, $"/incidents/{id}", $"/incidents/{id}/decide", new() { ["verb"] = "approve", ["token"] = token });
        Assert.Contains(">applying<", await browser.GetStringAsync($"/incidents/{id}", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Incident_ForWhoMayNotDecide_ShowsThePlanWithoutButtons()
    {
        var id = await _service.WaitingAsync();
        var page = await (await SignedInAsync(FakeConfiguration.Ann)).GetStringAsync($"/incidents/{id}", TestContext.Current.CancellationToken);

        Assert.Contains("ip link set dev eno2 master br0", page, StringComparison.Ordinal);
        Assert.Contains("ip link set dev eno2 nomaster", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Approve this plan", page, StringComparison.Ordinal);
        Assert.Contains("You cannot decide on this plan", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changes_WithoutFormTokenOrFromElsewhere_AreRefused()
    {
        var id = await _service.WaitingAsync();
        var browser = await SignedInAsync(FakeConfiguration.Bo);
        var page = await browser.GetStringAsync($"/incidents/{id}", TestContext.Current.CancellationToken);
        var fields = new Dictionary<string, string> { ["verb"] = "approve", ["token"] = Field(page, "token") };
        foreach (var path in new[] { "/command", "/signout", $"/incidents/{id}/do", $"/incidents/{id}/decide" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(browser, path, fields, Origin())).StatusCode);
            fields["formToken"] = Field(page, "formToken");
            foreach (var origin in new[] { null, "null", "https://evil.example", $"https://127.0.0.1:{_service.Console.Port}", "http://127.0.0.1:1" })
            {
                Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(browser, path, fields, origin)).StatusCode);
            }

            fields.Remove("formToken");
        }

        Assert.Empty(_service.Dispatcher.Requests);
        Assert.Contains(">awaiting-approval<", await browser.GetStringAsync($"/incidents/{id}", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Api_WithACookieAlone_ReadsButChangesNothing()
    {
        var browser = await SignedInAsync(FakeConfiguration.Bo);

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/v1/incidents", TestContext.Current.CancellationToken)).StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/commands") { Content = new StringContent("{\"text\":\"check host42\"}") };
        request.Headers.Add("Origin", Origin());
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Empty(_service.Dispatcher.Requests);
    }

    [Fact]
    public async Task Hosts_Page_ShowsOnlyWhatThePersonMaySee()
    {
        var page = await (await SignedInAsync(FakeConfiguration.Ann)).GetStringAsync("/hosts", TestContext.Current.CancellationToken);

        Assert.Contains("host42", page, StringComparison.Ordinal);
        Assert.Contains("br0 (eno2)", page, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden1", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_HostileText_IsShownAsTextEverywhere()
    {
        string[] hostile =
        [
            "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'--><svg/onload=alert(1)>", "</pre></textarea><iframe src=//evil>", "javascript:alert(1)", "\u202egpj.exe",
            "\u001b]0;owned\u0007\u001b[31m", "&lt;b&gt;", "{{7*7}}", "@(1+1)", "\u2028\u2029", "a\0b",
        ];
        var text = string.Join(" ", hostile);
        var finding = IncidentSamples.Finding(subject: text) with { Because = [new("e.link", text)], Summary = text };
        var diagnosis = IncidentSamples.Diagnosis(Domain.Diagnosis.OverallVerdict.Fault, finding) with
        {
            Rejected = [new("nic.x", text)], NotRead = [new(text, text)], Guests = [new(text, text, text, text, text)], Undecided = [new("nf.x", text, text)],
            Path = new(text, text, text, text, text, new("DHCP DISCOVER", [new(text, text, text, HopVerdict.Stops, new("e.nft", text))]), null),
        };
        var plan = IncidentSamples.Plan() with
        {
            BlastRadius = [text],
            Steps = [IncidentSamples.Plan().Steps[0] with { Name = text, Before = text, After = $"{text}\n{text}", Run = ["ip", text], Undo = ["ip", text] }],
        };
        var id = await _service.GivenAsync(
            Stories.Opened("host42") with { Request = new() { Host = "host42", Because = text } },
            new IncidentEvent.Observed(IncidentSamples.At(1), 1, diagnosis, null),
            IncidentSamples.Proposed(plan: plan),
            new IncidentEvent.NoteAdded(IncidentSamples.At(2), IncidentSamples.Bo, text),
            new IncidentEvent.Approved(IncidentSamples.At(2), IncidentSamples.Bo, 1, Domain.Runbooks.PlanHash.Of(plan)),
            IncidentSamples.GuardSaid(GuardStatus.Armed, plan.Id),
            new IncidentEvent.StepReported(IncidentSamples.At(3), plan.Id, 1, StepPart.Read, ["cat", text], 0, new(text, null)));

        var page = await (await SignedInAsync(FakeConfiguration.Bo)).GetStringAsync($"/incidents/{id}", TestContext.Current.CancellationToken);

        AssertHarmless(page);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page, StringComparison.Ordinal);
        Assert.Contains("\\u{202e}gpj.exe", page, StringComparison.Ordinal);
        AssertHarmless(await (await SignedInAsync(FakeConfiguration.Eve)).GetStringAsync("/", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Incident_DiagnosisWithAPath_ShowsTheHopsAndTheBreak()
    {
        var diagnosis = IncidentSamples.Diagnosis(Domain.Diagnosis.OverallVerdict.Fault, IncidentSamples.Finding()) with
        {
            Path = new(
                "vm1", "vnet0", null, "br0", "eno2",
                new("DHCP DISCOVER", [new("vnet0", "tap", "up, carrier", HopVerdict.Passes, null), new("br0", "ip forward", "the policy drops it", HopVerdict.Stops, new("e.nft", "ip filter FORWARD policy DROP"))]), null),
        };
        var id = await _service.GivenAsync(Stories.Opened("host42"), new IncidentEvent.Observed(IncidentSamples.At(1), 1, diagnosis, null));

        var page = await (await SignedInAsync(FakeConfiguration.Bo)).GetStringAsync($"/incidents/{id}", TestContext.Current.CancellationToken);

        Assert.Contains("<li class=\"passes\"><code>vnet0</code>", page, StringComparison.Ordinal);
        Assert.Contains("<li class=\"stops\"><code>br0</code>", page, StringComparison.Ordinal);
        Assert.Contains("ip filter FORWARD policy DROP", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Assets_Addresses_AreServedAndKept()
    {
        var page = await _service.Browser().GetStringAsync("/signin", TestContext.Current.CancellationToken);
        foreach (Match link in AssetPattern().Matches(page))
        {
            var asset = await _service.Browser().GetAsync(link.Value, TestContext.Current.CancellationToken);

            Assert.Equal(HttpStatusCode.OK, asset.StatusCode);
            Assert.Contains("immutable", asset.Headers.CacheControl?.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(2, AssetPattern().Count(page));
    }

    private static void AssertHarmless(string page)
    {
        Assert.Equal(1, Regex.Count(page, "<script"));
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<svg", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<iframe", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("<[^>]*\\son[a-z]+=", page);
        Assert.DoesNotContain("href=\"javascript", page, StringComparison.Ordinal);
        Assert.All(ImmutableArray.Create('\u202e', '\u001b', '\u2028', '\u2029', '\0'), character => Assert.DoesNotContain(character, page));
    }

    private string Origin() => _service.Console.GetLeftPart(UriPartial.Authority);

    private async Task<HttpClient> SignedInAsync(string token)
    {
        var browser = _service.Browser();
        Assert.Equal(HttpStatusCode.SeeOther, (await SignInAsync(browser, token)).StatusCode);
        return browser;
    }

    private async Task<HttpResponseMessage> SignInAsync(HttpClient browser, string token, string back = "/", ConsoleService? service = null)
    {
        var page = await browser.GetStringAsync("/signin", TestContext.Current.CancellationToken);
        return await SendAsync(
            browser, "/signin", new() { ["formToken"] = Field(page, "formToken"), ["token"] = token, ["return"] = back },
            (service ?? _service).Console.GetLeftPart(UriPartial.Authority));
    }

    private async Task<HttpResponseMessage> PostAsync(HttpClient browser, string page, string path, Dictionary<string, string> fields)
    {
        fields["formToken"] = Field(await browser.GetStringAsync(page, TestContext.Current.CancellationToken), "formToken");
        return await SendAsync(browser, path, fields, Origin());
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient browser, string path, Dictionary<string, string> fields, string? origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields) };
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return await browser.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static string Field(string page, string name) => Regex.Match(page, $"name=\"{name}\" value=\"([^\"]+)\"").Groups[1].Value;

    [GeneratedRegex("/assets/console\\.[0-9a-f]{12}\\.(css|js)")]
    private static partial Regex AssetPattern();
}
