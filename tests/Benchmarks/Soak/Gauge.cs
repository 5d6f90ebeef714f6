using System.Globalization;

namespace ChatOpsBot.Benchmarks.Soak;

/// <summary>Memory, handles and database over time. The first fifth is warm-up and does not count.</summary>
/// <param name="service">The service.</param>
/// <param name="town">Where its files are.</param>
internal sealed class Gauge(Service service, Town town)
{
    private readonly List<Sample> _samples = [];

    /// <summary>Incidents at the end.</summary>
    public int Incidents => _samples.Count == 0 ? 0 : _samples[^1].Incidents;

    /// <summary>Slope of resident memory, MiB an hour.</summary>
    public double ResidentPerHour => Slope(sample => sample.Resident);

    /// <summary>Slope of open descriptors an hour.</summary>
    public double HandlesPerHour => Slope(sample => sample.Handles);

    /// <summary>Growth of the database's files for each incident more, KiB.</summary>
    public double KilobytesPerIncident => Counted is [var first, .., var last] && last.Incidents > first.Incidents ? (last.Database - first.Database) / (last.Incidents - first.Incidents) : 0;

    private List<Sample> Counted => _samples[(_samples.Count / 5)..];

    /// <summary>Looks every five seconds.</summary>
    public async Task RunAsync(Traffic traffic, CancellationToken over)
    {
        var (time, begin) = (TimeProvider.System, TimeProvider.System.GetTimestamp());
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(5), time, CancellationToken.None);
            var sample = new Sample(time.GetElapsedTime(begin).TotalHours, service.Resident, service.Handles, Size(), await traffic.NewestAsync());
            _samples.Add(sample);
            if (_samples.Count % 12 == 0)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sample.Hours * 60:0} min: {sample.Resident:0} MB, {sample.Handles} handles, database {sample.Database / 1024:0.0} MB, {sample.Incidents} incidents, {traffic.Sent} commands"));
            }
        }
    }

    private double Size() => new DirectoryInfo(town.Folder).GetFiles("bot.db*").Sum(file => file.Length) / 1024.0;

    /// <summary>Least squares over the samples that count.</summary>
    private double Slope(Func<Sample, double> value)
    {
        var counted = Counted;
        if (counted.Count < 2)
        {
            return 0;
        }

        var (x, y) = (counted.Average(sample => sample.Hours), counted.Average(value));
        return counted.Sum(sample => (sample.Hours - x) * (value(sample) - y)) / counted.Sum(sample => (sample.Hours - x) * (sample.Hours - x));
    }

    private sealed record Sample(double Hours, double Resident, int Handles, double Database, int Incidents);
}
