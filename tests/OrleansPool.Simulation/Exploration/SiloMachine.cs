using System.Buffers.Binary;
using OrleansPool.Core;
using OrleansPool.Core.Caching;
using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Simulation.Engine;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Exploration;

/// <summary>A silo: the real node in real memory, one input after the other.</summary>
internal sealed class SiloMachine : IDisposable
{
    private const int CachedBlocks = 8;

    private readonly Opening _opening;
    private readonly SimMemory _memory;
    private readonly NodeOutbox _outbox = new();
    private readonly List<(int Number, ulong Version)> _reads = [];
    private readonly RequestNumbers _numbers = new();

    public SiloMachine(Opening opening, int place)
    {
        _opening = opening;
        _memory = new SimMemory(Opening.Geometry, new SeededRandom((ulong)place + 1), copiesMax: static () => 8);
        BlockCache? cache = opening.HasCache && place == Opening.Third ? _memory.MakeCache(CachedBlocks) : null;
        Node = new FabricNode(Opening.NodeAt(place), Opening.Times, _memory, cache: cache);
    }

    public FabricNode Node { get; }

    /// <summary>Stands for all that it knows.</summary>
    /// <param name="moments">How moments count.</param>
    public ulong Print(Moments? moments) => Fingerprint.Mix(Fingerprint.Of(Node, moments), Fingerprint.Of(_numbers.Counts));

    /// <summary>Takes an input at a moment.</summary>
    public SiloOutput Apply(NodeId from, object content, Tick now)
    {
        switch (content)
        {
            case Message message:
                Node.Receive(from, message, now, _outbox);
                break;
            case StoreReply reply:
                Node.Take(_numbers.Restore(reply), now, _outbox);
                break;
            case MembershipView view:
                Node.Observe(view, now, _outbox);
                break;
            case Timer:
                Node.Elapse(now, _outbox);
                break;
            case ClientWrite write:
                Submit(write.Number, now);
                break;
            case ClientRead read:
                Read(read.Number, now);
                break;
            case Order order:
                order.Do(Node, now, _outbox);
                break;
            default:
                throw new NotSupportedException($"A silo takes no {content.GetType().Name}.");
        }

        return TakeOutput(now);
    }

    public void Dispose() => _memory.ReleaseAll();

    private void Submit(int number, Tick now)
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        Operation write = Operation.Write(_opening.Key, _opening.Block, 0, bytes, new RequestId(_opening.Session, (ulong)number, 1)) with { Completion = new WriteWaiter(number) };
        if (Node.Submit(Opening.Segment, 0, write, now, _outbox, out OperationResult result, out Tick validUntil)) _outbox.Replies.Add((write.Completion!, result, validUntil));
    }

    /// <summary>What can be read from the cache is read in every state; what cannot is brought.</summary>
    private void Read(int number, Tick now)
    {
        byte[] bytes = new byte[sizeof(long)];
        NodeId primary = Node.Map.Find(Opening.Segment)!.Primary;
        if (Node.Cache!.TryRead(primary, Opening.Segment, _opening.Block, _opening.Key, 0, bytes, out CacheTicket ticket) && Node.Cache.Confirm(ticket, now)) return;
        Node.Miss(Opening.Segment, _opening.Block, _opening.Key, new ReadWaiter(number, _reads), now, _outbox);
    }

    private SiloOutput TakeOutput(Tick now)
    {
        // A late answer is not given: the client asks again.
        (int, OperationResult)[] answers =
            [.. _outbox.Replies.Where(reply => reply.Completion is WriteWaiter && now <= reply.ValidUntil).Select(reply => (((WriteWaiter)reply.Completion).Number, reply.Result))];
        foreach (var reply in _outbox.Replies) (reply.Completion as OpeningWaiter)?.Tell(reply.Result);
        string? fault = _outbox.Faults.Count == 0 ? null : $"{_outbox.Faults[0].Fault.Message} {_outbox.Faults[0].Fault.InnerException?.Message}";
        var output = new SiloOutput([.. _outbox.Messages], [.. _outbox.StoreRequests.Select(_numbers.Replace)], answers, [.. _reads], _outbox.WantsView, fault);
        _reads.Clear();
        _outbox.Clear();
        return output;
    }
}
