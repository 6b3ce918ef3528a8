using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using OrleansPool.Client.Telemetry;
using OrleansPool.Core.Wire;
using OrleansPool.Server.DataPlane;
using OrleansPool.Server.Hosting;
using OrleansPool.Server.Nodes;
using OrleansPool.Transport.Server;

namespace OrleansPool.Server.Telemetry;

/// <summary>
/// The node's instruments. All are observed: the node keeps its counts anyway, and is asked for them when somebody collects, so
/// listening costs the paths nothing.
/// </summary>
/// <remarks>Joins the silo's lifecycle, so that the instruments live as long as the node serves.</remarks>
internal sealed class NodeInstruments(NodeHost node, DataPort port, IOptions<OrleansPoolOptions> options) : ILifecycleParticipant<ISiloLifecycle>
{
    private Meter? _meter;

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        nameof(NodeInstruments), ServiceLifecycleStage.RuntimeServices,
        _ =>
        {
            if (options.Value.Instruments) Make();
            return Task.CompletedTask;
        },
        _ =>
        {
            _meter?.Dispose();
            return Task.CompletedTask;
        });

    private void Make()
    {
        _meter = new Meter(PoolTelemetry.Name);
        Gauge("orleanspool.capacity", "By", "Memory that the node may use.", report => report.CapacityBytes);
        Gauge("orleanspool.free", "By", "Memory that could still be leased or reserved.", report => report.FreeBytes);
        Gauge("orleanspool.reserved", "By", "Local memory taken ahead by reservations.", report => report.ReservedBytes);
        Gauge("orleanspool.cached", "By", "Bytes of other nodes in the block cache.", report => report.CacheBytes);
        Gauge("orleanspool.metadata", "By", "Memory of metadata and operation logs.", report => report.MetadataBytes);
        PoolGauge("orleanspool.leased", "By", "Memory in leases.", pool => pool.LeasedBytes);
        PoolGauge("orleanspool.spilled", "By", "Memory in leases that is in the spill file.", pool => pool.SpilledBytes);
        PoolGauge("orleanspool.waiters", "{request}", "Requests that wait for memory.", pool => pool.WaiterCount);
        PoolGauge("orleanspool.segments", "{segment}", "Segments of the pool.", pool => pool.SegmentCount);
        PoolGauge("orleanspool.segments.sparse", "{segment}", "Segments that are neither empty nor used to a quarter.", pool => pool.SparseSegmentCount);
        PoolGauge("orleanspool.leases", "{lease}", "Leases that are alive.", pool => pool.LeaseCount);
        PoolGauge("orleanspool.leases.kept", "{lease}", "Leases that regions keep.", pool => pool.KeptCount);
        PoolCounter("orleanspool.leases.taken", "{lease}", "Leases taken.", counters => counters.Leases);
        PoolCounter("orleanspool.leases.freed", "{lease}", "Leases freed by their holder.", counters => counters.Frees);
        PoolCounter("orleanspool.expiries", "{lease}", "Leases that ran out.", counters => counters.Expiries);
        PoolCounter("orleanspool.exhaustions", "{request}", "Requests for memory that were turned down.", counters => counters.Exhaustions);
        PoolCounter("orleanspool.fences", "{operation}", "Operations refused because their holder's generation was old.", counters => counters.Fences);
        _meter.CreateObservableGauge(
            "orleanspool.segments.faulted", () => node.FaultedSegmentCount, "{segment}", "Segments that stopped serving because they found their own state broken.");
        _meter.CreateObservableCounter(
            "orleanspool.reservation.returns", () => node.ReservationReturnCount, "{block}", "Blocks given back to reservations, each taken before.");
        _meter.CreateObservableCounter(
            "orleanspool.served", () => node.ServedCount, "{operation}", "Operations that the node carried out for other processes, and on whole leases.");
        MakeOfPort(_meter);
        if (node.Counters is { } counters)
        {
            _meter.CreateObservableCounter(
                "orleanspool.operations.local", () => Local(counters, read => read.Operations), "{block}", "Blocks read or written in the process that holds them.");
            _meter.CreateObservableCounter(
                "orleanspool.io.local", () => Local(counters, read => read.Bytes), "By", "Bytes read or written in the process that holds them.");
        }

        if (node.Cache is not { } cache) return;
        _meter.CreateObservableCounter("orleanspool.cache.hits", () => cache.Describe().Hits, "{read}", "Reads whose cached bytes the owner confirmed.");
        _meter.CreateObservableCounter("orleanspool.cache.misses", () => cache.Describe().Misses, "{read}", "Reads that brought bytes.");
        _meter.CreateObservableCounter("orleanspool.cache.evictions", () => cache.Describe().Evictions, "{block}", "Blocks dropped to make room.");
    }

    private static Measurement<long>[] Local(LocalCounters counters, Func<(long Operations, long Bytes), long> value) =>
    [
        new(value(counters.Reads.Read()), PoolTelemetry.OperationTag(PoolOperation.Read), PoolTelemetry.PathTag(PoolPath.Local)),
        new(value(counters.Writes.Read()), PoolTelemetry.OperationTag(PoolOperation.Write), PoolTelemetry.PathTag(PoolPath.Local)),
    ];

    private void Gauge(string name, string unit, string description, Func<NodeReport, long> value) =>
        _meter!.CreateObservableGauge(name, () => value(node.Describe()), unit, description);

    private void PoolGauge(string name, string unit, string description, Func<PoolReport, long> value) =>
        _meter!.CreateObservableGauge(name, () => EachPool(value), unit, description);

    private void PoolCounter(string name, string unit, string description, Func<PoolCounters, long> value) =>
        _meter!.CreateObservableCounter(name, () => EachPool(pool => value(pool.Counters)), unit, description);

    private IEnumerable<Measurement<long>> EachPool(Func<PoolReport, long> value) =>
        node.Describe().Pools.Select(pool => new Measurement<long>(value(pool), new KeyValuePair<string, object?>("orleanspool.pool", pool.Name)));

    private void MakeOfPort(Meter meter)
    {
        meter.CreateObservableGauge(
            "orleanspool.data.connections", () => port.Listener?.ConnectionCount ?? 0, "{connection}", "Connections to the data port.");
        meter.CreateObservableCounter(
            "orleanspool.data.admitted", () => port.Listener?.Counters.AdmittedCount ?? 0, "{connection}", "Connections that the data port has served.");
        meter.CreateObservableCounter(
            "orleanspool.data.refused", () => ByReason((counters, reason) => counters.RefusedCount(reason)), "{connection}", "Connections that the data port turned away.");
        meter.CreateObservableCounter(
            "orleanspool.data.ended", () => ByReason((counters, reason) => counters.EndedCount(reason)), "{connection}", "Connections to the data port that ended.");
    }

    private IEnumerable<Measurement<long>> ByReason(Func<ListenerCounters, RefusalReason, long> count)
    {
        if (port.Listener is not { } listener) yield break;
        foreach (RefusalReason reason in Enum.GetValues<RefusalReason>())
        {
            if (count(listener.Counters, reason) is > 0 and var counted) yield return new Measurement<long>(counted, new KeyValuePair<string, object?>("reason", reason.ToString()));
        }
    }
}
