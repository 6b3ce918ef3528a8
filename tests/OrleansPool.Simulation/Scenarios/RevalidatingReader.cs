using OrleansPool.Core.Caching;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;

namespace OrleansPool.Simulation.Scenarios;

/// <summary>
/// A silo that reads another's blocks through its cache as the live silo does: every read asks the owner, naming the version that is cached; the
/// owner answers "unchanged" without bytes, or with the bytes. Between asking, answering and using the answer anything may happen.
/// </summary>
internal sealed class RevalidatingReader(LoneSilo owner, BlockCache cache)
{
    private readonly NodeIncarnation _home = new(owner.Segment.Id.Value);

    public BlockCache Cache => cache;

    /// <summary>Reads bytes of a block, and tells what became of it.</summary>
    public void Read(LeaseKey key, int block, int offset, int count, Action<OperationStatus, ulong, byte[]> told)
    {
        var place = new BlockKey(_home, owner.Segment.Id, block, key.Generation);
        ulong known = cache.TryGetVersion(place, out ulong version) ? version : 0;
        Later(() =>
        {
            byte[] bytes = new byte[owner.Segment.Geometry.BlockBytes];
            OperationStatus status = Answer(key, block, known, bytes, out ulong answered);
            Later(() => Take(place, key, offset, count, status, answered, bytes, told));
        });
    }

    /// <summary>Forgets what it has of the owner.</summary>
    public int Forget() => cache.RemoveSegment(owner.Segment.Id);

    private OperationStatus Answer(in LeaseKey key, int block, ulong known, byte[] bytes, out ulong version)
    {
        Segment segment = owner.Segment;
        bool isUnchanged = known != 0 && segment.Peek(block, key.Generation, out ReadTicket peeked) && peeked.Version == known && segment.Confirm(peeked, owner.Now);
        version = known;
        if (isUnchanged) return OperationStatus.Unchanged;
        if (!segment.Copy(block, key.Generation, 0, bytes, out ReadTicket ticket) || !segment.Confirm(ticket, owner.Now)) return OperationStatus.Fenced;
        version = ticket.Version;
        return OperationStatus.Ok;
    }

    private void Take(BlockKey place, LeaseKey key, int offset, int count, OperationStatus status, ulong version, byte[] brought, Action<OperationStatus, ulong, byte[]> told)
    {
        byte[] bytes = new byte[count];
        switch (status)
        {
            case OperationStatus.Ok:
                cache.Put(place, version, brought);
                cache.CountMiss(brought.Length);
                brought.AsSpan(offset, count).CopyTo(bytes);
                told(status, version, bytes);
                break;
            case OperationStatus.Unchanged when cache.TryGet(place, bytes, offset, out ulong cached) && cached == version:
                cache.CountHit(bytes.Length);
                told(OperationStatus.Ok, version, bytes);
                break;
            case OperationStatus.Unchanged:
                // Evicted or replaced since its version was read.
                cache.Remove(place);
                Read(key, place.Block, offset, count, told);
                break;
            default:
                told(status, 0, bytes);
                break;
        }
    }

    private void Later(Action act) => owner.Queue.Plan(owner.Random.Between(TimeSpan.FromMicroseconds(20), TimeSpan.FromMilliseconds(2)), act);
}
