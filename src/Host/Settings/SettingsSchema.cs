using System.Globalization;
using ChatOpsBot.Adapters.Postgres;
using ChatOpsBot.Adapters.Slack;
using ChatOpsBot.Adapters.Sqlite;
using ChatOpsBot.Adapters.YamlFiles;
using ChatOpsBot.Application.Settings;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Host.Settings;

/// <summary>One setting that exists: its key, what it may hold and how it reaches the options.</summary>
/// <param name="Key">Path with colons.</param>
/// <param name="Apply">Puts a value into the options, or says what is wrong with it and what to do.</param>
/// <param name="Show">The value in force, for <c>doctor</c>.</param>
internal sealed record KnownSetting(string Key, Func<Setting, ProgramOptions, (string What, string Remedy)?> Apply, Func<ProgramOptions, string> Show)
{
    /// <summary>Whether its value must never be shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Whether it may be written as a list, or as one text with semicolons between.</summary>
    public bool IsList { get; init; }
}

/// <summary>All settings outside the <c>Serilog</c> section, one line each. A setting that is not listed here is refused.</summary>
internal static class SettingsSchema
{
    private const int MostHosts = 1000;

    private const int MostDays = 36_500;

    public static IReadOnlyList<KnownSetting> All { get; } =
    [
        new("Inventory:File", FileName((o, path) => o.Inventory.File = path), o => o.InventoryFile),
        new("Ssh:User", Login((o, user) => o.Ssh.User = user), o => o.Ssh.User ?? "(as ssh_config says)"),
        new("Ssh:IdentityFile", ExistingFile((o, path) => o.Ssh.IdentityFile = path), o => o.Ssh.IdentityFile ?? "(agent, ssh_config and default keys)"),
        new("Ssh:KnownHostsFile", ExistingFile((o, path) => o.Ssh.KnownHostsFile = path), o => o.Ssh.KnownHostsFile ?? "(the account's own)"),
        new("Ssh:ConfigFile", ExistingFile((o, path) => o.Ssh.ConfigFile = path), o => o.Ssh.ConfigFile ?? "(the account's own)"),
        new("Ssh:Sudo", Word<SudoUse>((o, use) => o.Ssh.Sudo = use), o => o.Ssh.Sudo.ToString()),
        new("Ssh:ConnectTimeout", Duration((o, limit) => o.Ssh.ConnectTimeout = limit), o => DurationText.Format(o.Ssh.ConnectTimeout)),
        new("Ssh:CommandTimeout", Duration((o, limit) => o.Ssh.CommandTimeout = limit), o => DurationText.Format(o.Ssh.CommandTimeout)),
        new("Ssh:MaxConcurrentHosts", Count(1, MostHosts, (o, count) => o.Ssh.MaxConcurrentHosts = count), o => o.Ssh.MaxConcurrentHosts.ToString(CultureInfo.InvariantCulture)),
        new("Policy:File", FileName((o, path) => o.Policy.File = path), o => o.Policy.File),
        new("Http:ConsoleUrls", Words((o, urls) => o.Http.ConsoleUrls = urls), o => Given(o.Http.ConsoleUrls)) { IsList = true },
        new("Http:IngressUrls", Words((o, urls) => o.Http.IngressUrls = urls), o => Given(o.Http.IngressUrls)) { IsList = true },
        new("Http:AllowedHosts", Words((o, hosts) => o.Http.AllowedHosts = hosts), o => Given(o.Http.AllowedHosts)) { IsList = true },
        new("Http:CertificateFile", ExistingFile((o, path) => o.Http.CertificateFile = path), o => Given(o.Http.CertificateFile)),
        new("Http:CertificateKeyFile", ExistingFile((o, path) => o.Http.CertificateKeyFile = path), o => Given(o.Http.CertificateKeyFile)),
        new("Storage:Provider", Word<StorageProvider>((o, provider) => o.Storage.Provider = provider), o => o.Storage.Provider.ToString()),
        new("Storage:ConnectionString", Text(Database), o => o.Storage.Provider == StorageProvider.Postgres ? o.Postgres.Shown() : o.Sqlite.ConnectionString),
        new("Storage:RetentionDays", Count(0, MostDays, (o, days) => o.Storage.RetentionDays = days), o => o.Storage.RetentionDays is 0 ? "0 (for ever)" : Number(o.Storage.RetentionDays)),
        new("Console:KeyFile", FileName((o, path) => o.Console.KeyFile = path), o => o.Console.KeyFile),
        new("Transcript:SigningKeyFile", FileName((o, path) => o.Transcript.SigningKeyFile = path), o => o.Transcript.SigningKeyFile),
        new("Guard:DeadlineSeconds", Count(GuardOptions.LeastSeconds, GuardOptions.MostSeconds, (o, seconds) => o.Guard.DeadlineSeconds = seconds), o => Number(o.Guard.DeadlineSeconds)),
        new("Scheduling:PollEvery", Duration((o, time) => o.Scheduling.PollEvery = time), o => DurationText.Format(o.Scheduling.PollEvery)),
        new("Scheduling:HostSlots", Count(1, MostHosts, (o, count) => o.Scheduling.HostSlots = count), o => Number(o.Scheduling.HostSlots)),
        new("Scheduling:ApprovalExpires", Duration((o, time) => o.Scheduling.ApprovalExpires = time), o => DurationText.Format(o.Scheduling.ApprovalExpires)),
        new("Scheduling:WatchFor", Duration((o, time) => o.Scheduling.WatchFor = time), o => DurationText.Format(o.Scheduling.WatchFor)),
        new("Runbooks:Directory", FileName((o, path) => o.Runbooks.Directory = path), o => o.Runbooks.Directory),
        new("Slack:Mode", Word<SlackMode>((o, mode) => o.Slack.Mode = mode), o => o.Slack.Mode.ToString()),
        new("Slack:AppId", Words((o, id) => o.Slack.AppId = id), o => Given(o.Slack.AppId)),
        new("Slack:TeamIds", Words((o, ids) => o.Slack.TeamIds = ids), o => Given(o.Slack.TeamIds)) { IsList = true },
        new("Slack:BotToken", Secret((o, token) => o.Slack.BotToken = token), o => Given(o.Slack.BotToken)) { IsSecret = true },
        new("Slack:BotTokenFile", ExistingFile((o, path) => o.Slack.BotTokenFile = path), o => Given(o.Slack.BotTokenFile)),
        new("Slack:AppToken", Secret((o, token) => o.Slack.AppToken = token), o => Given(o.Slack.AppToken)) { IsSecret = true },
        new("Slack:AppTokenFile", ExistingFile((o, path) => o.Slack.AppTokenFile = path), o => Given(o.Slack.AppTokenFile)),
        new("Slack:SigningSecret", Secret((o, secret) => o.Slack.SigningSecret = secret), o => Given(o.Slack.SigningSecret)) { IsSecret = true },
        new("Slack:SigningSecretFile", ExistingFile((o, path) => o.Slack.SigningSecretFile = path), o => Given(o.Slack.SigningSecretFile)),
        new("Slack:PreviousSigningSecret", Secret((o, secret) => o.Slack.PreviousSigningSecret = secret), o => Given(o.Slack.PreviousSigningSecret)) { IsSecret = true },
        new("Slack:PreviousSigningSecretFile", ExistingFile((o, path) => o.Slack.PreviousSigningSecretFile = path), o => Given(o.Slack.PreviousSigningSecretFile)),
        new("Slack:Blocks", Word<SlackBlocks>((o, blocks) => o.Slack.Blocks = blocks), o => o.Slack.Blocks.ToString()),
        new("Slack:ApiBaseUrl", Words((o, url) => o.Slack.ApiBaseUrl = url), o => o.Slack.ApiBaseUrl),
        new("Teams:Enabled", Flag((o, on) => o.Teams.Enabled = on), o => YesNo(o.Teams.Enabled)),
        new("Teams:AppId", Words((o, id) => o.Teams.AppId = id), o => Given(o.Teams.AppId)),
        new("Teams:TenantId", Words((o, id) => o.Teams.TenantId = id), o => Given(o.Teams.TenantId)),
        new("Teams:AllowedTenantIds", Words((o, ids) => o.Teams.AllowedTenantIds = ids), o => Given(o.Teams.AllowedTenantIds)) { IsList = true },
        new("Teams:ClientSecret", Secret((o, secret) => o.Teams.ClientSecret = secret), o => Given(o.Teams.ClientSecret)) { IsSecret = true },
        new("Teams:ClientSecretFile", ExistingFile((o, path) => o.Teams.ClientSecretFile = path), o => Given(o.Teams.ClientSecretFile)),
        new("Teams:OpenIdMetadataUrl", Words((o, url) => o.Teams.OpenIdMetadataUrl = url), o => o.Teams.OpenIdMetadataUrl),
        new("Teams:LoginAuthority", Words((o, url) => o.Teams.LoginAuthority = url), o => o.Teams.LoginAuthority),
        new("Teams:AllowedServiceHosts", Words((o, hosts) => o.Teams.AllowedServiceHosts = hosts), o => Given(o.Teams.AllowedServiceHosts)) { IsList = true },
        new("Teams:AcceptOwnTenant", Flag((o, on) => o.Teams.AcceptOwnTenant = on), o => YesNo(o.Teams.AcceptOwnTenant)),
        new("Telemetry:OtlpEndpoint", Text(Collector), o => o.Telemetry.OtlpEndpoint?.ToString() ?? "(none)"),
        new("Telemetry:OtlpProtocol", Word<OtlpProtocol>((o, protocol) => o.Telemetry.OtlpProtocol = protocol), o => o.Telemetry.OtlpProtocol.ToString()),
    ];

