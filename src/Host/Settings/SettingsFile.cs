using System.Text;
using System.Text.Json;
using ChatOpsBot.Adapters.YamlFiles;

namespace ChatOpsBot.Host.Settings;

/// <summary>
/// Reads a JSON settings file with the line of each value, which the configuration library does not keep. Comments and trailing commas are allowed;
/// a key that stands twice is a fault, also when its case differs.
/// </summary>
internal sealed class SettingsFile
{
    private const int DeepestNesting = 16;

    private readonly string _path;
    private readonly byte[] _bytes;
    private readonly List<Setting> _settings = [];
    private readonly List<SettingFault> _faults = [];

    private SettingsFile(string path, byte[] bytes)
    {
        _path = path;
        _bytes = bytes;
    }

    /// <summary>Reads a file that has to exist.</summary>
    public static (IReadOnlyList<Setting> Settings, IReadOnlyList<SettingFault> Faults) Read(string path)
    {
        var (text, fault) = StrictText.Read(path);
        if (fault is not null)
        {
            return ([], [new(fault.Line > 0 ? $"{fault.File}:{fault.Line}" : fault.File, "", fault.What, fault.Remedy)]);
        }

        var file = new SettingsFile(path, Encoding.UTF8.GetBytes(text));
        file.Read();
        return (file._settings, file._faults);
    }

    private void Read()
    {
        var json = new Utf8JsonReader(_bytes, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = DeepestNesting });
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                _faults.Add(new($"{_path}:1", "", "the file has to hold one JSON object", "begin with { and end with }"));
                return;
            }

            ReadObject(ref json, "");
            json.Read();
        }
        catch (JsonException e)
        {
            // The position counts from 0; the message repeats it in the library's own words, which is cut off.
            var what = e.Message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0].TrimEnd('.');
            _faults.Add(new($"{_path}:{(e.LineNumber ?? 0) + 1}", "", $"this is not valid JSON: {what}", "check commas, quotes and brackets of this and the line before"));
        }
        catch (InvalidOperationException)
        {
            // Text with an escaped half of a surrogate pair is valid JSON and yet no text.
            _faults.Add(new(Here(json.TokenStartIndex), "", "this text holds an incomplete Unicode escape", "write the character itself or a complete pair of escapes"));
        }
    }

    private void ReadObject(ref Utf8JsonReader json, string prefix)
    {
        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString() ?? "";
            var key = prefix.Length == 0 ? name : $"{prefix}:{name}";
            var here = Here(json.TokenStartIndex);
            if (!seen.TryAdd(name, here))
            {
                _faults.Add(new(here, key, $"the key stands here a second time (first in {seen[name]})", "keep one of the two"));
            }
            else if (name.Length == 0 || name.Contains(':'))
            {
                _faults.Add(new(here, key, "a key may be neither empty nor hold a colon", "write sections as nested objects"));
            }

            json.Read();
            ReadValue(ref json, key);
        }
    }

    private void ReadValue(ref Utf8JsonReader json, string key)
    {
        var source = new SettingSource(Here(json.TokenStartIndex), Path.GetDirectoryName(_path) ?? "/");
        switch (json.TokenType)
        {
            case JsonTokenType.StartObject:
                _settings.Add(new(key, "", SettingKind.Section, source));
                ReadObject(ref json, key);
                break;
            case JsonTokenType.StartArray:
                _settings.Add(new(key, "", SettingKind.List, source));
                for (var index = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; index++)
                {
                    ReadValue(ref json, $"{key}:{index}");
                }

                break;
            case JsonTokenType.String:
                _settings.Add(new(key, json.GetString() ?? "", SettingKind.Text, source));
                break;
            case JsonTokenType.Number:
                _settings.Add(new(key, Encoding.UTF8.GetString(json.ValueSpan), SettingKind.Number, source));
                break;
            case JsonTokenType.True or JsonTokenType.False:
                _settings.Add(new(key, json.GetBoolean() ? "true" : "false", SettingKind.Flag, source));
                break;
            default:
                _settings.Add(new(key, "", SettingKind.Null, source));
                break;
        }
    }

    private string Here(long offset) => $"{_path}:{_bytes.AsSpan(0, (int)offset).Count((byte)'\n') + 1}";
}
