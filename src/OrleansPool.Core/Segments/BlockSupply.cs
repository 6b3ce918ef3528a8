using OrleansPool.Core.Arenas;

namespace OrleansPool.Core.Segments;

/// <summary>
/// The blocks of a segment that no lease has: free ones, those that are reserved for a lease which is logged and not committed, and those that
/// are being zeroed.
/// </summary>
/// <remarks>Owned by the segment's executor, but for <see cref="Zero"/>.</remarks>
internal sealed class BlockSupply
{
    private readonly BlockBitmap _free;
    private readonly RetiredBlocks _retired;

    public BlockSupply(BlockStore store, ArenaSlice book, SegmentGeometry geometry)
    {
        _free = new BlockBitmap(book, geometry.BitmapAt, geometry.BlockCount);
        _retired = new RetiredBlocks(store);
    }

    /// <summary>Blocks that can be taken, those that will be free at the next step among them.</summary>
    public int FreeCount => _free.FreeCount + _retired.ZeroedCount;

    /// <summary>Blocks that wait for their lease to begin.</summary>
    public int ReservedCount { get; private set; }

    public bool IsFree(int block) => _free.IsFree(block);

    /// <summary>Goes on in other memory, which holds a copy already. The store has moved before.</summary>
    public void MoveTo(ArenaSlice book, SegmentGeometry geometry) => _free.MoveTo(book, geometry.BitmapAt);

    public bool CanTake(int blockCount)
    {
        Reclaim();
        return blockCount <= _free.FreeCount;
    }

    /// <summary>Chooses blocks for a lease and keeps others from them; the lease begins later.</summary>
    /// <param name="blockCount">How many; <see cref="CanTake"/> was true for them.</param>
    /// <param name="runs">Gets them.</param>
    public void Reserve(int blockCount, List<BlockRun> runs)
    {
        SegmentFaultException.ThrowUnless(blockCount > 0, "ALLOC takes blocks");
        SegmentFaultException.ThrowUnless(blockCount <= _free.FreeCount, "ALLOC was checked against the free count");
        for (int left = blockCount; left > 0;)
        {
            int count = _free.Take(left, out int first);
            left -= count;
            runs.Add(new BlockRun(first, count));
        }

        ReservedCount += blockCount;
    }

    /// <summary>Takes blocks that another replica chose.</summary>
    /// <returns>False when some are not zeroed yet.</returns>
    public bool TryReserve(ReadOnlySpan<BlockRun> runs)
    {
        Reclaim();
        foreach (BlockRun run in runs)
        {
            if (!_free.AreFree(run.First, run.Count)) return false;
        }

        foreach (BlockRun run in runs)
        {
            _free.TakeExactly(run.First, run.Count);
            ReservedCount += run.Count;
        }

        return true;
    }

    /// <summary>Gives back what was reserved for a lease that does not begin.</summary>
    public void Unreserve(ReadOnlySpan<BlockRun> runs)
    {
        foreach (BlockRun run in runs)
        {
            _free.Give(run.First, run.Count);
            ReservedCount -= run.Count;
        }
    }

    /// <summary>A lease of blocks that were reserved for it has begun.</summary>
    public void OnBegun(int blockCount) => ReservedCount -= blockCount;

    /// <summary>Takes a block that is in a lease already, as a snapshot has it.</summary>
    public void Take(int block) => _free.TakeExactly(block, 1);

    /// <summary>Zeroes a chain that has left its lease. On any thread, outside the executor, once for each chain.</summary>
    public void Zero(int head) => _retired.Zero(head);

    /// <summary>Makes what was zeroed free.</summary>
    public void Reclaim() => _retired.Reclaim(_free);

    public void CheckIntegrity() => _free.CheckIntegrity();
}
