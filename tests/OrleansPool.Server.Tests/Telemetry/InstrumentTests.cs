using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using OrleansPool.Client.Telemetry;

namespace OrleansPool.Server.Tests.Telemetry;

/// <summary>What the meter and the activity source tell of what happened.</summary>
[Collection(AloneInProcess.Name)]
public sealed class InstrumentTests(SharedCluster shared)
{
    private FabricCluster Cluster => shared.Fabric;

    [Fact]
    public async Task Reads_and_writes_are_told_by_operation_and_path()
    {
        using var seen = new Seen();
        byte[] bytes = new byte[4096];
        await using MemoryLease local = await Cluster.InSilo(0).LeaseAsync(bytes.Length);
        await using MemoryLease elsewhere = await Cluster.InSilo(1).OpenAsync(local.Token);
        await using MemoryLease outside = await Cluster.Client.OpenAsync(local.Token);
        Dictionary<string, double> before = seen.Collect();

        await local.WriteAsync(0, bytes);
        for (int i = 0; i < 2000; i++) Assert.True(local.TryRead(0, bytes));
        await elsewhere.ReadAsync(0, bytes);
        await elsewhere.ReadAsync(0, bytes);
        await outside.WriteAsync(0, bytes);
        Dictionary<string, double> after = seen.Collect();

        double Risen(string series) => after.GetValueOrDefault(series) - before.GetValueOrDefault(series);
        Assert.Equal(2000, Risen("orleanspool.operations.local|read|local"));
        Assert.Equal(2000 * 4096, Risen("orleanspool.io.local|read|local"));
        Assert.Equal(1, Risen("orleanspool.operations.local|write|local"));
        Assert.Equal(1, Risen("orleanspool.operations|read|remote"));
        Assert.Equal(1, Risen("orleanspool.operations|read|cache"));
        Assert.Equal(4096, Risen("orleanspool.io|read|cache"));
        Assert.True(Risen("orleanspool.operations|write|remote") >= 1);
        Assert.InRange(Risen("orleanspool.operation.duration|read|local"), 1, 2);
        Assert.Equal(1, Risen("orleanspool.operation.duration|read|cache"));
    }

    [Fact]
    public async Task The_node_tells_its_state_pool_by_pool()
    {
        using var seen = new Seen();
        Dictionary<string, double> before = seen.Collect();
        int parts;
        await using (MemoryLease lease = await Cluster.InSilo(0).LeaseAsync(SharedCluster.Wide, 1 << 20))
        {
            parts = lease.Token.Extents.Length; // one for each segment that it comes from
            Dictionary<string, double> held = seen.Collect();
            Assert.Equal(1 << 20, held["orleanspool.leased|wide"] - before["orleanspool.leased|wide"]);
            Assert.Equal(parts, held["orleanspool.leases|wide"] - before["orleanspool.leases|wide"]);
            Assert.True(held["orleanspool.capacity"] >= 128 << 20);
        }

        var here = new LeaseOptions { Fallback = LeaseFallback.LocalNodeOnly };
        await using (await Cluster.InSilo(0).LeaseAsync(SharedCluster.Tiny, 10 * 128, here))
        {
            await Assert.ThrowsAsync<PoolExhaustedException>(async () => await Cluster.InSilo(0).LeaseAsync(SharedCluster.Tiny, 128, here));
        }

        Dictionary<string, double> after = seen.Collect();
        Assert.Equal(parts, after["orleanspool.leases.freed|wide"] - before["orleanspool.leases.freed|wide"]);
        Assert.Equal(1, after["orleanspool.exhaustions|tiny"] - before["orleanspool.exhaustions|tiny"]);
    }

    [Fact]
    public async Task Reservations_tell_what_was_taken_and_returned_also_after_they_are_gone()
    {
        using var seen = new Seen();
        double before = seen.Collect()["orleanspool.reservation.returns"];
        using (BlockReservation blocks = await Cluster.InSilo(0).ReserveAsync(16))
        {
            for (int i = 0; i < 1000; i++)
            {
                Assert.True(blocks.TryTake(out LocalBlock block));
                blocks.Return(block);
            }

            Assert.Equal(1000, seen.Collect()["orleanspool.reservation.returns"] - before);
        }

        Assert.Equal(1000, seen.Collect()["orleanspool.reservation.returns"] - before);
    }

    [Fact]
    public async Task A_lease_from_outside_is_one_trace_from_the_caller_to_the_node()
    {
        var stopped = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == PoolTelemetry.Name || source.Name.StartsWith("Microsoft.Orleans", StringComparison.Ordinal),
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using Activity root = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();

        await using MemoryLease lease = await Cluster.Client.LeaseAsync(100);
        byte[] bytes = new byte[10];
        await lease.WriteAsync(0, bytes);
        await lease.ReadAsync(0, bytes);

        Activity[] mine = [.. stopped.Where(activity => activity.TraceId == root.TraceId && activity.Source.Name == PoolTelemetry.Name)];
        Assert.Superset(new HashSet<string> { "OrleansPool lease", "OrleansPool write", "OrleansPool read" }, mine.Select(activity => activity.OperationName).ToHashSet());
        Assert.Contains(mine, activity => activity.OperationName == "OrleansPool node lease" && activity.GetTagItem("orleanspool.status") is "Ok");
        LeaseInfo listed = (await Cluster.Client.ListLeasesAsync(new LeaseQuery(LeaseOrder.Oldest, 1)))[0];
        Assert.Equal(root.TraceId.ToHexString(), listed.TraceId);
    }

    [Fact]
    public async Task Nobody_listening_means_no_activity()
    {
        await using MemoryLease lease = await Cluster.InSilo(0).LeaseAsync(100);

        Assert.Null(PoolTelemetry.Start("anything"));
    }

    /// <summary>Listens to the meter as an SDK does, and sums up series by name and tags.</summary>
    private sealed class Seen : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentDictionary<string, double> _counted = new();
        private Dictionary<string, double> _observed = [];

        public Seen()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == PoolTelemetry.Name) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, 1, tags));
            _listener.Start();
        }

        public Dictionary<string, double> Collect()
        {
            _observed = [];
            _listener.RecordObservableInstruments();
            return new Dictionary<string, double>(_observed.Concat(_counted));
        }

        public void Dispose() => _listener.Dispose();

        private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string series = instrument.Name;
            foreach (KeyValuePair<string, object?> tag in tags) series += $"|{tag.Value}";
            if (instrument.IsObservable) _observed[series] = _observed.GetValueOrDefault(series) + value;
            else _counted.AddOrUpdate(series, value, (_, sum) => sum + value);
        }
    }
}
