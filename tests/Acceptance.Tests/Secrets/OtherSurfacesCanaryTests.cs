using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using ChatOpsBot.Acceptance.Tests.Lab;
using ChatOpsBot.Acceptance.Tests.Repairs;
using ChatOpsBot.Acceptance.Tests.Teams;
using ChatOpsBot.Adapters.Tests.Postgres;
using ChatOpsBot.ChatContract.Surfaces;
using ChatOpsBot.FakeConnector;
using ChatOpsBot.Support;
using Npgsql;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Secrets;

/// <summary>
/// The real program on Teams, the web console, its API and PostgreSQL, while secrets are on its host, in what people write there, in what SSH and the database complain of,
/// and in what the chat platform answers; each of its outlets is searched.
/// </summary>
[Trait("Needs", "root")]
public partial class OtherSurfacesCanaryTests(LabFixture lab, PrivatePostgres server)
{
    private const string Host = "host64";

    private readonly Canaries _canaries = new();
    private readonly StringBuilder _log = new();
    private readonly List<(string Where, string Text)> _pages = [];

    [Fact]
    [Trait("Requirement", "SEC-18")]
    public async Task Serve_SecretsEverywhere_NoOutletOfTeamsWebOrPostgresHasOne()
    {
        await lab.NeedAsync(Host);
        using var folder = new TemporaryFolder();
        var database = server.NewDatabase();
        var password = _canaries.Next();
        server.Run("postgres", $"ALTER ROLE bot PASSWORD '{password}'");
        await using var town = await TeamsTown.StartAsync();
        var settings = Settings(town, folder, $"Host={server.Folder};Username=bot;Password={password};Database={database}");
        try
        {
            await PlantedHost.PlantAsync(Host, _canaries);
            await RepairTests.WithFaultsAsync(Host, ["bridge.uplink-missing"], () => LiveAsync(town, settings, database));
        }
        finally
        {
            await PlantedHost.CleanAsync(Host);
        }

        Search("messages, cards and calls in Teams", SaidIn(town.Teams), _canaries.Said);
        Search("pages and API", _pages, _canaries.Said);
        Search("log", [("stdout and stderr", _log.ToString())], Host);
        Search("log file", Directory.GetFiles(folder.Path, "*.log").Select(file => (Path.GetFileName(file), File.ReadAllText(file))), Host);
        Search("log of the database's failures", [("stdout and stderr", _log.ToString())], "bot"); // PostgreSQL's own words name the account
        using (var connection = new NpgsqlConnection(server.Administrator(database)))
        {
            connection.Open();
            (string Where, string Text)[] stored = [.. StoredTexts.Of(connection, "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")];
            Search("rows", stored, _canaries.Said);
            Search("what was read of the host", stored, _canaries.OnHost);
        }

        foreach (var format in (string[])["md", "html", "json"])
        {
            Search($"transcript as {format}", [(format, (await BotAsync(settings, "transcript", "export", "I-1", "--format", format)).Expect())], _canaries.Said);
        }

        // A program that cannot sign in to the database says so, and not with what.
        var wrong = new Dictionary<string, string>(settings) { ["Storage__ConnectionString"] = settings["Storage__ConnectionString"].Replace(password, _canaries.Next(), StringComparison.Ordinal) };
        var end = await BotAsync(wrong, "transcript", "show", "I-1");
        Assert.NotEqual(0, end.ExitCode);
        Search("a wrong password of the database", [("stdout", end.Stdout), ("stderr", end.Stderr)], "bot");
        wrong["Storage__ConnectionString"] = $"Host={server.Folder};Pasword={_canaries.Next()};Port={_canaries.Next()}";
        end = await BotAsync(wrong, "transcript", "show", "I-1");
        Assert.NotEqual(0, end.ExitCode);
        Search("a connection string with faults", [("stdout", end.Stdout), ("stderr", end.Stderr)], "Storage");
    }

