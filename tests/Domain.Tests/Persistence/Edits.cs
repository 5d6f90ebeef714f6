using System.Text;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Persistence;
using ChatOpsBot.Domain.Tests.Evidence;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Persistence;

/// <summary>Configuration files as the host's section brings them, and what becomes of them.</summary>
internal static class Edits
{
    public static EditOutcome Of(KeptChange change, params ReadOnlySpan<(string Path, string Text)> files) => ConfigurationEditor.Edit(change, Intent("ifup netplan nmcli NetworkManager+systemd-network", files), isProxmox: false);

    public static NetworkIntent Intent(string tools, params ReadOnlySpan<(string Path, string Text)> files)
    {
        var (network, settings) = (new StringBuilder(), new StringBuilder());
        var (hashes, settingHashes) = (new StringBuilder(), new StringBuilder());
        foreach (var (path, text) in files)
        {
            var isSetting = path.EndsWith(".rules", StringComparison.Ordinal) || path.Contains("sysctl", StringComparison.Ordinal);
            var lines = (text.EndsWith('\n') ? text[..^1] : text).Split('\n').Select((line, index) => $"{path}\0{index + 1}:{line}\n");
            (isSetting ? settings : network).AppendJoin("", lines);
            (isSetting ? settingHashes : hashes).Append($"{ConfigurationFile.HashOf(text)}  {path}\n");
        }

        return Collected.Known(ConfigEvidence.Source.Read(Collected.Section(
            "e.cfg",
            Collected.Part("files", network.ToString()),
            Collected.Part("hashes", hashes.ToString()),
            Collected.Part("settings", settings.ToString()),
            Collected.Part("settinghashes", settingHashes.ToString()),
            Collected.Part("tools", tools),
            Collected.Part("nmcliversion", "nmcli tool, version 1.42.4\n"))));
    }

    /// <summary>The one edit.</summary>
    public static FileEdit One(EditOutcome outcome)
        => Assert.Single((outcome as EditOutcome.Edited ?? throw new Xunit.Sdk.XunitException($"expected an edit, got {outcome}")).Edits);

    public static string Refusal(EditOutcome outcome)
        => (outcome as EditOutcome.CannotTell ?? throw new Xunit.Sdk.XunitException($"expected a refusal, got {outcome}")).Why;

    public static string Already(EditOutcome outcome)
        => (outcome as EditOutcome.Already ?? throw new Xunit.Sdk.XunitException($"expected already, got {outcome}")).Where;
}
