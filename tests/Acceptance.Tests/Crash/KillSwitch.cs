using System.Diagnostics;
using System.Text;

namespace ChatOpsBot.Acceptance.Tests.Crash;

/// <summary>Counts the points that a process passes, writes each down before it goes on, and at the ordered one ends the process as by SIGKILL.</summary>
/// <param name="at">Where to end it; empty for nowhere.</param>
/// <param name="log">The file of the points, one to a line.</param>
internal sealed class KillSwitch(string at, string log) : IDisposable
{
    private readonly Lock _writing = new();
    private readonly Dictionary<string, int> _calls = new(StringComparer.Ordinal);
    private readonly FileStream _log = new(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    /// <summary>The name of the next call of that kind: its kind and how often it has been made.</summary>
    public string Next(string kind)
    {
        lock (_writing)
        {
            var number = _calls[kind] = _calls.GetValueOrDefault(kind) + 1;
            return $"{kind} #{number}";
        }
    }

    /// <summary>Passes a point, or ends here.</summary>
    public void Pass(string point)
    {
        lock (_writing)
        {
            _log.Write(Encoding.UTF8.GetBytes(point + "\n"));
            if (point == at)
            {
#pragma warning disable RS0030 // The process under test ends itself, without a chance to say anything.
                using var self = Process.GetCurrentProcess();
#pragma warning restore RS0030
                self.Kill();
                self.WaitForExit();
            }
        }
    }

    /// <summary>Whether it is to end in the midst of that call.</summary>
    public bool EndsAmid(string call) => at == $"{call} {KillPoints.Amid}";

    public void Dispose() => _log.Dispose();
}
