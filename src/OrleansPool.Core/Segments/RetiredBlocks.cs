using System.Collections.Concurrent;

namespace OrleansPool.Core.Segments;

/// <summary>
/// Blocks between two holders. A lease's chain leaves it dirty; some thread outside the executor zeroes it; the executor's next
/// step makes its blocks free.
/// </summary>
/// <remarks>Bounded by the segment's block count: a block is in one chain.</remarks>
internal sealed class RetiredBlocks(BlockStore store)
{
    private readonly ConcurrentQueue<int> _zeroed = new();
    private int _zeroedCount;

    /// <summary>Blocks that are zeroed and will be free at the next step.</summary>
    public int ZeroedCount => Volatile.Read(ref _zeroedCount);

    /// <summary>Zeroes a chain. On any thread, outside the executor, once for each chain.</summary>
    public void Zero(int head)
    {
        int count = 0;
        for (int block = head; block != BlockRow.None; block = store[block].Next)
        {
            store.Retire(block);
            count++;
        }

        // Counted before it is queued, so that free + zeroed + leased never exceeds the capacity's view of it by a torn moment.
        Interlocked.Add(ref _zeroedCount, count);
        _zeroed.Enqueue(head);
    }

    /// <summary>Makes what was zeroed free. For the executor.</summary>
    public void Reclaim(BlockBitmap bitmap)
    {
        while (!_zeroed.IsEmpty && _zeroed.TryDequeue(out int head))
        {
            int reclaimed = 0;
            int block = head;
            while (block != BlockRow.None)
            {
                int first = block;
                int count = 0;
                do
                {
                    ref BlockRow row = ref store[block];
                    SegmentFaultException.ThrowUnless((row.Flags & BlockFlags.Dirty) != 0, "a zeroed block was dirty");
                    row.Flags &= ~BlockFlags.Dirty;
                    block = row.Next;
                    row.Next = BlockRow.None;
                    row.Head = BlockRow.None;
                    count++;
                }
                while (block == first + count);

                bitmap.Give(first, count);
                reclaimed += count;
            }

            Interlocked.Add(ref _zeroedCount, -reclaimed);
        }
    }
}
