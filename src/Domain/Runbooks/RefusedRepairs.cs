using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>A repair that is often recommended and that this program never proposes.</summary>
/// <param name="Name">What it is, in a few words.</param>
/// <param name="Why">Why it is refused.</param>
/// <param name="Instead">What to do instead.</param>
/// <param name="Faults">Fault ids that it is offered for, or that it causes.</param>
public sealed record RefusedRepair(string Name, string Why, string Instead, ImmutableArray<string> Faults);

/// <summary>
/// The repairs that are refused wherever they turn up: in a runbook's step, in a plan, in what a person asks to be explained. Two of them cause the very fault
/// that they are offered for, two cut off whoever uses them.
/// </summary>
public static partial class RefusedRepairs
{
    private static RefusedRepair Netfilter { get; } = new(
        "loading br_netfilter, or setting bridge-nf-call to 1",
        "loading br_netfilter switches the filtering of bridged frames on (bridge-nf-call-iptables is 1 by default): the frames of guests then meet the FORWARD chain, which drops them wherever a container engine or a firewall set its policy to DROP",
        "leave it unloaded; where it has to be loaded, net.bridge.bridge-nf-call-iptables=0, or a rule that accepts what stays on the bridge",
        ["nf.forward-drop-on-bridge", "kernel.feature-missing"]);

    private static RefusedRepair Bounce { get; } = new(
        "taking the whole bridge down and up",
        "taking a whole bridge down cuts off every guest on it and drops the host's routes and IPv6 addresses; over the same path nobody is left to take it up again",
        "change the one port that is wrong; to forget one learned address: bridge fdb del ADDRESS dev PORT master",
        ["bridge.down", "bridge.vnet-detached"]);

    private static RefusedRepair Restart { get; } = new(
        "restarting the network service",
        "restarting a network service tears taps off their bridges (bridge.vnet-detached) and can end the very session that does it; as a first repair it hides the cause",
        "change the one link that is wrong; for the configuration: test it first (ifup --no-act, netplan generate), then make it stay",
        ["bridge.vnet-detached", "host.manager-took-port"]);

    private static RefusedRepair OneAddress { get; } = new(
        "a port security limit of 1",
        "a limit of one address on the host's switch port admits the host and cuts off every guest, for each bridged guest has an address of its own",
        "set the limit to guests + host + spare, or switch port security off on ports of virtualisation hosts",
        ["switch.port-security"]);

    /// <summary>Why a command is refused, or <see langword="null"/>. A shell's program counts like the commands in it.</summary>
    /// <param name="vector">The program and its arguments.</param>
    /// <param name="isBridge">Whether an argument is the name of a bridge.</param>
    public static RefusedRepair? OfCommand(IReadOnlyList<string> vector, Func<string, bool> isBridge)
    {
        if (vector.Count == 0)
        {
            return null;
        }

        for (var i = 0; i < vector.Count; i++)
        {
            if (Placeholders.IsShellText(vector, i))
            {
                return OfShell(vector[i], [.. vector.Skip(i + 1)], isBridge);
            }
        }

        var words = vector.Select((word, index) => index == 0 ? word[(word.LastIndexOf('/') + 1)..] : word).ToArray();
        var line = string.Join(' ', words);
        return Loads().IsMatch(line) ? Netfilter
            : Restarts().IsMatch(line) ? Restart
            : Limits().IsMatch(line) ? OneAddress
            : words[0] == "ip" && words.Contains("link") && words.Contains("set") && words.Contains("down") && words.Where((_, index) => words[Math.Max(0, index - 1)] != "master").Any(isBridge) ? Bounce
            : words[0] is "ifdown" or "ifconfig" && words.Any(isBridge) && (words[0] == "ifdown" || words.Contains("down")) ? Bounce
            : null;
    }

    /// <summary>Which refused repair a text of a person is about, or <see langword="null"/>. No host is known here, so a bridge is told by its name.</summary>
    public static RefusedRepair? OfText(string text)
        => Loads().IsMatch(text) ? Netfilter
            : Restarts().IsMatch(text) ? Restart
            : Limits().IsMatch(text) ? OneAddress
            : Bounces().IsMatch(text) ? Bounce
            : null;

    private static RefusedRepair? OfShell(string program, string[] arguments, Func<string, bool> isBridge)
    {
        if (Loads().IsMatch(program))
        {
            return Netfilter;
        }

        // The arguments are data, but a program that is handed a service to restart restarts it.
        if (Restarts().IsMatch(program) || Restarts().IsMatch(Filled(program, arguments)))
        {
            return Restart;
        }

        if (Limits().IsMatch(Filled(program, arguments)))
        {
            return OneAddress;
        }

        return SetsDown().Matches(program).Select(match => match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value).Any(word => isBridge(word.StartsWith('$') ? Positional(word, arguments) : word)) ? Bounce : null;
    }

    // $0 is the name that the shell is given, so $1 is the argument after it.
    private static string Positional(string word, string[] arguments)
        => int.TryParse(word.Trim('$', '{', '}'), out var number) && number < arguments.Length ? arguments[number] : "";

    private static string Filled(string program, string[] arguments) => Parameter().Replace(program, match => Positional(match.Value.Trim('"'), arguments));

    [GeneratedRegex(@"\b(?:modprobe|insmod|modules-load|/etc/modules\S*)\b.*\bbr[_-]netfilter\b|\bbr[_-]netfilter\b.*(?:modules-load|/etc/modules)|\bbridge-nf-call-\w+\s*=\s*1\b|\becho\s+[""']?1[""']?\s*>+\s*\S*bridge-nf-call", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Loads();

    [GeneratedRegex(@"\b(?:systemctl|service|rc-service|invoke-rc\.d)\b(?=.*\b(?:restart|stop|reload-or-restart|try-restart|force-reload)\b).*\b(?:networking|network|network-manager|networkmanager|systemd-networkd|wicked|netctl)(?:\.service)?\b|/etc/init\.d/net\S*\s+(?:restart|stop)\b|\bnmcli\s+n(?:etworking)?\s+off\b|\bifdown\s+(?:-a|--all)\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Restarts();

    [GeneratedRegex(@"\bmax(?:imum)?[ -]mac(?:[ -](?:addresses|address|count))*\s*[:=]?\s*1(?![\d.])|\bport[ -]security\s+(?:maximum|max|limit|max-mac-count)\s*[:=]?\s*1(?![\d.])|\bport[ -]security\s+limit\s+(?:of\s+)?1(?![\d.])", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Limits();

    [GeneratedRegex(@"\bip\s+(?:-\S+\s+)*l(?:ink)?\s+set\s+(?:dev\s+)?(?:vm|vir|x|ovs)?br(?:idge)?[-\w]*\s+(?:\S+\s+)*?down\b|\b(?:ifdown|nmcli\s+c(?:on(?:nection)?)?\s+down|ifconfig)\s+(?:--\S+\s+)*(?:vm|vir|x|ovs)?br(?:idge)?[-\w]*\b(?!\s+up\b)", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Bounces();

    [GeneratedRegex(@"\bip\s+(?:-\S+\s+)*link\s+set\s+(?:dev\s+)?[""']?([^\s""']+)[""']?\s+down\b|\bifdown\s+(?:-\S+\s+)*[""']?([^\s""';&]+)", RegexOptions.None, 1000)]
    private static partial Regex SetsDown();

    [GeneratedRegex(@"""?\$\{?\d+\}?""?", RegexOptions.None, 1000)]
    private static partial Regex Parameter();
}
