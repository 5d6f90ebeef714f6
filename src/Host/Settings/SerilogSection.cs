using System.Globalization;
using System.Text.RegularExpressions;
using ChatOpsBot.Adapters.YamlFiles;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Host.Logging;
using Microsoft.Extensions.Configuration;
using Serilog;
using Serilog.Events;

namespace ChatOpsBot.Host.Settings;

/// <summary>
/// The <c>Serilog</c> section. The logging library ignores whatever it does not understand, so the part of its language that this program uses is
/// checked here first: minimum levels and the sinks Console and File. Console lines go to standard error, whatever the section says, and files are JSON.
/// </summary>
internal static partial class SerilogSection
{
    public const string Name = "Serilog";

    private static readonly string[] s_sinks = ["Console", "File"];

    private static readonly Dictionary<string, Func<Setting, string?>> s_consoleArguments = new(StringComparer.OrdinalIgnoreCase)
    {
        ["restrictedToMinimumLevel"] = Level,
    };

    private static readonly Dictionary<string, Func<Setting, string?>> s_fileArguments = new(StringComparer.OrdinalIgnoreCase)
    {
        ["path"] = _ => null,
        ["rollingInterval"] = setting => Words<RollingInterval>(setting),
        ["retainedFileCountLimit"] = Number,
        ["fileSizeLimitBytes"] = Number,
        ["rollOnFileSizeLimit"] = Flag,
        ["restrictedToMinimumLevel"] = Level,
    };

    /// <summary>Checks the section and puts it into the form that the logging library reads.</summary>
    public static IConfiguration Read(IEnumerable<Setting> settings, List<SettingFault> faults)
    {
        var ours = settings.Where(setting => setting.Key.StartsWith(Name + ":", StringComparison.OrdinalIgnoreCase) && !setting.IsUnset).ToArray();
        var ready = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Serilog:MinimumLevel:Default"] = "Information",
        };
        foreach (var setting in ours.Where(setting => setting.Kind is not (SettingKind.Section or SettingKind.List)))
        {
            Take(setting, ours, ready, faults);
        }

        foreach (var setting in ours.Where(setting => SinkPattern().IsMatch(setting.Key) && setting.Kind == SettingKind.Section))
        {
            CheckName(setting.Key, ours, setting, faults);
        }

