using System.Buffers.Binary;
using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;
using OrleansPool.Simulation.Engine;
using OrleansPool.Simulation.Witness;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Load;

/// <summary>
/// An application: one operation after the other, each tried again under the same request id, at whichever silo, until it is answered or given up;
/// now and then by two routes at once.
/// </summary>
internal sealed class SimClient(SimWorld world, int number, SeededRandom random) : ISimClient
{
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(8);

    private readonly Dictionary<SegmentId, SegmentRow> _rows = [];
    private readonly Dictionary<SegmentId, (ulong Id, ulong Next)> _sessions = [];
    private readonly int _home = random.Below(world.Silos.Count);
    private readonly OddRequests _odd = new(random.Fork(), world.Geometry.BlockBytes, world.Geometry.BlockCount);
    private readonly List<SegmentRow> _active = [];
    private ClientOperation? _current;
    private long _token;
    private long _retryToken;

    /// <summary>How many operations ended.</summary>
    public long EndedCount { get; private set; }

    /// <summary>Whether it waits for an answer.</summary>
    public bool IsBusy => _current is not null;

    /// <summary>It begins nothing new.</summary>
    public bool IsStopped { get; set; }

    /// <summary>Which operations it does.</summary>
    public void Begin() => PlanNext();

    /// <summary>It goes on after it was stopped.</summary>
    public void GoOn()
    {
        IsStopped = false;
        if (_current is null) PlanNext();
    }

    public void Receive(ClientReply reply)
    {
        if (reply.Row is { } row) Learn(row);
        if (_current is not { } operation || (reply.Token >> 8) != (_token >> 8)) return;
        switch (reply.Result.Status)
        {
            case OperationStatus.NotPrimary or OperationStatus.Unavailable or OperationStatus.Busy:
                RetryLater(operation, random.Between(TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(60)));
                break;
            default:
                Conclude(operation, reply);
                break;
        }
    }

    private void Learn(SegmentRow row)
    {
        if (!_rows.TryGetValue(row.Segment, out SegmentRow? known) || known.Epoch < row.Epoch) _rows[row.Segment] = row;
    }

