using System.Diagnostics;
using System.Diagnostics.Metrics;
using ChatOpsBot.Adapters.Telemetry;
using ChatOpsBot.Application;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Telemetry;

public sealed class PrometheusTextTests : IDisposable
{
    private readonly Meter _meter = new($"test-{Guid.NewGuid()}");

    private readonly PrometheusText _text;

    public PrometheusTextTests() => _text = new(_meter.Name);

    [Fact]
    public void Render_Counter_AddsUpByLabelsAndIsThereBeforeTheFirst()
    {
        var counter = _meter.CreateCounter<long>("a.reads", description: "Reads.");
        Assert.Equal("# HELP a_reads_total Reads.\n# TYPE a_reads_total counter\na_reads_total 0\n", _text.Render());

        counter.Add(1, new KeyValuePair<string, object?>("outcome", "read"));
        counter.Add(2, new KeyValuePair<string, object?>("outcome", "read"));
        counter.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));

        Assert.EndsWith("a_reads_total{outcome=\"failed\"} 1\na_reads_total{outcome=\"read\"} 3\n", _text.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_Histogram_BucketsAreCumulative()
    {
        var histogram = _meter.CreateHistogram<double>("a.duration", "s", "Time.");
        foreach (var value in (double[])[0.0005, 0.3, 0.4, 1_000_000])
        {
            histogram.Record(value);
        }

        var text = _text.Render();

        Assert.Contains("a_duration_seconds_bucket{le=\"0.001\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("a_duration_seconds_bucket{le=\"0.5\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("a_duration_seconds_bucket{le=\"86400\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("a_duration_seconds_bucket{le=\"+Inf\"} 4\n", text, StringComparison.Ordinal);
        Assert.Contains("a_duration_seconds_sum 1000000.7005\na_duration_seconds_count 4\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_Gauge_IsTheLastValue()
    {
        var value = 1L;
        _meter.CreateObservableGauge("a.due", () => value, description: "Due.");
        _text.Render();
        value = 7;

        Assert.EndsWith("# TYPE a_due gauge\na_due 7\n", _text.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_HostileLabel_StaysOneLine()
    {
        _meter.CreateCounter<long>("a", description: "A.").Add(1, new KeyValuePair<string, object?>("x", "a\"b\\c\nd"));

        Assert.EndsWith("a_total{x=\"a\\\"b\\\\c\\nd\"} 1\n", _text.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_LabelsWithoutEnd_AreBounded()
    {
        var counter = _meter.CreateCounter<long>("a", description: "A.");
        for (var at = 0; at < 10_000; at++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("x", at));
        }

        Assert.True(_text.Render().Length < 20_000);
    }

    [Fact]
    public async Task Render_EverythingWeCount_IsAcceptedByPromtool()
    {
        using var text = new PrometheusText(Metrics.Name);
        foreach (var (_, happened) in IncidentSamples.Events())
        {
            Metrics.Happened(happened);
        }

        foreach (var (_, incident) in IncidentSamples.States().Where(state => state.Incident.EndedAt is not null))
        {
            Metrics.Ended(incident);
        }

        Metrics.Read(null, TimeSpan.FromMilliseconds(412));
        Metrics.Read(ShellFailureKind.Unreachable, TimeSpan.FromSeconds(10));
        Metrics.Settled(Lane.Chat(new("slack:T1/C1")), EffectEnd.GivenUp);
        Metrics.SetDue([new(Lane.Host, 2)]);
        Metrics.Stored("write", TimeSpan.FromMilliseconds(3), failed: true);
        var page = text.Render();

        Assert.Contains("chatopsbot_incidents_ended_total{end=\"revert-failed\"} ", page, StringComparison.Ordinal);
        Assert.Contains("chatopsbot_effects_due{lane=\"host\"} 2\n", page, StringComparison.Ordinal);
        Assert.Contains("chatopsbot_build_info{version=\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("slack", page, StringComparison.Ordinal);
        Assert.DoesNotContain("host42", page, StringComparison.Ordinal);
        var (code, said) = await PromtoolAsync(page);
        Assert.Equal("0: ", $"{code}: {said}");
    }

    public void Dispose()
    {
        _text.Dispose();
        _meter.Dispose();
    }

    private static async Task<(int ExitCode, string Said)> PromtoolAsync(string page)
    {
        if (!File.Exists("/usr/bin/promtool"))
        {
            Assert.Skip("promtool is not installed (Debian package prometheus)");
        }

#pragma warning disable RS0030 // a tool of the test, not of the program
        using var promtool = Process.Start(new ProcessStartInfo("/usr/bin/promtool", ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true });
#pragma warning restore RS0030
        Assert.NotNull(promtool);
        await promtool.StandardInput.WriteAsync(page);
        promtool.StandardInput.Close();
        var said = await promtool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await promtool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await promtool.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (promtool.ExitCode, said);
    }
}