        PlaceFiles(ours, ready, faults);
        return new ConfigurationBuilder().AddInMemoryCollection(ready).Build();
    }

    private static void Take(Setting setting, Setting[] ours, Dictionary<string, string?> ready, List<SettingFault> faults)
    {
        if (LevelPattern().Match(setting.Key) is { Success: true } level)
        {
            Report(setting, Level(setting), faults);
            ready[level.Groups["of"].Success ? setting.Key : "Serilog:MinimumLevel:Default"] = setting.Value;
        }
        else if (ArgumentPattern().Match(setting.Key) is { Success: true } argument)
        {
            var arguments = NameOf(argument.Groups["sink"].Value, ours)?.Value == "File" ? s_fileArguments : s_consoleArguments;
            TakeArgument(setting, argument.Groups["argument"].Value, arguments, ready, faults);
        }
        else if (SinkNamePattern().IsMatch(setting.Key))
        {
            ready[setting.Key] = setting.Value;
        }
        else
        {
            faults.Add(new(setting.Source.Text, setting.Key, "there is no such setting", "use MinimumLevel:Default, MinimumLevel:Override:NAME, WriteTo:Console and WriteTo:File with Name and Args, or remove it"));
        }
    }

    private static void TakeArgument(
        Setting setting, string argument, Dictionary<string, Func<Setting, string?>> arguments, Dictionary<string, string?> ready, List<SettingFault> faults)
    {
        if (arguments.TryGetValue(argument, out var check))
        {
            Report(setting, check(setting), faults);
            ready[setting.Key] = setting.Value;
        }
        else
        {
            faults.Add(new(setting.Source.Text, setting.Key, $"this sink has no argument {argument}{NearestWord.Hint(argument, arguments.Keys)}", $"use one of {string.Join(", ", arguments.Keys)}, or remove it"));
        }
    }

    private static Setting? NameOf(string sink, Setting[] ours) => Array.Find(ours, setting => setting.Key.Equals(sink + ":Name", StringComparison.OrdinalIgnoreCase));

    private static void CheckName(string sink, Setting[] ours, Setting at, List<SettingFault> faults)
    {
        if (NameOf(sink, ours) is not { } name)
        {
            faults.Add(new(at.Source.Text, sink, "this sink has no Name", "add \"Name\": \"Console\" or \"Name\": \"File\""));
        }
        else if (!s_sinks.Contains(name.Value, StringComparer.Ordinal))
        {
            faults.Add(new(name.Source.Text, name.Key, $"\"{name.Value}\" is no sink of this program{NearestWord.Hint(name.Value, s_sinks)}", "write \"Console\" or \"File\""));
        }
    }

    /// <summary>A file sink without a path is off. The others get an absolute path in a folder that can be written to, and the JSON form.</summary>
    private static void PlaceFiles(Setting[] ours, Dictionary<string, string?> ready, List<SettingFault> faults)
    {
        foreach (var sink in ready.Keys.Where(key => SinkNamePattern().IsMatch(key)).Select(key => key[..^":Name".Length]).ToArray())
        {
            if (ready[sink + ":Name"] == "Console")
            {
                ready[sink + ":Args:standardErrorFromLevel"] = nameof(LogEventLevel.Verbose);
                ready[sink + ":Args:formatter"] = typeof(SafeLineFormatter).AssemblyQualifiedName;
                continue;
            }

            var path = Array.Find(ours, setting => setting.Key.Equals(sink + ":Args:path", StringComparison.OrdinalIgnoreCase));
            if (path is null)
            {
                foreach (var key in ready.Keys.Where(key => key.StartsWith(sink + ":", StringComparison.OrdinalIgnoreCase)).ToArray())
                {
                    ready.Remove(key);
                }

                continue;
            }

            var full = PathText.Absolute(path.Value, path.Source.BaseDirectory);
            if (WhyNotWritable(Path.GetDirectoryName(full) ?? "/") is { } why)
            {
                faults.Add(new(path.Source.Text, path.Key, why, "name a folder that this account may write to, or leave the path empty to write no log file"));
            }

            ready[path.Key] = full;
            ready[sink + ":Args:formatter"] = typeof(SafeJsonFormatter).AssemblyQualifiedName;
        }
    }

    private static string? WhyNotWritable(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            using var probe = new FileStream(Path.Combine(directory, $".chatopsbot-{Environment.ProcessId}"), FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"log files cannot be written to {directory} ({e.Message})";
        }
    }

    private static void Report(Setting setting, string? remedy, List<SettingFault> faults)
    {
        if (remedy is not null)
        {
            faults.Add(new(setting.Source.Text, setting.Key, $"\"{setting.Value}\" cannot be used here", remedy));
        }
    }

    private static string? Level(Setting setting) => Words<LogEventLevel>(setting);

    private static string? Words<T>(Setting setting)
        where T : struct, Enum
        => EnumText.TryParse<T>(setting.Value, out _) ? null : $"write one of {string.Join(", ", Enum.GetNames<T>())}";

    private static string? Number(Setting setting)
        => long.TryParse(setting.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= int.MaxValue ? null : "write a whole number from 1 on";

    private static string? Flag(Setting setting) => setting.Value.ToLowerInvariant() is "true" or "false" ? null : "write true or false";

    [GeneratedRegex(@"\ASerilog:MinimumLevel(:Default|(?<of>:Override:[^:]+))?\z", RegexOptions.IgnoreCase)]
    private static partial Regex LevelPattern();

    [GeneratedRegex(@"\ASerilog:WriteTo:[^:]+\z", RegexOptions.IgnoreCase)]
    private static partial Regex SinkPattern();

    [GeneratedRegex(@"\ASerilog:WriteTo:[^:]+:Name\z", RegexOptions.IgnoreCase)]
    private static partial Regex SinkNamePattern();

    [GeneratedRegex(@"\A(?<sink>Serilog:WriteTo:[^:]+):Args:(?<argument>[^:]+)\z", RegexOptions.IgnoreCase)]
    private static partial Regex ArgumentPattern();
}
