using System.Globalization;
using ChatOpsBot.Adapters.Console.Terminal;
using ChatOpsBot.Domain.Evidence;
using Serilog.Events;
using Serilog.Formatting;

namespace ChatOpsBot.Host.Logging;

/// <summary>One line per event for the terminal. Messages may quote hosts and what failed, so neither control characters nor secrets get through.</summary>
public sealed class SafeLineFormatter : ITextFormatter
{
    /// <inheritdoc/>
    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write(logEvent.Timestamp.ToString("HH:mm:ss", CultureInfo.InvariantCulture));
        output.Write(' ');
        output.Write(logEvent.Level.ToString().ToLowerInvariant());
        output.Write(": ");
        output.WriteLine(HostText.Line(Masking.Mask(logEvent.RenderMessage(CultureInfo.InvariantCulture)), int.MaxValue));
        if (logEvent.Exception is { } exception)
        {
            output.WriteLine(HostText.Lines(Masking.Mask(exception.ToString())));
        }
    }
}
