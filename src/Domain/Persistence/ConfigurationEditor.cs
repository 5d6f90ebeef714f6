using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Evidence.Configuration;

namespace ChatOpsBot.Domain.Persistence;

/// <summary>
/// Finds the right file of the right manager for what was repaired, and its new text. Only the lines that matter change; what it is not sure of it refuses with a sentence.
/// Pure: the same files give the same text.
/// </summary>
public static partial class ConfigurationEditor
{
    private const string ByHand = "change the configuration by hand";

    /// <summary>The edit, or why there is none.</summary>
    /// <param name="change">What is to stay.</param>
    /// <param name="intent">The configuration as read.</param>
    /// <param name="isProxmox">Whether the host is one of Proxmox, whose tools own the file.</param>
    public static EditOutcome Edit(KeptChange change, NetworkIntent intent, bool isProxmox)
    {
        if (change is KeptChange.FramesUnfiltered)
        {
            return SysctlEditor.Edit(intent.Sources.Settings);
        }

        if (!intent.Unread.IsEmpty)
        {
            return Cannot($"not all of the configuration could be read ({intent.Unread[0]}{(intent.Unread.Length > 1 ? ", ..." : "")})", "let the account read it, or correct the file");
        }

        var files = ManagerFiles.Of(intent.Sources.Network);
        var claims = files.Claims(change.Links);
        if (claims.Length != 1)
        {
            return claims.IsEmpty
                ? Cannot($"no configuration file of ifupdown, netplan, networkd or NetworkManager names {string.Join(" or ", change.Links)}", "find out what sets them up at boot, and change that")
                : Cannot($"several managers name {string.Join(" or ", change.Links)}: {string.Join(", ", claims)}", "leave them to one of these, then ask again");
        }

        var manager = claims[0];
        if (isProxmox && manager == IfupdownFiles.Manager)
        {
            return Cannot("/etc/network/interfaces of a Proxmox host belongs to its own tools", "change it in the web interface under Network, or by hand together with interfaces.new");
        }

        if (WhyAsleep(manager, intent.Sources) is { } asleep)
        {
            return Cannot(asleep, "find out what sets the links up at boot, and change that");
        }

        EditOutcome outcome;
        try
        {
            outcome = manager switch
            {
                IfupdownFiles.Manager => new IfupdownEditor(files.Ifupdown).Edit(change),
                NetplanFiles.Manager => new NetplanEditor(files.Netplan).Edit(change),
                NetworkdFiles.Manager => new NetworkdEditor(files.Networkd).Edit(change),
                _ => new NetworkManagerEditor(files.NetworkManager).Edit(change),
            };
        }
        catch (NotEditableException e)
        {
            return Cannot(e.Message, e.Remedy);
        }

        return outcome is EditOutcome.Edited edited ? Judge(change, files, edited, intent.Sources) : outcome;
    }

    private static EditOutcome.CannotTell Cannot(string why, string remedy) => new(why, remedy);

    /// <summary>Looks at what an editor made: may the file be written at all, and does our own reader find in it what was meant, and nothing else?</summary>
    private static EditOutcome Judge(KeptChange change, ManagerFiles files, EditOutcome.Edited edited, ConfigurationSources sources)
    {
        var edits = ImmutableArray.CreateBuilder<FileEdit>();
        foreach (var edit in edited.Edits)
        {
            if (WhyForeign(edit) is var (why, remedy))
            {
                return Cannot(why, remedy);
            }

            edits.Add(edit with
            {
                Check = edited.Manager switch
                {
                    IfupdownFiles.Manager when sources.Programs.Contains("ifup") => FileCheck.Ifup,
                    NetplanFiles.Manager when sources.Programs.Contains("netplan") => FileCheck.Netplan,
                    NetworkManagerProfiles.Manager when sources.NmcliChecksOffline => FileCheck.Nmcli,
                    _ => FileCheck.None,
                },
            });
        }

        if (ReadBack.WhyWrong(change, files, edited) is { } wrong)
        {
            return Cannot($"{edited.Edits[0].Path} holds something that the editor does not understand: {wrong}", ByHand);
        }

        return new EditOutcome.Edited(edited.Manager, edits.ToImmutable()) { Remark = edited.Remark };
    }

    private static string? WhyAsleep(string manager, ConfigurationSources sources) => manager switch
    {
        NetworkdFiles.Manager when !sources.Daemons.Contains("systemd-network") => "only files of systemd-networkd name it, and systemd-networkd does not run here",
        NetworkManagerProfiles.Manager when !sources.Daemons.Contains("NetworkManager") => "only profiles of NetworkManager name it, and NetworkManager does not run here",
        _ => null,
    };

    private static (string Why, string Remedy)? WhyForeign(FileEdit edit)
    {
        if (!edit.Path.StartsWith("/etc/", StringComparison.Ordinal))
        {
            return ($"{edit.Path} is not below /etc, so something else writes it", "change it where it comes from");
        }

        if (edit.Old is null)
        {
            return null;
        }

        var head = edit.Old.Split('\n').Where(line => line.TrimStart().StartsWith('#')).Take(20).ToArray();
        if (edit.Name.Contains("cloud-init", StringComparison.Ordinal) || head.Any(line => line.Contains("cloud-init", StringComparison.OrdinalIgnoreCase) || line.Contains("information provided by the datasource", StringComparison.OrdinalIgnoreCase)))
        {
            return ($"cloud-init writes {edit.Path}, so a change there may be gone after the next boot", "change what cloud-init is given, or keep it from the network with network: {config: disabled} in /etc/cloud/cloud.cfg.d");
        }

        return head.FirstOrDefault(line => Generated().IsMatch(line)) is { } says
            ? ($"{edit.Path} says that something else writes it: {says.Trim()}", "change it where it comes from")
            : null;
    }

    [GeneratedRegex(@"\b(?:auto-?)?generated\s+(?:by|from|with)\b|\bautogenerated\b|\bdo\s+not\s+(?:edit|modify|change)\b|\b(?:managed|maintained|controlled|deployed)\s+by\b|\bansible[ _]managed\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Generated();
}

/// <summary>An editor met a construct that it does not understand, or cannot tell what is meant.</summary>
internal sealed class NotEditableException(string why, string remedy = "change the configuration by hand") : Exception(why)
{
    /// <summary>What a person can do.</summary>
    public string Remedy { get; } = remedy;
}
