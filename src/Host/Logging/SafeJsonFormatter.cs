using ChatOpsBot.Domain.Evidence;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Json;

namespace ChatOpsBot.Host.Logging;

/// <summary>One JSON object per event for files. Messages may quote hosts and what failed, so no secrets get through.</summary>
public sealed class SafeJsonFormatter : ITextFormatter
{
    private readonly JsonFormatter _json = new();

    /// <inheritdoc/>
    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var text = new StringWriter();
        _json.Format(logEvent, text);
        output.Write(Masking.Mask(text.ToString()));
    }
}
