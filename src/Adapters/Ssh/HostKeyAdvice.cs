using System.Text.RegularExpressions;

using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>What a person is told when a host key is unknown or has changed.</summary>
internal static partial class HostKeyAdvice
{
    private const string Compare =
        "Compare the fingerprint with the host's own over another way first (on its console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub)";

    /// <summary>For a key in no file: the line to add.</summary>
    public static async Task<string> UnknownAsync(SshClient client, ClientSetting setting, HostTarget target, string said, CancellationToken cancellationToken)
    {
        var file = target.Route.KnownHostsFile ?? "~/.ssh/known_hosts";
        if (await HostKeyReader.ReadAsync(client, setting, target, cancellationToken) is HostKeyOutcome.Offered key)
        {
            return $"the key of {target.Name} is in no known hosts file. It presents {key.Algorithm} {key.Fingerprint}. {Compare}; "
                + $"if they are equal, add this line to {file}:\n{key.KnownHostsLine}";
        }

        // The target's own key can be read, so this is a key on the way to it.
        var named = UnknownName().Match(said) is { Success: true } match ? HostText.Printable(match.Groups[1].Value) : "a jump host";
        return $"the key of {named}, on the way to {target.Name}, is in no known hosts file. {Compare}; get the line for {file} with: {KeyScan(named)}";
    }

    /// <summary>For a key other than the one on file: both.</summary>
    public static string Changed(HostTarget target, string said)
    {
        var now = NewFingerprint().Match(said) is { Success: true } presented ? $" It presents {presented.Groups[1].Value}." : "";
        var before = "";
        if (Offending().Match(said) is { Success: true } place)
        {
            var (file, line) = (place.Groups[1].Value, int.Parse(place.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture));
            var known = KeyAt(file, line);
            before = $" On file is {(known is null ? "another key" : known.Fingerprint)}, {HostText.Printable(file)}:{line}.";
        }

        return $"the key of {target.Name} is not the one on file.{now}{before} Either the host was installed anew, or another machine answers in its place. "
            + $"{Compare}; replace the line only if they are equal";
    }

    private static HostKeyOutcome.Offered? KeyAt(string file, int line)
    {
        try
        {
            return File.ReadLines(file).Skip(line - 1).Select(HostKeyReader.Parse).FirstOrDefault();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string KeyScan(string named)
        => BracketedName().Match(named) is { Success: true } match
            ? $"ssh-keyscan -p {match.Groups[2].Value} {match.Groups[1].Value}"
            : $"ssh-keyscan {named}";

    [GeneratedRegex(@"No \S+ host key is known for (\S+) and you have requested")]
    private static partial Regex UnknownName();

    [GeneratedRegex(@"key sent by the remote host is\s+(SHA256:[A-Za-z0-9+/]+)")]
    private static partial Regex NewFingerprint();

    [GeneratedRegex(@"Offending \S+ key in (.+?):(\d{1,9})\s")]
    private static partial Regex Offending();

    [GeneratedRegex(@"\A\[(.+)\]:(\d+)\z")]
    private static partial Regex BracketedName();
}