    /// <summary>What the sections cannot work with as a whole.</summary>
    public static IEnumerable<SettingProblem> ProblemsOf(ProgramOptions options) =>
    [
        .. options.Http.Problems(options.IsDevelopment).Concat(options.Storage.Provider == StorageProvider.Postgres ? options.Postgres.Problems() : options.Sqlite.Problems()).Select(SettingProblem.OfSentence),
        .. options.Slack.ReadFiles().Concat(options.Slack.Problems(options.IsDevelopment)),
        .. options.Slack.Mode == SlackMode.Http && options.Http.IngressUrls.Length == 0
            ? [new SettingProblem("Http:IngressUrls", "Slack:Mode is Http, but nothing listens for Slack", "write for example [\"http://127.0.0.1:8081\"] behind a TLS proxy, and add its name to Http:AllowedHosts")]
            : Enumerable.Empty<SettingProblem>(),
        .. options.Teams.ReadFiles().Concat(options.Teams.Problems(options.IsDevelopment)),
        .. options.Teams.Enabled && options.Http.IngressUrls.Length == 0
            ? [new SettingProblem("Http:IngressUrls", "Teams:Enabled is true, but nothing listens for Teams", "write for example [\"http://127.0.0.1:8081\"] behind a TLS proxy, and add its name to Http:AllowedHosts")]
            : Enumerable.Empty<SettingProblem>(),
    ];

