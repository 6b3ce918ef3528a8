using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OrleansPool.Client.Telemetry;

namespace OrleansPool.Silo.Hosting;

/// <summary>
/// What the silo tells the outside: the pool's instruments and Orleans' own, for Prometheus at <see cref="MetricsPath"/>, and both with
/// traces by OTLP where <see cref="OtlpEndpoint"/> is set. OpenTelemetry's own variables (OTEL_SERVICE_NAME, ...) hold.
/// </summary>
internal static class SiloTelemetry
{
    public const string MetricsPath = "/metrics";

    public const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string ServiceName = "orleanspool-silo";

    private static readonly string[] OrleansMeters = ["Microsoft.Orleans", "Orleans"];
    private static readonly string[] OrleansSources = ["Microsoft.Orleans.Application", "Microsoft.Orleans.Runtime"];

    public static void AddSiloTelemetry(this WebApplicationBuilder builder, string? nodeName)
    {
        OpenTelemetryBuilder telemetry = builder.Services.AddOpenTelemetry();
        telemetry.ConfigureResource(resource => resource
            .AddService(ServiceName, serviceInstanceId: nodeName ?? Environment.MachineName)
            .AddEnvironmentVariableDetector());
        telemetry.WithMetrics(metrics => metrics
            .AddMeter(PoolTelemetry.Name)
            .AddMeter(OrleansMeters)
            .AddPrometheusExporter());
        if (string.IsNullOrEmpty(builder.Configuration[OtlpEndpoint])) return;
        telemetry.WithTracing(tracing => tracing.AddSource(PoolTelemetry.Name).AddSource(OrleansSources));
        telemetry.UseOtlpExporter();
    }
}
