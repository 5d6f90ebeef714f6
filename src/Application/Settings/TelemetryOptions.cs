namespace ChatOpsBot.Application.Settings;

/// <summary>Where metrics are sent besides <c>/metrics</c>; section <c>Telemetry</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Telemetry";

    /// <summary>An OpenTelemetry collector, for example <c>http://127.0.0.1:4317</c>; <see langword="null"/> sends nothing.</summary>
    public Uri? OtlpEndpoint { get; set; }

    /// <summary>How it is spoken to.</summary>
    public OtlpProtocol OtlpProtocol { get; set; } = OtlpProtocol.Grpc;
}

/// <summary>The wire forms of OTLP.</summary>
public enum OtlpProtocol
{
    /// <summary>gRPC, mostly on port 4317.</summary>
    Grpc,

    /// <summary>Protocol buffers over HTTP, mostly on port 4318.</summary>
    HttpProtobuf,
}
