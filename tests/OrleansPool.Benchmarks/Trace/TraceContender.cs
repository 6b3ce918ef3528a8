using HdrHistogram;
using OrleansPool.Benchmarks.Compare;
using OrleansPool.Benchmarks.Processes;
using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Benchmarks.Trace;

/// <summary>
/// Serves a trace as its service does: blocks that are still there are read, others are written over the oldest ones. Requests one after the other,
/// each with one batch of reads and one of writes; what hits and what leaves is the same in every store.
/// </summary>
internal sealed class TraceContender(
    LoadClock clock, ITraceStore store, IReadOnlyList<long[]> requests, int slotCount, ProcessorTime processors) : IContender
{
    private const int Digits = 3;

    /// <remarks>A run is the whole trace, from an empty store on, however long it takes.</remarks>
    public async Task<Measurement> RunAsync(TimeSpan duration)
    {
        var places = new OldestOut(slotCount);
        LongHistogram latencies = LoadPace.MakeHistogram(Digits);
        long references = 0;
        TimeSpan processorBefore = processors.Total();
        long begin = clock.Now;
        long requestBegin = begin;
        foreach (long[] request in requests)
        {
            (List<TraceBlock> hits, List<TraceBlock> misses) = places.Place(request);
            if (hits.Count > 0) await store.ReadAsync(hits);
            if (misses.Count > 0) await store.WriteAsync(misses);
            references += request.Length;
            long now = clock.Now;
            latencies.RecordValue(Math.Max(1, now - requestBegin));
            requestBegin = now;
        }

        double seconds = (clock.Now - begin) / 1e9;
        return new Measurement(new Dictionary<Figure, double>
        {
            [Figure.Throughput] = references / seconds,
            [Figure.P50] = latencies.GetValueAtPercentile(50) / 1e3,
            [Figure.P99] = latencies.GetValueAtPercentile(99) / 1e3,
            [Figure.Processor] = (processors.Total() - processorBefore).TotalMicroseconds / references,
        });
    }
}