    private async Task LiveAsync(TeamsTown town, Dictionary<string, string> settings, string database)
    {
        using var service = Start(settings, out var listening);
        try
        {
            var addresses = (await listening.WaitAsync(TimeSpan.FromSeconds(120), TimeProvider.System, TestContext.Current.CancellationToken)).Split(", ");
            town.People.Bot = new(addresses[1]);
            await town.SayAsync("ann", $"check {Host} because \"no network {_canaries.Said}, my password={_canaries.Next()} does not help\"");
            await town.MessageAsync("awaiting-approval");
            await town.SayAsync("ann", $"note I-1 {_canaries.Said} https://ann:{_canaries.Next()}@mirror.example/ and Authorization: Bearer {_canaries.Next()}{_canaries.Said}");
            await town.SayAsync("ann", $"check nohost --password={_canaries.Next()}");
            await town.SayAsync("ann", $"token={_canaries.Next()} what is this {_canaries.Said}");
            await town.SayAsync("ann", "transcript I-1");
            await SurfAsync(new(addresses[0]));
            await AskApiAsync(new(addresses[0]));
            await FailSshAsync(town);
            await FailDatabaseAsync(town, database);
            await FailTeamsAsync(town);
        }
        finally
        {
            service.Kill(entireProcessTree: true);
            await service.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>A person in a browser.</summary>
    private async Task SurfAsync(Uri console)
    {
        using var browser = new ConsoleBrowser(console);
        Assert.False(await browser.SignInAsync(_canaries.Next()));
        _pages.Add(("refused sign-in", browser.Said));
        Assert.True(await browser.SignInAsync(_canaries.Of("ann")));
        foreach (var line in (string[])[$"note I-1 {_canaries.Said} psk={_canaries.Next()}", $"check nohost passwd={_canaries.Next()}", $"{_canaries.Said} secret: {_canaries.Next()}"])
        {
            _pages.Add(("answer", await browser.PostAsync("/", "/command", new() { ["text"] = line })));
        }

        _pages.Add(("note", await browser.PostAsync("/incidents/I-1", "/incidents/I-1/do", new() { ["verb"] = "note", ["text"] = $"{_canaries.Said} api_key={_canaries.Next()}" })));
        foreach (var page in (string[])["/", "/incidents/I-1", "/hosts", $"/incidents/I-1?password={_canaries.Next()}", $"/nothing/token={_canaries.Next()}"])
        {
            _pages.Add((page.Split('?')[0].Split('=')[0], await browser.PageAsync(page)));
        }
    }

    /// <summary>A script, also a clumsy one.</summary>
    private async Task AskApiAsync(Uri console)
    {
        using var client = new HttpClient { BaseAddress = console };
        async Task SendAsync(string token, HttpContent body, string path = "/api/v1/commands")
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body };
            request.Headers.Authorization = new("Bearer", token);
            request.Headers.TryAddWithoutValidation("Idempotency-Key", $"password={_canaries.Next()}");
            using var answer = await client.SendAsync(request);
            _pages.Add((path, $"{answer.Headers}{await answer.Content.ReadAsStringAsync()}"));
        }

        var ann = _canaries.Of("ann");
        await SendAsync(_canaries.Next(), JsonContent.Create(new { text = "status" }));
        await SendAsync(ann, JsonContent.Create(new { text = $"note I-1 {_canaries.Said} password={_canaries.Next()}" }));
        await SendAsync(ann, new StringContent($"{{\"text\": \"status\", \"password\": \"{_canaries.Next()}\"", Encoding.UTF8, "application/json"));
        await SendAsync(ann, new StringContent($"{{\"password={_canaries.Next()}\": 1}}", Encoding.UTF8, "application/json"));
        await SendAsync(ann, JsonContent.Create(new { decision = "approve", reason = $"token={_canaries.Next()}" }), $"/api/v1/approvals/{_canaries.Next()}");
        foreach (var path in (string[])["/api/v1/incidents/I-1", "/api/v1/incidents/I-1/events", "/api/v1/incidents/I-1/transcript?format=json"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Authorization = new("Bearer", ann);
            using var end = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token);
            _pages.Add((path, await ReadForAWhileAsync(answer, end.Token)));
        }
    }

    /// <summary>The stream of events has no end.</summary>
    private static async Task<string> ReadForAWhileAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        try
        {
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                text.AppendLine(line);
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }

