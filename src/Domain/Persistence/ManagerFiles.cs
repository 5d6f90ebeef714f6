using System.Collections.Immutable;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Evidence.Configuration;

namespace ChatOpsBot.Domain.Persistence;

/// <summary>The configuration files by manager; what netplan has written for others is left out.</summary>
/// <param name="Ifupdown">Those that <c>/etc/network/interfaces</c> reaches.</param>
/// <param name="Netplan">In force.</param>
/// <param name="Networkd">All that were read.</param>
/// <param name="NetworkManager">All that were read.</param>
internal sealed record ManagerFiles(
    ImmutableArray<ConfigurationFile> Ifupdown, ImmutableArray<ConfigurationFile> Netplan, ImmutableArray<ConfigurationFile> Networkd, ImmutableArray<ConfigurationFile> NetworkManager)
{
    public static ManagerFiles Of(ImmutableArray<ConfigurationFile> files)
    {
        var read = Lines(files);
        var reached = IfupdownFiles.Reached([.. read.Where(file => !ConfigEvidence.IsNetplan(file) && !ConfigEvidence.IsNetworkd(file) && !ConfigEvidence.IsNetworkManager(file))]);
        return new(
            [.. reached.Select(file => files.First(source => source.Path == file.Path))],
            Pick(ConfigEvidence.IsNetplan),
            [.. Pick(ConfigEvidence.IsNetworkd).Where(file => !file.Path.StartsWith("/run/systemd/network/10-netplan-", StringComparison.Ordinal))],
            [.. Pick(ConfigEvidence.IsNetworkManager).Where(file => !file.Path.StartsWith("/run/NetworkManager/system-connections/netplan-", StringComparison.Ordinal))]);

        ImmutableArray<ConfigurationFile> Pick(Func<ConfigFile, bool> which) => [.. files.Zip(read).Where(pair => which(pair.Second)).Select(pair => pair.First)];
    }

    /// <summary>The files as the readers of configuration take them.</summary>
    public static ImmutableArray<ConfigFile> Lines(ImmutableArray<ConfigurationFile> files)
        => [.. files.Select(file => new ConfigFile(file.Path, [.. file.Lines.Select((text, index) => new ConfigLine($"{file.Path}:{index + 1}", text))]))];

    /// <summary>The managers whose files name one of the links.</summary>
    public ImmutableArray<string> Claims(ImmutableArray<string> links)
        => [.. Intents().Where(pair => links.Any(link => Names(pair.Intent, link))).Select(pair => pair.Manager)];

    /// <summary>What the files of a manager intend.</summary>
    public ManagerIntent Intent(string manager) => manager switch
    {
        IfupdownFiles.Manager => IfupdownFiles.Read(Lines(Ifupdown)),
        NetplanFiles.Manager => NetplanFiles.Read(Lines(Netplan)),
        NetworkdFiles.Manager => NetworkdFiles.Read(Lines(Networkd), []),
        _ => NetworkManagerProfiles.Read(Lines(NetworkManager)),
    };

    /// <summary>The same files with one of them, or a new one, of another text.</summary>
    public ManagerFiles With(string manager, FileEdit edit)
    {
        return manager switch
        {
            IfupdownFiles.Manager => this with { Ifupdown = Put(Ifupdown) },
            NetplanFiles.Manager => this with { Netplan = Put(Netplan) },
            NetworkdFiles.Manager => this with { Networkd = Put(Networkd) },
            _ => this with { NetworkManager = Put(NetworkManager) },
        };

        ImmutableArray<ConfigurationFile> Put(ImmutableArray<ConfigurationFile> files)
        {
            var text = edit.New.EndsWith('\n') ? edit.New[..^1] : edit.New;
            var changed = new ConfigurationFile(edit.Path, [.. text.Split('\n')], edit.After);
            var at = files.IndexOf(files.FirstOrDefault(file => file.Path == edit.Path) ?? changed);
            return at < 0 ? files.Add(changed) : files.SetItem(at, changed);
        }
    }

    private static bool Names(ManagerIntent intent, string link)
        => intent.Interfaces.Contains(link) || intent.Bridges.Any(bridge => bridge.Name == link || bridge.Ports.Contains(link));

    private IEnumerable<(string Manager, ManagerIntent Intent)> Intents()
        => from manager in new[] { IfupdownFiles.Manager, NetplanFiles.Manager, NetworkdFiles.Manager, NetworkManagerProfiles.Manager }
           select (manager, Intent(manager));
}
