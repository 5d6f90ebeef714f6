using System.Text;

namespace ChatOpsBot.Acceptance.Tests.Crash;

/// <summary>Counts the points that a process passes, writes each down before it goes on, and lets the ordered mishap befall it at the ordered one.</summary>
/// <param name="at">Where; empty for nowhere.</param>
/// <param name="befall">What happens there.</param>
/// <param name="log">The file of the points, one to a line.</param>
internal sealed class PointSwitch(string at, Action befall, string log) : IDisposable
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

    /// <summary>Passes a point; others wait meanwhile.</summary>
    public void Pass(string point)
    {
        lock (_writing)
        {
            _log.Write(Encoding.UTF8.GetBytes(point + "\n"));
            if (point == at)
            {
                befall();
            }
        }
    }

    /// <summary>Whether the mishap belongs into the midst of that call.</summary>
    public bool IsAmid(string call) => at == $"{call} {KillPoints.Amid}";

    public void Dispose() => _log.Dispose();
}
