using OrleansPool.Core.Replication;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Scale;

/// <summary>
/// A whole cluster without faults, in which one operation at a time is carried out and its messages are counted. Every message takes the
/// same time, and nothing else takes any: so the time of an operation says how many of its messages waited for each other.
/// </summary>
internal sealed class TrafficRun : IDisposable
{
    private const int SharerCountMax = 2;
    private const int SessionWrites = 20;
    private const int LinkMicroseconds = 50;
    private const int LargeSiloCount = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Times of a large cluster: a fiftieth of the usual leases, so that little time has to pass between operations. Every silo greets every
    /// other, and each answer lists all leases that are held just then: with long leases and all greetings at once, that alone fills memory.
    /// The root is read once.
    /// </summary>
    private static readonly ReplicationTimes LargeTimes = new()
    {
        PartBytes = 192,
        ReadLease = TimeSpan.FromMilliseconds(10),
        Resend = TimeSpan.FromMilliseconds(1.2),
        Authority = TimeSpan.FromMinutes(1),
    };

    private readonly SimWorld _world;
    private readonly TrafficMeter _meter;
    private readonly ScriptClient _client;
    private readonly List<OperationTraffic> _operations = [];
    private readonly List<string> _complaints = [];
    private int _shard = -1;

    private TrafficRun(int siloCount)
    {
        var options = new SimOptions { Silos = siloCount, Segments = 0, Clients = 0, BlockCount = 16, Swarm = new Swarm { DelayMicrosecondsMax = LinkMicroseconds } };
        _world = new SimWorld(1, siloCount < LargeSiloCount ? options : options with { Times = LargeTimes });
        _meter = new TrafficMeter(_world);
        _client = new ScriptClient(_world);
    }

    private TimeSpan Lull => _world.Times.Resend * 2.5;

    private SimSilo Primary => _world.Silos[0];

    /// <summary>Measures a cluster of some size.</summary>
    public static TrafficReport Measure(int siloCount)
    {
        using var run = new TrafficRun(siloCount);
        double greetings = run.Begin();
        for (int copies = 1; copies <= Math.Min(3, siloCount); copies++) run.MeasureSegment(copies);
        BackgroundTraffic background = run.MeasureBackground(greetings);
        run._world.Invariants.CheckAll();
        run._complaints.AddRange(run._world.Invariants.Violations);
        run._complaints.AddRange(run._world.Truth.Check().Violations.Select(violation => violation.ToString()));
        return new TrafficReport(run._operations, background, run._complaints);
    }

    public void Dispose()
    {
        foreach (SimSilo silo in _world.Silos) silo.Crash();
    }

    private double Begin()
    {
        _world.StartTogether(Spread);
        Pass(Spread * 2.1);
        double greetings = (double)_meter.HeartbeatCount / _world.Silos.Count;
        Until(() => Primary.Node.Standing.View.Version == _world.Membership.View.Version && Primary.Node.Standing.Root.Version > 0, "the silos know each other");
        Primary.Do((node, now, outbox) =>
        {
            node.Map.TakeRange(taken => _shard = taken);
            node.Map.Elapse(now, outbox);
        });
        Until(() => _shard >= 0, "there are ids for segments");
        return greetings;
    }

    private void MeasureSegment(int copies)
    {
        SegmentId segment = MakeSegment(copies);
        SimLease lease = Lease(segment, out int next);
        Settle();
        for (int sharers = 0; sharers <= Math.Min(SharerCountMax, _world.Silos.Count - 1); sharers++)
        {
            int block = next++;
            for (int i = 0; i < sharers; i++) Share(lease, block, _world.Silos[^(i + 1)], copies, sharers: i);
            int acks = 2 * (copies - 1) + 2 * sharers;
            Take("write", copies, sharers, _client.Write(lease, block + 1, block), Primary, 2 + acks, acks > 0 ? 2 : 1);
            Take("read at the primary", copies, 0, _client.Read(lease, block), Primary, 2, 1);
        }

        MeasureStream(copies, lease, next);
    }

    /// <summary>A silo reads a block through its cache until it keeps it: the last fill is counted, and a read after it.</summary>
    private void Share(SimLease lease, int block, SimSilo silo, int copies, int sharers)
    {
        // Whoever never asked this primary has no right to cache yet; what it reads of another block gives it one.
        ScriptCall first = _client.Read(lease, lease.Blocks.Length - 1, isThroughCache: true).SendTo(silo);
        Until(() => first.IsAnswered, "the first read through a cache is answered");
        Settle();
        Take("fill", copies, sharers, _client.Read(lease, block, isThroughCache: true), silo, 2, 1);
        long hits = _world.CacheHits;
        Take("cached read", copies, sharers + 1, _client.Read(lease, block, isThroughCache: true), silo, 0, 0);
        if (_world.CacheHits != hits + 1) _complaints.Add($"{_world.Silos.Count} silos, {copies} copies: a block that was just filled is not in the cache");
    }