        return text.ToString();
    }

    /// <summary>The way to a host breaks, with words that repeat what it was given.</summary>
    private static async Task FailSshAsync(TeamsTown town)
    {
        await town.SayAsync("ann", "check liar because \"it says too much\"");
        await town.MessageAsync("I-2");
        await town.MessageAsync("host liar cannot be read");
    }

    /// <summary>The database throws the service out and refuses it for a while.</summary>
    private async Task FailDatabaseAsync(TeamsTown town, string database)
    {
        server.Run("postgres", "ALTER ROLE bot NOLOGIN");
        server.Run("postgres", $"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{database}' AND usename = 'bot'");
        try
        {
            var answer = await town.People.SendAsync(town.People.Message("ann", $"note I-1 {_canaries.Said} password={_canaries.Next()}"));
            Assert.True(answer.Status >= 500, $"it was answered {answer.Status}");
            _pages.Add(("Teams is told", answer.Body));
        }
        finally
        {
            server.Run("postgres", "ALTER ROLE bot LOGIN");
        }
    }

    /// <summary>The platform refuses with words that repeat what it was sent.</summary>
    private async Task FailTeamsAsync(TeamsTown town)
    {
        var refused = 0;
        town.Teams.Fault = call => call.Method == "POST" && Interlocked.Increment(ref refused) < 4 ? new FakeFault(400, $"BadArgument {_canaries.Said} token={_canaries.Next()} {call.Token}") : null;
        await town.SayAsync("ann", $"cancel I-1 {_canaries.Said} secret: {_canaries.Next()}");
        await TeamsTown.UntilAsync(() => Volatile.Read(ref refused) >= 1, () => "a refusal");
        town.Teams.Fault = _ => null;
        await town.SayAsync("ann", "status I-1");
        await town.MessageAsync("cancelled");
    }

    private void Search(string outlet, IEnumerable<(string Where, string Text)> texts, string control) => _canaries.ExpectNoneIn(outlet, texts, control, ConnectorServer.Secret);

    private static IEnumerable<(string Where, string Text)> SaidIn(ConnectorServer teams)
        => teams.Messages.Select(message => ("message", message.Activity.ToJsonString()))
            .Concat(teams.Calls.Select(call => ($"{call.Method} {call.RawPath}", call.Body?.ToJsonString() ?? "")))
            .Concat(teams.Files.Select(file => (file.Path, file.Text)));

    private Dictionary<string, string> Settings(TeamsTown town, TemporaryFolder folder, string connection)
    {
        var settings = town.Folder.Environment(outside: true);
        var ann = folder.Write("ann.token", _canaries.Of("ann"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(ann, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        settings["Policy__File"] = folder.Write("policy.yaml", File.ReadAllText(settings["Policy__File"])
            .Replace("name: Ann,", $"name: Ann, console: {{ tokenFile: {ann} }},", StringComparison.Ordinal).Replace("transcript]", "transcript, note]", StringComparison.Ordinal));
        settings["Inventory__File"] = folder.Write("inventory.yaml", $"{File.ReadAllText(settings["Inventory__File"]).TrimEnd()}\n  - {{ name: liar, address: 192.0.2.1, user: ops }}\n");
        settings["Ssh__ConfigFile"] = folder.Write("ssh_config", $"""
            Host 192.0.2.1 liar
              ProxyCommand sh -c 'echo "proxy says password={_canaries.Next()}" >&2; echo "token={_canaries.Next()} is no greeting"; echo "SSH-2.0-secret={_canaries.Next()}"; exit 3'
            {File.ReadAllText(settings["Ssh__ConfigFile"])}
            """);
        settings["Storage__Provider"] = "Postgres";
        settings["Storage__ConnectionString"] = connection;
        settings["COB_PASSWORD"] = _canaries.Next();
        settings["Serilog__MinimumLevel__Default"] = "Verbose";
        settings["Serilog__WriteTo__Console__Args__restrictedToMinimumLevel"] = "Verbose";
        settings["Serilog__WriteTo__File__Name"] = "File";
        settings["Serilog__WriteTo__File__Args__path"] = Path.Combine(folder.Path, "bot.log");
        return settings;
    }

    private Process Start(Dictionary<string, string> settings, out Task<string> listening)
    {
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        listening = heard.Task;
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "chatopsbot"), ["serve"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

#pragma warning disable RS0030 // The program under test is a process.
        var service = Process.Start(start) ?? throw new InvalidOperationException("the program did not start");
#pragma warning restore RS0030
        DataReceivedEventHandler hear = (_, line) =>
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }

            if (Listening().Match(line.Data ?? "") is { Success: true } match)
            {
                heard.TrySetResult(match.Groups[1].Value);
            }
        };
        service.OutputDataReceived += hear;
        service.ErrorDataReceived += hear;
        service.BeginOutputReadLine();
        service.BeginErrorReadLine();
        return service;
    }

    private static Task<ProgramEnd> BotAsync(Dictionary<string, string> settings, params string[] arguments) => Programs.RunAsync([Path.Combine(AppContext.BaseDirectory, "chatopsbot"), .. arguments], settings);

    [GeneratedRegex("^listening on (.*)$")]
    private static partial Regex Listening();
}
