using System.Collections.Immutable;
using ChatOpsBot.Application.Settings;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Adapters.Ssh;
using Microsoft.Extensions.Configuration;

namespace ChatOpsBot.Host.Settings;

/// <summary>What loading the settings gave.</summary>
/// <param name="Options">The settings in force; not to be used when there are faults.</param>
/// <param name="Serilog">The logging section.</param>
/// <param name="Sources">Where each known setting comes from, by key.</param>
/// <param name="Faults">Everything that is wrong, all at once.</param>
internal sealed record LoadedSettings(ProgramOptions Options, IConfiguration Serilog, ImmutableSortedDictionary<string, string> Sources, ImmutableArray<SettingFault> Faults);

/// <summary>Puts defaults, the settings file and environment variables on top of each other and checks the whole.</summary>
internal static class SettingsLoader
{
    /// <summary>Name of the settings file beside the program.</summary>
    public const string FileName = "appsettings.json";

    private static readonly string[] s_keys = [.. SettingsSchema.All.Select(known => known.Key)];

    private static readonly string[] s_sections = [.. SettingsSchema.All.Select(known => known.Key.Split(':')[0]).Distinct(), SerilogSection.Name];

    /// <summary>Loads the settings.</summary>
    /// <param name="surroundings">Directories and environment of the process.</param>
    /// <param name="settingsFile">The file named on the command line, or <see langword="null"/> for the one beside the program, which may be missing.</param>
    public static LoadedSettings Load(Surroundings surroundings, string? settingsFile)
    {
        var faults = new List<SettingFault>();
        var merged = new SortedDictionary<string, Setting>(StringComparer.OrdinalIgnoreCase);
        Put(merged, ReadFile(surroundings, settingsFile, faults));
        var environment = ReadEnvironment(surroundings, faults);
        Put(merged, environment);

        JoinLists(merged, faults);
        var options = ProgramOptions.DefaultsIn(surroundings.ProgramDirectory, surroundings.IsDevelopment);
        Check(merged, faults);
        foreach (var known in SettingsSchema.All)
        {
            if (merged.TryGetValue(known.Key, out var setting) && !setting.IsUnset && known.Apply(setting, options) is (var what, var remedy))
            {
                faults.Add(new(setting.Source.Text, known.Key, what, remedy));
            }
        }

        var serilog = SerilogSection.Read(merged.Values, faults);
        var sources = SettingsSchema.All.ToImmutableSortedDictionary(
            known => known.Key,
            known => merged.TryGetValue(known.Key, out var setting) && !setting.IsUnset ? setting.Source.Text : "default");
        // What the parts themselves cannot work with; a key whose text was refused above has said enough.
        var problems = SshOptionsValidator.FaultsOf(options.Ssh).Select(fault => new SettingProblem(fault.Key, fault.Problem, fault.Remedy)).Concat(SettingsSchema.ProblemsOf(options));
        faults.AddRange([..
            from problem in problems
            where !faults.Any(other => other.Key.Equals(problem.Key, StringComparison.OrdinalIgnoreCase))
            select new SettingFault(sources.GetValueOrDefault(problem.Key) ?? "default", problem.Key, problem.What, problem.Remedy)]);
        return new(options, serilog, sources, [.. faults]);
    }

    private static IReadOnlyList<Setting> ReadFile(Surroundings surroundings, string? settingsFile, List<SettingFault> faults)
    {
        var path = settingsFile is null ? Path.Combine(surroundings.ProgramDirectory, FileName) : Path.GetFullPath(settingsFile, surroundings.CurrentDirectory);
        if (settingsFile is null && !File.Exists(path))
        {
            return [];
        }

        var (settings, wrong) = SettingsFile.Read(path);
        faults.AddRange(wrong);
        return settings;
    }

    /// <summary>Variables of our own sections only: the environment is full of others' names.</summary>
    private static List<Setting> ReadEnvironment(Surroundings surroundings, List<SettingFault> faults)
    {
        var settings = new List<Setting>();
        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in surroundings.Environment.OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            var key = name.Replace("__", ":", StringComparison.Ordinal);
            if (!key.Contains(':') || !s_sections.Contains(key.Split(':')[0], StringComparer.OrdinalIgnoreCase))
            {
                continue;
            }

            var source = $"environment variable {name}";
            if (!seen.TryAdd(key, name))
            {
                faults.Add(new(source, key, $"the variable {seen[key]} sets the same, only in another case", "keep one of the two"));
                continue;
            }

            settings.Add(new(key, value, SettingKind.Text, new(source, surroundings.CurrentDirectory) { IsEnvironment = true }));
        }

