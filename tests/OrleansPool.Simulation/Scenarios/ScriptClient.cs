using System.Buffers.Binary;
using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Witness;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Scenarios;

/// <summary>An application that does what the script says. It has one session in each segment, and any number of operations at once.</summary>
internal sealed class ScriptClient : ISimClient
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(40);

    private readonly SimWorld _world;
    private readonly int _number;
    private readonly Dictionary<SegmentId, (ulong Id, ulong Next)> _sessions = [];
    private readonly List<ScriptCall> _calls = [];
    private int _turn;

    public ScriptClient(SimWorld world)
    {
        _world = world;
        _number = world.Admit(this);
    }

    /// <summary>Its end of the network.</summary>
    public int Place => End.Client(_number).Place;

    public bool HasSession(SegmentId segment) => _sessions.ContainsKey(segment);

    public ScriptCall OpenSession(SegmentId segment) => Begin(segment, Operation.Plain(OperationKind.OpenSession), null);

    public ScriptCall Alloc(SegmentId segment, int blocks, TimeSpan duration) => Begin(segment, Operation.Alloc(blocks, duration, "script"), null);

    public ScriptCall Write(SimLease lease, long value, int block = 0, int offset = 0) => Begin(lease.Segment, Operation.Write(lease.Key, lease.Blocks[block], offset, Bytes(value)), lease);

    /// <summary>Asks for whatever an operation says, of a lease that the client may hold or not.</summary>
    public ScriptCall Ask(SegmentId segment, Operation operation, SimLease? lease = null) => Begin(segment, operation, lease);

    public ScriptCall Add(SimLease lease, long addend) => Begin(lease.Segment, Operation.Add(lease.Key, lease.Blocks[0], 0, addend), lease);

    public ScriptCall CompareExchange(SimLease lease, long expected, long desired) =>
        Begin(lease.Segment, Operation.CompareExchange(lease.Key, lease.Blocks[0], 0, expected, desired), lease);

    public ScriptCall OnLease(OperationKind kind, SimLease lease) => Begin(lease.Segment, Operation.OnLease(kind, lease.Key), lease);

    public ScriptCall Read(SimLease lease, int block = 0, int offset = 0, bool isThroughCache = false)
    {
        var operation = new Operation { Key = lease.Key, Block = lease.Blocks[block], Offset = offset };
        return Keep(new ClientOperation(_world.NextOperationId(), _number, lease.Segment, operation, lease, _world.Queue.Now) { IsRead = true, Count = sizeof(long), IsThroughCache = isThroughCache });
    }

    /// <summary>Reads on some silo: its own copy if it is primary, else from its cache, else through it.</summary>
    public ScriptCall CachedRead(SimLease lease, SimSilo at, int block = 0) => CachedRead(lease, at, lease.Key, lease.Blocks[block]);

    /// <summary>The same with any token, and of any block.</summary>
    public ScriptCall CachedRead(SimLease lease, SimSilo at, LeaseKey key, int block)
    {
        var operation = new Operation { Key = key, Block = block };
        return Keep(new ClientOperation(_world.NextOperationId(), _number, lease.Segment, operation, lease, _world.Queue.Now)
        {
            IsRead = true,
            Count = sizeof(long),
            IsThroughCache = true,
        }).SendTo(at);
    }

    public void Receive(ClientReply reply)
    {
        ScriptCall call = _calls[(int)reply.Token];
        if (!call.Take(reply)) return;
        Operation asked = call.Operation.Operation;
        if (reply.Result.Status == OperationStatus.Lost) _world.OnToldLost(call.Operation.Segment);
        if (reply.Result.Status == OperationStatus.Ok && asked.Kind == OperationKind.OpenSession) _sessions[call.Operation.Segment] = ((ulong)reply.Result.Value, 1);
        WitnessedOutcome outcome = reply.Result.Status switch
        {
            OperationStatus.Ok => WitnessedOutcome.Ok,
            OperationStatus.Mismatch => WitnessedOutcome.Mismatch,
            OperationStatus.Indeterminate or OperationStatus.Lost or OperationStatus.TooManyOutstanding or OperationStatus.Exhausted => WitnessedOutcome.Unknown,
            _ => WitnessedOutcome.Refused,
        };
        _world.Truth.Record(call.Operation, outcome, reply.Result, reply.Bytes);
    }

    public void SendTo(SimSilo silo, ScriptCall call)
    {
        ClientOperation operation = call.Operation;
        long token = _calls.IndexOf(call);
        object request = operation.IsRead
            ? new ClientRead(token, operation.Segment, operation.Operation.Block, operation.Operation.Key, operation.Operation.Offset, operation.Count, operation.IsThroughCache)
            : new ClientRequest(token, operation.Segment, 0, operation.Operation);
        _world.Network.Send(End.Client(_number), new End(silo.Place, default), request);
    }

    public void Insist(ScriptCall call)
    {
        if (call.IsAnswered) return;
        SegmentRow? row = _world.Store.Rows.FirstOrDefault(row => row.Segment == call.Operation.Segment);
        bool hasPrimary = row is { State: SegmentState.Active } && _world.PlaceOf(row.Primary.Silo) is not null;
        int place = hasPrimary ? _world.PlaceOf(row!.Primary.Silo)!.Value : _turn++ % _world.Silos.Count;
        SendTo(_world.Silos[place], call);
        _world.Queue.Plan(AskAgainAfter, () => Insist(call));
    }

    /// <summary>The story is over: what has no answer never gets one.</summary>
    public void GiveUp()
    {
        foreach (ScriptCall call in _calls)
        {
            if (!call.IsAnswered) _world.Truth.Record(call.Operation, WitnessedOutcome.Unknown, default, null);
        }
    }

    private static byte[] Bytes(long value)
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }

    private ScriptCall Begin(SegmentId segment, Operation operation, SimLease? lease)
    {
        bool isRecorded = operation.Kind is not (OperationKind.OpenSession or OperationKind.Renew or OperationKind.Inspect);
        if (isRecorded && _sessions.TryGetValue(segment, out (ulong Id, ulong Next) session))
        {
            _sessions[segment] = session with { Next = session.Next + 1 };
            operation = operation with { Request = new RequestId(session.Id, session.Next, LowestUnanswered(session.Id, session.Next)) };
        }

        var began = new ClientOperation(_world.NextOperationId(), _number, segment, operation, lease, _world.Queue.Now);
        _world.Truth.Expect(began);
        return Keep(began);
    }

    private ulong LowestUnanswered(ulong session, ulong next)
    {
        foreach (ScriptCall call in _calls)
        {
            RequestId request = call.Operation.Operation.Request;
            if (request.Session == session && !call.IsAnswered) next = Math.Min(next, request.Number);
        }

        return next;
    }

    private ScriptCall Keep(ClientOperation operation)
    {
        var call = new ScriptCall(this, operation);
        _calls.Add(call);
        return call;
    }
}
