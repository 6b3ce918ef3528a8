using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using OrleansPool.Benchmarks.Alloc;
using OrleansPool.Client.Telemetry;

namespace OrleansPool.Benchmarks.Telemetry;

/// <summary>A subject that runs while OpenTelemetry listens to meter and activities as in a silo, and collects four times a second.</summary>
internal sealed class CollectedSubject(IAllocSubject subject) : IAllocSubject
{
    private const int CollectionMilliseconds = 250;

    public string Name => subject.Name;

    public string? Skipped => subject.Skipped;

    public (TimeSpan Elapsed, long AllocatedBytes) Run(int threadCount, long operationsPerThread)
    {
        using TracerProvider traces = Sdk.CreateTracerProviderBuilder().AddSource(PoolTelemetry.Name).Build();
        using MeterProvider meters = Sdk.CreateMeterProviderBuilder()
            .AddMeter(PoolTelemetry.Name)
            .AddReader(new PeriodicExportingMetricReader(new NowhereExporter(), CollectionMilliseconds))
            .Build();
        return subject.Run(threadCount, operationsPerThread);
    }

    public long[] Sample(int threadCount, long operationsPerThread) => subject.Sample(threadCount, operationsPerThread);

    private sealed class NowhereExporter : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;
    }
}
