using System.Diagnostics;
using System.Globalization;
using ChatOpsBot.Support;

namespace ChatOpsBot.Domain.Tests.FramePath;

/// <summary>A bridge br0 with the ports vnet0, vnet1 and eth0 in a namespace of its own, and a helper that sends frames through it.</summary>
internal sealed class KernelLab : IDisposable
{
    private static readonly string[] Tools = ["ip", "nft", "iptables-nft-restore", "iptables-nft-save", "ebtables-nft", "iptables-legacy-restore", "perl"];

    private readonly string _host;
    private readonly string _far;
    private readonly Process? _helper;

    private KernelLab(string name)
    {
        (_host, _far) = ($"cob-fw{name}", $"cob-ff{name}");
        Folder = Directory.CreateTempSubdirectory("cob-fw-").FullName;
        try
        {
            Sh($"""
                set -e
                ip netns add {_host}; ip netns add {_far}
                n='ip netns exec {_host}'; f='ip netns exec {_far}'
                $n sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
                $f sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
                $n ip link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0
                for p in vnet0 vnet1 eth0; do
                    ip -n {_host} link add $p type veth peer name far-$p netns {_far}
                    ip -n {_host} link set $p master br0 up
                    ip -n {_far} link set far-$p up
                done
                ip -n {_host} link set br0 up
                ip -n {_host} link set lo up
                """);
            _helper = Start("ip", ["netns", "exec", _far, "perl", RepositoryFiles.At("tests", "Domain.Tests", "FramePath", "frame-lab.pl"), _host, "far-vnet0", "far-vnet1", "far-eth0"]);
            Expect("ready");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where scripts and listings are kept until the end.</summary>
    public string Folder { get; }

    /// <summary>Why this machine cannot run a lab, or <see langword="null"/>.</summary>
    public static string? Obstacle()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "needs root for network namespaces";
        }

        var path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".Split(':');
        return Tools.FirstOrDefault(tool => !path.Any(folder => File.Exists(Path.Combine(folder, tool)))) is { } missing ? $"needs the program {missing}" : null;
    }

    public static KernelLab Create(string name) => new($"{name}{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Runs a script on the host.</summary>
    /// <returns>Its exit code.</returns>
    public int Run(string script)
    {
        var path = Path.Combine(Folder, "case.sh");
        File.WriteAllText(path, script);
        Say($"exec {path}");
        return int.Parse(Answer().Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Sends a frame that ends in eight bytes nobody else sends, and says whether it came out.</summary>
    public bool Passes(string inPort, string outPort, byte[] frame, int milliseconds)
    {
        Say(string.Create(CultureInfo.InvariantCulture, $"send far-{inPort} far-{outPort} {milliseconds} {Convert.ToHexString(frame)}"));
        return Answer() == "arrived";
    }

    public void Dispose()
    {
        if (_helper is not null)
        {
            _helper.StandardInput.Close();
            if (!_helper.WaitForExit(2000))
            {
                _helper.Kill();
            }

            _helper.Dispose();
        }

        using (var end = Start("sh", ["-c", $"ip netns del {_host}; ip netns del {_far}"]))
        {
            end.WaitForExit();
        }

        Directory.Delete(Folder, recursive: true);
    }

    private static void Sh(string script)
    {
        using var process = Start("sh", ["-c", script]);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"The lab could not be built: exit code {process.ExitCode.ToString(CultureInfo.InvariantCulture)}.");
        }
    }

    private void Say(string line)
    {
        _helper!.StandardInput.WriteLine(line); // The constructor has started it.
        _helper.StandardInput.Flush();
    }

    private string Answer() => _helper!.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The frame helper has ended."); // As above.

    private void Expect(string word)
    {
        if (Answer() != word)
        {
            throw new InvalidOperationException($"The frame helper did not say {word}.");
        }
    }

    private static Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
#pragma warning disable RS0030 // The test drives the real kernel through the real tools.
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
#pragma warning restore RS0030
    }
}