    private static (string What, string Remedy)? Database(Setting setting, ProgramOptions options)
    {
        if (!setting.Source.IsEnvironment && PostgresOptions.HoldsPassword(setting.Value))
        {
            return ("a password may not be written into a settings file", "set the environment variable Storage__ConnectionString, or write Passfile=FILE instead of the password (lines HOST:PORT:DATABASE:USER:PASSWORD, chmod 600)");
        }

        options.Postgres.ConnectionString = setting.Value;
        options.Sqlite.ConnectionString = SqliteOptions.Placed(setting.Value, setting.Source.BaseDirectory);
        return null;
    }

    private static (string What, string Remedy)? Collector(Setting setting, ProgramOptions options)
    {
        const string example = "write for example http://127.0.0.1:4317";
        if (!Uri.TryCreate(setting.Value, UriKind.Absolute, out var collector) || collector.Scheme is not ("http" or "https") || collector.UserInfo.Length > 0)
        {
            return ($"{Shown(setting)} is not the address of a collector", example);
        }

        if (collector.Scheme == "http" && !collector.IsLoopback && !options.IsDevelopment)
        {
            return ($"{Shown(setting)} would send names of hosts unencrypted over the network", "use https, or a collector on this machine (plain http is for the Development environment)");
        }

        options.Telemetry.OtlpEndpoint = collector;
        return null;
    }

    /// <summary>Several words: a list, or one text with semicolons between.</summary>
    private static Func<Setting, ProgramOptions, (string What, string Remedy)?> Words(Action<ProgramOptions, string> put)
        => Text((setting, options) =>
        {
            put(options, string.Join(';', setting.Value.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));
            return null;
        });

    /// <summary>A settings file is read by too many people and programs to hold a secret.</summary>
    private static Func<Setting, ProgramOptions, (string What, string Remedy)?> Secret(Action<ProgramOptions, string> put)
        => (setting, options) =>
        {
            if (setting.Kind != SettingKind.Text || setting.Value.Any(char.IsControl))
            {
                return ("this is not a text in one line", "copy it again");
            }

            if (!setting.Source.IsEnvironment)
            {
                return ("a secret may not be written into a settings file", $"set the environment variable {setting.Key.Replace(":", "__", StringComparison.Ordinal)}, or write it into a file of its own and name that in {setting.Key}File");
            }

            put(options, setting.Value);
            return null;
        };