        return settings;
    }

    private static void Put(SortedDictionary<string, Setting> merged, IEnumerable<Setting> settings)
    {
        var all = settings.ToArray();
        foreach (var list in SettingsSchema.All.Where(known => known.IsList).Select(known => known.Key))
        {
            // A list replaces what an earlier source said as a whole; half of one and half of the other is what nobody meant.
            if (all.Any(setting => IsOrLiesIn(setting.Key, list)))
            {
                foreach (var older in merged.Keys.Where(key => IsOrLiesIn(key, list)).ToArray())
                {
                    merged.Remove(older);
                }
            }
        }

        foreach (var setting in all)
        {
            merged[setting.Key] = setting;
        }
    }

    private static bool IsOrLiesIn(string key, string list)
        => key.Equals(list, StringComparison.OrdinalIgnoreCase) || key.StartsWith(list + ":", StringComparison.OrdinalIgnoreCase);

    /// <summary>Makes of each list the one text that its setting takes.</summary>
    private static void JoinLists(SortedDictionary<string, Setting> merged, List<SettingFault> faults)
    {
        foreach (var list in SettingsSchema.All.Where(known => known.IsList).Select(known => known.Key))
        {
            var items = merged.Where(entry => entry.Key.StartsWith(list + ":", StringComparison.OrdinalIgnoreCase)).Select(entry => entry.Value).ToArray();
            if (merged.TryGetValue(list, out var written) && written.Kind is not (SettingKind.List or SettingKind.Null))
            {
                continue;
            }

            foreach (var item in items)
            {
                merged.Remove(item.Key);
                if (item.Kind != SettingKind.Text || !int.TryParse(item.Key[(list.Length + 1)..], System.Globalization.NumberStyles.None, null, out _))
                {
                    faults.Add(new(item.Source.Text, item.Key, "the list may hold texts only", "write [\"one\", \"two\"]"));
                }
            }

            if (written is { Kind: SettingKind.List } || items.Length > 0)
            {
                // A list without anything in it says "none", which is not the same as leaving the default in force.
                var text = string.Join(';', items.OrderBy(item => item.Key.Length).ThenBy(item => item.Key, StringComparer.Ordinal).Select(item => item.Value));
                merged[list] = new(list, text.Length == 0 ? ";" : text, SettingKind.Text, (written ?? items[0]).Source);
            }
        }
    }

    /// <summary>A misspelt key must not silently leave a default in force.</summary>
    private static void Check(SortedDictionary<string, Setting> merged, List<SettingFault> faults)
    {
        foreach (var setting in merged.Values)
        {
            var section = setting.Key.Split(':')[0];
            if (!s_sections.Contains(section, StringComparer.OrdinalIgnoreCase))
            {
                // One fault for the section; its keys need no further ones.
                if (setting.Key == section)
                {
                    faults.Add(new(setting.Source.Text, section, $"there is no such section{NearestWord.Hint(section, s_sections)}", $"use one of {string.Join(", ", s_sections)}, or remove it"));
                }
            }
            else if (setting.Key.Length == section.Length)
            {
                if (setting.Kind is not (SettingKind.Section or SettingKind.Null))
                {
                    faults.Add(new(setting.Source.Text, section, "this is a section, so it has to be an object", $"write \"{section}\": {{ ... }}"));
                }
            }
            else if (!IsSerilog(section) && !s_keys.Contains(setting.Key, StringComparer.OrdinalIgnoreCase) && !LiesInReported(setting.Key, merged))
            {
                var names = s_keys.Where(key => key.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase)).Select(key => key[(section.Length + 1)..]).ToArray();
                faults.Add(new(setting.Source.Text, setting.Key, $"there is no such setting{NearestWord.Hint(setting.Key[(section.Length + 1)..], names)}", $"use one of {string.Join(", ", names)}, or remove it"));
            }
        }
    }

    private static bool IsSerilog(string section) => section.Equals(SerilogSection.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the setting above it is an object or list that is at fault itself.</summary>
    private static bool LiesInReported(string key, SortedDictionary<string, Setting> merged)
        => merged.TryGetValue(key[..key.LastIndexOf(':')], out var above) && above.Kind is SettingKind.Section or SettingKind.List && above.Key.Contains(':');
}
