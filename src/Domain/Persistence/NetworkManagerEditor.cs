using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Evidence.Configuration;

namespace ChatOpsBot.Domain.Persistence;

/// <summary>Edits connection profiles of NetworkManager. It makes no new ones: their UUIDs are NetworkManager's to give.</summary>
internal sealed class NetworkManagerEditor(ImmutableArray<ConfigurationFile> files)
{
    private readonly ImmutableArray<IniFile> _profiles = [.. ManagerFiles.Lines(files).Select(IniFile.Read)];

    public EditOutcome Edit(KeptChange change) => change switch
    {
        KeptChange.LinkUp c => LinkUp(c),
        KeptChange.BridgePort c => BridgePort(c),
        KeptChange.SpanningTreeOff c => Setting(c.Bridge, "stp", "false"),
        KeptChange.ForwardDelay c => Setting(c.Bridge, "forward-delay", c.Seconds.ToString(CultureInfo.InvariantCulture)),
        _ => throw new NotEditableException("an address is moved by hand where NetworkManager has it", "nmcli connection modify does it"),
    };

    private EditOutcome LinkUp(KeptChange.LinkUp change)
    {
        var profile = One(change.Link);
        if (ConfigText.Switch(profile.Last("connection", "autoconnect")) != false)
        {
            return new EditOutcome.Already(profile.Path);
        }

        var text = Text(profile);
        text.Set("connection", "autoconnect", "true");
        return Done(text);
    }

    private EditOutcome BridgePort(KeptChange.BridgePort change)
    {
        var profile = One(change.Link);
        var bridge = One(change.Bridge);
        var master = profile.Last("connection", "controller") ?? profile.Last("connection", "master");
        if (master is not null)
        {
            return master == change.Bridge || master == bridge.Last("connection", "uuid")
                ? new EditOutcome.Already(profile.Path)
                : throw new NotEditableException($"{profile.Path} makes {change.Link} a port of {master}");
        }

        if (profile.Last("connection", "type") is not ("ethernet" or "802-3-ethernet") || profile.Entries.Any(entry => entry.Section is "ipv4" or "ipv6" && entry.Key.StartsWith("address", StringComparison.Ordinal)))
        {
            throw new NotEditableException($"{profile.Path} is not of type ethernet or has an address, which would be dead on a port");
        }

        var text = Text(profile);
        text.Set("connection", "master", change.Bridge);
        text.Set("connection", "slave-type", "bridge");
        return Done(text);
    }

    private EditOutcome Setting(string bridge, string key, string value)
    {
        var profile = One(bridge);
        if (profile.Last("connection", "type") != "bridge")
        {
            throw new NotEditableException($"{profile.Path} is not of type bridge");
        }

        if (profile.Last("bridge", key) is { } has && (has == value || (key == "stp" && ConfigText.Switch(has) == false)))
        {
            return new EditOutcome.Already(profile.Path);
        }

        var text = Text(profile);
        text.Set("bridge", key, value);
        return Done(text);
    }

    private IniFile One(string link)
    {
        var all = _profiles.Where(profile => profile.Last("connection", "interface-name") == link).ToArray();
        return all.Length == 1 ? all[0] : throw new NotEditableException(
            all.Length == 0 ? $"no profile of NetworkManager names {link}" : $"several profiles of NetworkManager name {link}", "nmcli connection shows and changes them");
    }

    private IniText Text(IniFile profile) => new(files.First(file => file.Path == profile.Path));

    private static EditOutcome.Edited Done(IniText text) => new(NetworkManagerProfiles.Manager, [new(text.Path, text.Old, text.New, FileCheck.None)]);
}
