using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace ChatOpsBot.Adapters.Telemetry;

/// <summary>Listens to the meters of one name and writes what they counted in the Prometheus text format, version 0.0.4.</summary>
public sealed class PrometheusText : IDisposable
{
    /// <summary>More label sets of one instrument than any closed set of labels makes; a slip must not fill the memory.</summary>
    private const int MostSeries = 500;

    private static readonly double[] s_bounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86_400];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, Family> _families = new();

    /// <summary>Begins to listen.</summary>
    /// <param name="meter">Name of the meters.</param>
    public PrometheusText(string meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == meter)
            {
                _families[instrument] = new(instrument);
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => Take(instrument, value, labels));
        _listener.SetMeasurementEventCallback<int>((instrument, value, labels, _) => Take(instrument, value, labels));
        _listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => Take(instrument, value, labels));
        _listener.Start();
    }

    /// <summary>Everything counted so far, families in the order of their names.</summary>
    public string Render()
    {
        _listener.RecordObservableInstruments();
        var page = new StringBuilder();
        foreach (var family in _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal))
        {
            family.Write(page);
        }

        return page.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        if (_families.TryGetValue(instrument, out var family))
        {
            family.Take(value, Labels(labels));
        }
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in labels)
        {
            var escaped = Convert.ToString(value, CultureInfo.InvariantCulture)?.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append(text.Length == 0 ? "" : ",").Append(Named(name)).Append("=\"").Append(escaped).Append('"');
        }

        return text.ToString();
    }

    private static string Named(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>One instrument with all its series.</summary>
    private sealed class Family(Instrument instrument)
    {
        private readonly bool _isHistogram = instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal);
        private readonly bool _isCounter = instrument.GetType().Name.StartsWith("Counter", StringComparison.Ordinal);
        private readonly Dictionary<string, Series> _series = new(StringComparer.Ordinal);

        public string Name { get; } = Named(instrument.Name) + (instrument.Unit == "s" ? "_seconds" : "") + (instrument.GetType().Name.StartsWith("Counter", StringComparison.Ordinal) ? "_total" : "");

        public void Take(double value, string labels)
        {
            lock (_series)
            {
                if (!_series.TryGetValue(labels, out var series))
                {
                    if (_series.Count >= MostSeries)
                    {
                        return;
                    }

                    _series[labels] = series = new(_isHistogram ? new long[s_bounds.Length + 1] : []);
                }

                series.Count++;
                series.Value = _isHistogram || _isCounter ? series.Value + value : value;
                if (_isHistogram)
                {
                    var bucket = Array.FindIndex(s_bounds, bound => value <= bound);
                    series.Buckets[bucket < 0 ? s_bounds.Length : bucket]++;
                }
            }
        }

        public void Write(StringBuilder page)
        {
            lock (_series)
            {
                page.Append(CultureInfo.InvariantCulture, $"# HELP {Name} {instrument.Description?.Replace("\n", " ", StringComparison.Ordinal)}\n");
                page.Append(CultureInfo.InvariantCulture, $"# TYPE {Name} {(_isHistogram ? "histogram" : _isCounter ? "counter" : "gauge")}\n");
                foreach (var (labels, series) in _series.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                {
                    WriteSeries(page, labels, series);
                }

                // A counter that has counted nothing yet is there with 0, so that an alert on its growth has something to begin from.
                if (_isCounter && _series.Count == 0)
                {
                    page.Append(CultureInfo.InvariantCulture, $"{Name} 0\n");
                }
            }
        }

        private void WriteSeries(StringBuilder page, string labels, Series series)
        {
            var braces = labels.Length == 0 ? "" : $"{{{labels}}}";
            if (!_isHistogram)
            {
                page.Append(CultureInfo.InvariantCulture, $"{Name}{braces} {Number(series.Value)}\n");
                return;
            }

            var sum = 0L;
            for (var bucket = 0; bucket <= s_bounds.Length; bucket++)
            {
                sum += series.Buckets[bucket];
                var bound = bucket == s_bounds.Length ? double.PositiveInfinity : s_bounds[bucket];
                page.Append(CultureInfo.InvariantCulture, $"{Name}_bucket{{{labels}{(labels.Length == 0 ? "" : ",")}le=\"{Number(bound)}\"}} {sum}\n");
            }

            page.Append(CultureInfo.InvariantCulture, $"{Name}_sum{braces} {Number(series.Value)}\n{Name}_count{braces} {series.Count}\n");
        }
    }

    /// <summary>The value of one set of labels; for a histogram the sum.</summary>
    private sealed class Series(long[] buckets)
    {
        public long[] Buckets { get; } = buckets;

        public long Count { get; set; }

        public double Value { get; set; }
    }
}
