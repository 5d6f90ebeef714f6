using ChatOpsBot.Host;
using ChatOpsBot.Host.Settings;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.CommandLine;

public sealed class SettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Load_ShippedFile_IsValidListsEverySettingAndHoldsTheDefaults()
    {
        var shipped = Load(RepositoryFiles.At("appsettings.json"));
        var bare = SettingsLoader.Load(Around([], "/") with { ProgramDirectory = RepositoryFiles.At() }, _folder.Write("bare.json", "{}"));

        Assert.Empty(shipped.Faults);
        Assert.Empty(bare.Faults);
        var written = SettingsFile.Read(RepositoryFiles.At("appsettings.json")).Settings.Select(setting => setting.Key).ToArray();
        foreach (var known in SettingsSchema.All)
        {
            Assert.Contains(known.Key, written);
            Assert.Equal(known.Show(bare.Options), known.Show(shipped.Options));
        }

        Assert.Equal(RepositoryFiles.At("inventory.yaml"), shipped.Options.InventoryFile);
    }

    [Fact]
    public void Load_RelativePaths_StartAtTheFileOrAtTheCurrentDirectory()
    {
        var key = _folder.Write("key", "");
        var file = _folder.Write("s.json", """{ "Inventory": { "File": "a/i.yaml" }, "Ssh": { "IdentityFile": "key" } }""");

        var loaded = Load(file, new() { ["Inventory__File"] = "b/i.yaml" }, currentDirectory: "/srv");

        Assert.Empty(loaded.Faults);
        Assert.Equal(key, loaded.Options.Ssh.IdentityFile);
        Assert.Equal("/srv/b/i.yaml", loaded.Options.InventoryFile);
        Assert.Equal("environment variable Inventory__File", loaded.Sources["Inventory:File"]);
        Assert.Equal($"{file}:1", loaded.Sources["Ssh:IdentityFile"]);
        Assert.Equal("default", loaded.Sources["Ssh:Sudo"]);
    }

    [Fact]
    public void Load_CommentsAndTrailingCommas_AreAllowed()
    {
        var loaded = Load(_folder.Write("s.json", "{ // a reason\n \"Ssh\": { \"ConnectTimeout\": 7, /* odd */ }, }"));

        Assert.Empty(loaded.Faults);
        Assert.Equal(TimeSpan.FromSeconds(7), loaded.Options.Ssh.ConnectTimeout);
    }

    [Fact]
    public void Load_KeysInAnotherCase_AreTheSameKeys()
    {
        var loaded = Load(_folder.Write("s.json", """{ "ssh": { "user": "ops" } }"""), new() { ["SSH__USER"] = "root" });

        Assert.Empty(loaded.Faults);
        Assert.Equal("root", loaded.Options.Ssh.User);
    }

    [Fact]
    public void Load_NoFileBesideTheProgram_TakesTheDefaults()
    {
        var loaded = SettingsLoader.Load(Around([], "/"), settingsFile: null);

        Assert.Empty(loaded.Faults);
        Assert.Equal(Path.Combine(_folder.Path, "inventory.yaml"), loaded.Options.InventoryFile);
    }

    [Fact]
    public void Load_Lists_ComeAsListOrAsTextAndTheLaterSourceReplacesTheWhole()
    {
        var file = _folder.Write("s.json", """{ "Http": { "ConsoleUrls": ["http://127.0.0.1:1", "http://127.0.0.1:2"], "IngressUrls": "http://127.0.0.1:5; http://127.0.0.1:6" } }""");

        var alone = Load(file);
        var byText = Load(file, new() { ["Http__ConsoleUrls"] = "http://127.0.0.1:3" });
        var byIndex = Load(file, new() { ["Http__ConsoleUrls__0"] = "http://127.0.0.1:4" });

        Assert.Empty(alone.Faults.Concat(byText.Faults).Concat(byIndex.Faults));
        Assert.Equal("http://127.0.0.1:1;http://127.0.0.1:2", alone.Options.Http.ConsoleUrls);
        Assert.Equal("http://127.0.0.1:5;http://127.0.0.1:6", alone.Options.Http.IngressUrls);
        Assert.Equal("http://127.0.0.1:3", byText.Options.Http.ConsoleUrls);
        Assert.Equal("http://127.0.0.1:4", byIndex.Options.Http.ConsoleUrls);
        Assert.Equal("environment variable Http__ConsoleUrls__0", byIndex.Sources["Http:ConsoleUrls"]);
    }

    [Fact]
    public void Load_LooserThanProductionAllows_OnlyInDevelopment()
    {
        var file = _folder.Write("s.json", """{ "Http": { "ConsoleUrls": "http://0.0.0.0:8080" } }""");

        Assert.Single(Load(file).Faults);
        Assert.Single(Load(file, new() { ["DOTNET_ENVIRONMENT"] = "Staging" }).Faults);
        Assert.Empty(Load(file, new() { ["DOTNET_ENVIRONMENT"] = "Development" }).Faults);
    }

    [Fact]
    public void Load_DatabaseFile_StartsAtTheSettingsFile()
    {
        var loaded = Load(_folder.Write("s.json", """{ "Storage": { "ConnectionString": "Data Source=state/x.db" } }"""));

        Assert.Empty(loaded.Faults);
        Assert.Equal(Path.Combine(_folder.Path, "state", "x.db"), loaded.Options.Sqlite.File());
    }

    [Fact]
    public void Load_Postgres_TakesThePasswordFromTheEnvironment_AndNeverShowsIt()
    {
        var file = _folder.Write("s.json", """{ "Storage": { "Provider": "Postgres" } }""");
        var loaded = Load(file, new() { ["Storage__ConnectionString"] = "Host=db1;Database=bot;Username=ann;Password=hunter2" });

        Assert.Empty(loaded.Faults);
        Assert.Equal("ann@db1:5432/bot", SettingsSchema.All.Single(known => known.Key == "Storage:ConnectionString").Show(loaded.Options));
        Assert.Empty(Load(_folder.Write("p.json", """{ "Storage": { "Provider": "Postgres", "ConnectionString": "Host=db1;Database=bot;Username=ann;Passfile=/etc/pgpass" } }""")).Faults);
    }

    [Theory]
    [InlineData("Host=db1;Database=bot;Username=ann;Password=hunter2", "a password may not be written into a settings file")]
    [InlineData("Host=db1;Database=bot;Username=ann;PWD=hunter2", "a password may not be written into a settings file")]
    [InlineData("Database=bot;Username=ann", "names no Host")]
    [InlineData("Host=db1;Colour=hunter2", "is not a PostgreSQL connection string")]
    public void Load_PostgresWrong_SaysSoWithoutTheSecret(string connectionString, string message)
    {
        var fault = Assert.Single(Load(_folder.Write("s.json", $$"""{ "Storage": { "Provider": "Postgres", "ConnectionString": "{{connectionString}}" } }""")).Faults).ToString();

        Assert.Contains(message, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NamedFileMissing_IsAFault()
        => Assert.Contains("there is no such file", Assert.Single(Load("/nonexistent/s.json").Faults).ToString());

    [Fact]
    public void Load_OtherPeoplesVariables_AreNotOurs()
        => Assert.Empty(SettingsLoader.Load(Around(new() { ["SSH_CONNECTION"] = "x", ["Foo__Bar"] = "y", ["Ssh"] = "z" }, "/"), null).Faults);

    [Fact]
    public void Read_RandomMutationsOfTheShippedFile_NeverThrow()
    {
        var original = File.ReadAllBytes(RepositoryFiles.At("appsettings.json"));
        var random = new Random(7);
        for (var round = 0; round < 1_000; round++)
        {
            var bytes = original.ToArray();
            for (var edit = random.Next(1, 6); edit > 0; edit--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var path = Path.Combine(_folder.Path, "mutated.json");
            File.WriteAllBytes(path, bytes[..random.Next(bytes.Length + 1)]);

            Assert.All(Load(path).Faults, fault => Assert.StartsWith(path, fault.Source));
        }
    }

    [Fact]
    public void Load_SecretSettings_AreMarked()
        => Assert.All(
            SettingsSchema.All,
            known => Assert.Equal((known.Key.Contains("Token", StringComparison.Ordinal) || known.Key.Contains("Secret", StringComparison.Ordinal)) && !known.Key.EndsWith("File", StringComparison.Ordinal), known.IsSecret));

    [Fact]
    [Trait("Requirement", "SEC-15")]
    public void Load_SecretOfSlack_IsTakenFromEnvironmentOrAFileOfItsOwnOnly()
    {
        var fault = Assert.Single(Load(_folder.Write("s.json", """{ "Slack": { "BotToken": "xoxb-1" } }""")).Faults);
        Assert.Equal("Slack:BotToken", fault.Key);
        Assert.Contains("Slack__BotToken", fault.Remedy);
        Assert.DoesNotContain("xoxb-1", fault.ToString());

        _folder.Write("token", "xoxb-2\n");
        var good = Load(
            _folder.Write("t.json", """{ "Slack": { "Mode": "SocketMode", "AppId": "A1", "TeamIds": ["T1", "T2"], "BotTokenFile": "token" } }"""), new() { ["Slack__AppToken"] = "xapp-1" });
        Assert.Empty(good.Faults);
        Assert.Equal("xoxb-2", good.Options.Slack.BotToken);
        Assert.Equal("T1;T2", good.Options.Slack.TeamIds);
    }

    [Fact]
    [Trait("Requirement", "IN-6")]
    public void Load_SlackTestPeerOrNoListener_IsRefusedInProduction()
    {
        var faults = Load(
            _folder.Write("s.json", """{ "Slack": { "Mode": "Http", "AppId": "A1", "TeamIds": ["T1"], "ApiBaseUrl": "http://127.0.0.1:1/api/" } }"""),
            new() { ["Slack__BotToken"] = "xoxb-1", ["Slack__SigningSecret"] = "0123456789abcdef" }).Faults;
        Assert.Equal(["Http:IngressUrls", "Slack:ApiBaseUrl"], faults.Select(fault => fault.Key).Order());
    }

    public void Dispose() => _folder.Dispose();

    private LoadedSettings Load(string file, Dictionary<string, string>? environment = null, string currentDirectory = "/")
        => SettingsLoader.Load(Around(environment ?? [], currentDirectory), file);

    private Surroundings Around(Dictionary<string, string> environment, string currentDirectory) => new()
    {
        Out = TextWriter.Null,
        Error = TextWriter.Null,
        Environment = environment,
        CurrentDirectory = currentDirectory,
        ProgramDirectory = _folder.Path,
    };
}