    /// <summary>Writes one after the other. Each tells the backups that the one before is committed; the last is told of when nothing follows it.</summary>
    private void MeasureStream(int copies, SimLease lease, int block)
    {
        Settle();
        long before = _meter.OperationCount;
        for (int i = 0; i < SessionWrites; i++)
        {
            ScriptCall call = _client.Write(lease, i + 1, block).SendTo(Primary);
            Until(() => call.IsAnswered, "a write is answered");
        }

        Settle();
        int backups = copies - 1;
        long notice = 2 * backups;
        Add(new OperationTraffic(
            $"{SessionWrites} writes, and that the last is committed,", _world.Silos.Count, copies, 0, _meter.OperationCount - before, 0,
            (SessionWrites * (2 + (2 * backups))) + notice, 0));
    }

    private BackgroundTraffic MeasureBackground(double greetings)
    {
        Settle();
        _meter.HearPairs();
        (long beats, long others, long asked, long at) = (_meter.HeartbeatCount, _meter.OtherCount, _meter.StoreCount, _world.Queue.Now);
        Pass(_world.Times.ReadLease * 10);
        int silos = _world.Silos.Count;
        double seconds = new TimeSpan(_world.Queue.Now - at).TotalSeconds;
        double heard = (_meter.HeartbeatCount - beats) / seconds;
        double leases = seconds / _world.Times.ReadLease.TotalSeconds;
        return new BackgroundTraffic(
            silos, _world.Times.ReadLease.TotalMilliseconds, _meter.Pairs.Count, heard * seconds / leases / Math.Max(1, _meter.Pairs.Count), heard / silos, (_meter.OtherCount - others) / seconds / silos,
            (_meter.StoreCount - asked) / seconds / silos, greetings);
    }

    private SegmentId MakeSegment(int copies)
    {
        var segment = new SegmentId(((ulong)_shard * PoolMapShard.RowCountMax) + (ulong)copies);
        Primary.Do((node, now, outbox) => node.TryBirth(segment, "default", copies, now, outbox));
        Until(() => _world.Store.Find(segment) is not null, "the segment is born");
        for (int place = 1; place < copies; place++)
        {
            SimSilo member = _world.Silos[place];
            long askAt = 0;
            Until(
                () =>
                {
                    SegmentRow row = _world.Store.Find(segment)!;
                    bool isMember = row.Joiner == default && row.Has(member.Id);
                    if (!isMember && row.Joiner == default && _world.Queue.Now >= askAt)
                    {
                        askAt = _world.Queue.Now + _world.Times.Resend.Ticks;
                        Primary.Do((node, now, outbox) => node.TryJoin(segment, member.Id, now, outbox));
                    }

                    return isMember;
                },
                $"silo {place} is a member");
        }

        return segment;
    }

    private SimLease Lease(SegmentId segment, out int firstBlock)
    {
        ScriptCall open = _client.OpenSession(segment).Insist();
        Until(() => open.IsAnswered, "a session is open");
        ScriptCall alloc = _client.Alloc(segment, 8, TimeSpan.FromHours(1)).Insist();
        Until(() => alloc.IsAnswered, "a lease is taken");
        firstBlock = 0;
        return new SimLease(segment, alloc.Result.Lease.Key, alloc.Result.Lease.ReadOnlyId, alloc.Result.Lease.Runs);
    }

    private void Take(string name, int copies, int sharers, ScriptCall call, SimSilo silo, int messagesDue, int roundTripsDue)
    {
        Settle();
        (long before, long at) = (_meter.OperationCount, _world.Queue.Now);
        call.SendTo(silo);
        Until(() => call.IsAnswered, $"a {name} is answered");

        // Who reads through a silo's cache is on that silo: asking it is no message.
        int own = call.Operation.IsThroughCache ? 1 : 0;
        double roundTrips = (_world.Queue.Now - at) / (2.0 * LinkMicroseconds * TimeSpan.TicksPerMicrosecond);
        Add(new OperationTraffic(name, _world.Silos.Count, copies, sharers, _meter.OperationCount - before - (2 * own), roundTrips - own, messagesDue, roundTripsDue));
    }

    private void Add(OperationTraffic operation)
    {
        _operations.Add(operation);
        if (!operation.Holds) _complaints.Add(operation.ToString());
    }

    /// <summary>What an operation leaves to be told comes to its end.</summary>
    private void Settle() => Pass(Lull);

    private void Pass(TimeSpan time)
    {
        long end = _world.Queue.Now + time.Ticks;
        while (_world.Queue.Step(end))
        {
        }
    }

    private void Until(Func<bool> holds, string what)
    {
        long end = _world.Queue.Now + Patience.Ticks;
        while (!holds())
        {
            if (!_world.Queue.Step(end)) throw new StoryException($"{_world.Silos.Count} silos: it did not come to this: {what}");
        }
    }
}