    private void PlanNext() => world.Queue.Plan(random.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(world.Options.ThinkMilliseconds * 2)), () =>
    {
        if (_current is null && !IsStopped) Invoke();
        else if (!IsStopped) PlanNext();
    });

    private void Invoke()
    {
        world.Store.ListActive(_active);
        SimLease? lease = world.Book.Pick(random);
        if (_active.Count == 0)
        {
            PlanNext();
            return;
        }

        if (lease is null || (world.Book.Count < _active.Count * 4 && random.OneIn(8)))
        {
            Start(random.Pick(_active).Segment, NewAlloc(), null);
            return;
        }

        if (!_sessions.TryGetValue(lease.Segment, out (ulong Id, ulong Next) session))
        {
            Start(lease.Segment, Operation.Plain(OperationKind.OpenSession), null);
            return;
        }

        int block = random.Pick(lease.Blocks);
        int word = random.Below(world.Geometry.BlockBytes / sizeof(long)) * sizeof(long);
        if (random.Below(100) < world.Swarm.ReadPercent)
        {
            Read(lease, block);
            return;
        }

        if (random.OneIn(12))
        {
            Operation odd = _odd.Draw(lease, block, session.Id, out bool isInSession);
            Start(lease.Segment, odd, lease, isInSession);
            return;
        }

        switch (random.Below(58))
        {
            case < 26:
                byte[] bytes = new byte[random.OneIn(2) ? sizeof(long) : world.Geometry.BlockBytes - word];
                for (int i = 0; i < bytes.Length; i += sizeof(long)) BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i), (long)random.Next());
                Start(lease.Segment, Operation.Write(lease.Key, block, word, bytes), lease);
                break;
            case < 38:
                Start(lease.Segment, Operation.Add(lease.Key, block, word, random.Between(1, 1000)), lease);
                break;
            case < 48:
                Start(lease.Segment, Operation.CompareExchange(lease.Key, block, word, world.Book.LastSeen(lease.Segment, block, word), (long)random.Next()), lease);
                break;
            case < 52:
                Start(lease.Segment, Operation.OnLease(OperationKind.Transfer, lease.Key), lease);
                break;
            case < 54:
                Start(lease.Segment, Operation.OnLease(OperationKind.Renew, lease.Key), lease);
                break;
            case < 55:
                Start(lease.Segment, Operation.Keep(lease.Key, "region"), lease);
                break;
            default:
                Start(lease.Segment, Operation.OnLease(OperationKind.Free, lease.Key), lease);
                break;
        }
    }

    private Operation NewAlloc() => Operation.Alloc(1 + random.Below(3), TimeSpan.FromSeconds(random.OneIn(3) ? 2 : 30), "client");

    private void Read(SimLease lease, int block)
    {
        int offset = random.Below(world.Geometry.BlockBytes / sizeof(long)) * sizeof(long);
        int count = random.OneIn(2) ? sizeof(long) : world.Geometry.BlockBytes - offset;
        var operation = new Operation { Key = lease.Key, Block = block, Offset = offset };
        Send(new ClientOperation(world.NextOperationId(), number, lease.Segment, operation, lease, world.Queue.Now) { IsRead = true, Count = count, IsThroughCache = !random.OneIn(3) });
    }

    private void Start(SegmentId segment, Operation operation, SimLease? lease, bool isInSession = true)
    {
        if (isInSession && operation.Kind is not (OperationKind.OpenSession or OperationKind.Renew) && _sessions.TryGetValue(segment, out (ulong Id, ulong Next) session))
        {
            operation = operation with { Request = new RequestId(session.Id, session.Next, session.Next) };
            _sessions[segment] = session with { Next = session.Next + 1 };
        }

        var started = new ClientOperation(world.NextOperationId(), number, segment, operation, lease, world.Queue.Now);
        world.Truth.Expect(started);
        Send(started);
    }

    private void Send(ClientOperation operation)
    {
        _current = operation;
        _token = (_token & ~0xFFL) + 0x100;
        Attempt(operation);
    }

    private void Attempt(ClientOperation operation)
    {
        if (world.Queue.Now - operation.InvokedAt > GiveUpAfter.Ticks)
        {
            GiveUp(operation);
            return;
        }

        operation.Attempts++;
        SimSilo? silo = operation.IsThroughCache ? world.Silos[_home] : ChooseSilo(operation.Segment);
        if (silo is not null) SendTo(silo, operation);
        bool byTwoRoutes = world.IsFaulty && random.OneIn(30);
        if (byTwoRoutes) SendTo(random.Pick(world.Silos), operation);
        RetryLater(operation, random.Between(TimeSpan.FromMilliseconds(150), TimeSpan.FromMilliseconds(600)));
    }

    private void SendTo(SimSilo silo, ClientOperation operation)
    {
        long token = _token;
        ulong epoch = _rows.GetValueOrDefault(operation.Segment)?.Epoch ?? 0;
        object request = operation.IsRead
            ? new ClientRead(token, operation.Segment, operation.Operation.Block, operation.Operation.Key, operation.Operation.Offset, operation.Count, operation.IsThroughCache)
            : new ClientRequest(token, operation.Segment, epoch, operation.Operation);
        world.Network.Send(End.Client(number), new End(silo.Place, default), request);
    }

    private SimSilo? ChooseSilo(SegmentId segment)
    {
        if (_rows.TryGetValue(segment, out SegmentRow? row) && row.State == SegmentState.Active && !random.OneIn(6)
            && world.PlaceOf(row.Primary.Silo) is { } place)
        {
            return world.Silos[place];
        }

        return random.Pick(world.Silos);
    }

    private void RetryLater(ClientOperation operation, TimeSpan after)
    {
        long retry = ++_retryToken;
        world.Queue.Plan(after, () =>
        {
            if (_current == operation && retry == _retryToken) Attempt(operation);
        });
    }

    private void GiveUp(ClientOperation operation)
    {
        Record(operation, WitnessedOutcome.Unknown, default, null);
        Finish();
    }

    private void Conclude(ClientOperation operation, ClientReply reply)
    {
        OperationResult result = reply.Result;
        WitnessedOutcome outcome = result.Status switch
        {
            OperationStatus.Ok => WitnessedOutcome.Ok,
            OperationStatus.Mismatch => WitnessedOutcome.Mismatch,
            OperationStatus.Indeterminate or OperationStatus.Lost or OperationStatus.NoSegment or OperationStatus.TooManyOutstanding => WitnessedOutcome.Unknown,

            // Others are refused for good; these two may come out otherwise for a late duplicate.
            OperationStatus.Exhausted => WitnessedOutcome.Unknown,
            _ => WitnessedOutcome.Refused,
        };
        Record(operation, outcome, result, reply.Bytes);
        Understand(operation, result, reply.Bytes);
        Finish();
    }

    private void Understand(ClientOperation operation, in OperationResult result, byte[]? bytes)
    {
        Operation asked = operation.Operation;
        switch (result.Status)
        {
            case OperationStatus.Lost:
                world.OnToldLost(operation.Segment);
                break;
            case OperationStatus.NoSegment:
                world.Book.Forget(operation.Segment);
                break;
            case OperationStatus.Indeterminate when asked.Request.Session != 0:
                _sessions.Remove(operation.Segment);
                break;
            case OperationStatus.Fenced or OperationStatus.Expired when operation.Lease is { } old:
                world.Book.Retire(old);
                break;
            case OperationStatus.Ok when asked.Kind == OperationKind.OpenSession:
                _sessions[operation.Segment] = ((ulong)result.Value, 1);
                break;
            case OperationStatus.Ok when asked.Kind is OperationKind.Alloc or OperationKind.Transfer:
                if (operation.Lease is { } former) world.Book.Retire(former);
                world.Book.Add(new SimLease(operation.Segment, result.Lease.Key, result.Lease.ReadOnlyId, result.Lease.Runs));
                break;
            case OperationStatus.Ok when asked.Kind == OperationKind.Free:
                world.Book.Retire(operation.Lease!);
                break;
            case OperationStatus.Ok when operation.IsRead:
                world.Book.Saw(operation.Segment, asked.Block, asked.Offset, BinaryPrimitives.ReadInt64LittleEndian(bytes));
                break;
            case OperationStatus.Ok or OperationStatus.Mismatch when asked.Kind is OperationKind.CompareExchange or OperationKind.Add:
                world.Book.Saw(operation.Segment, asked.Block, asked.Offset, result.Value);
                break;
        }
    }

    private void Record(ClientOperation operation, WitnessedOutcome outcome, in OperationResult result, byte[]? bytes)
    {
        EndedCount++;
        world.Truth.Record(operation, outcome, result, bytes);
    }

    private void Finish()
    {
        _current = null;
        PlanNext();
    }
}