    /// <summary>True or false; as text in the environment.</summary>
    private static Func<Setting, ProgramOptions, (string What, string Remedy)?> Flag(Action<ProgramOptions, bool> put)
        => (setting, options) =>
        {
            if (!bool.TryParse(setting.Value, out var on))
            {
                return ($"{Shown(setting)} is neither true nor false", "write true or false");
            }

            put(options, on);
            return null;
        };

    private static string YesNo(bool on) => on ? "true" : "false";

    private static string Given(string text) => text.Length == 0 ? "(none)" : text;

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static Func<Setting, ProgramOptions, (string What, string Remedy)?> Text(Func<Setting, ProgramOptions, (string What, string Remedy)?> apply)
        => (setting, options) => setting.Kind != SettingKind.Text ? ($"{Shown(setting)} is not a text", "put the value in double quotes")
            : setting.Value.Any(char.IsControl) ? ("the text holds a control character", "remove it")
            : apply(setting, options);

    private static Func<Setting, ProgramOptions, (string What, string Remedy)?> FileName(Action<ProgramOptions, string> put)
        => Text((setting, options) =>
        {
            put(options, PathText.Absolute(setting.Value, setting.Source.BaseDirectory));
            return null;
        });

    private static Func<Setting, ProgramOptions, (string What, string Remedy)?> ExistingFile(Action<ProgramOptions, string> put)
        => Text((setting, options) =>
        {
            var path = PathText.Absolute(setting.Value, setting.Source.BaseDirectory);
            if (PathText.WhyUnusable(path) is { } why)
            {
                return (why, "correct the path, create the file, or leave the setting empty");
            }

            put(options, path);
            return null;
        });

    private static Func<Setting, ProgramOptions, (string What, string Remedy)?> Login(Action<ProgramOptions, string> put)
        => Text((setting, options) =>
        {
            if (setting.Value.StartsWith('-') || setting.Value.Any(char.IsWhiteSpace))
            {
                return ($"{Shown(setting)} is not a login name", "write the name of an account on the hosts, without spaces and not beginning with a dash");
            }

            put(options, setting.Value);
            return null;
        });

    private static Func<Setting, ProgramOptions, (string What, string Remedy)?> Word<T>(Action<ProgramOptions, T> put)
        where T : struct, Enum
        => (setting, options) =>
        {
            var words = Enum.GetNames<T>();
            if (setting.Kind != SettingKind.Text || !EnumText.TryParse<T>(setting.Value, out var word))
            {
                return ($"{Shown(setting)} is not one of its words{NearestWord.Hint(setting.Value, words)}", $"write one of \"{string.Join("\", \"", words)}\"");
            }

            put(options, word);
            return null;
        };

    private static Func<Setting, ProgramOptions, (string What, string Remedy)?> Duration(Action<ProgramOptions, TimeSpan> put)
        => (setting, options) =>
        {
            if (setting.Kind is not (SettingKind.Text or SettingKind.Number))
            {
                return ($"{Shown(setting)} is not a duration", $"write {DurationText.Examples}");
            }

            if (!DurationText.TryParse(setting.Value, out var duration, out var what))
            {
                return (what, $"write {DurationText.Examples}");
            }

            put(options, duration);
            return null;
        };

    private static Func<Setting, ProgramOptions, (string What, string Remedy)?> Count(int least, int most, Action<ProgramOptions, int> put)
        => (setting, options) =>
        {
            if (setting.Kind is not (SettingKind.Text or SettingKind.Number)
                || !int.TryParse(setting.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number < least
                || number > most)
            {
                return ($"{Shown(setting)} is not a number from {least} to {most}", $"write a whole number from {least} to {most}");
            }

            put(options, number);
            return null;
        };

    private static string Shown(Setting setting) => setting.Kind switch
    {
        SettingKind.Section => "an object",
        SettingKind.List => "a list",
        SettingKind.Text => $"\"{Quoted(setting.Value)}\"",
        _ => Quoted(setting.Value),
    };

    private static string Quoted(string text)
    {
        var safe = string.Concat(text.Take(60).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        return text.Length > 60 ? safe + "..." : safe;
    }
}
