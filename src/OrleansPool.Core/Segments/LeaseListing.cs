namespace OrleansPool.Core.Segments;

/// <summary>What callers are told of leases: the one that they hold, those that are kept, those that stand out.</summary>
/// <remarks>Owned by the segment's executor.</remarks>
internal sealed class LeaseListing(BlockStore store, LeaseTable leases)
{
    /// <summary>A lease as its holder is told of it.</summary>
    public LeaseView View(int head)
    {
        ulong generation = store[head].Generation;
        var runs = new List<BlockRun>(1);
        int first = head;
        int count = 0;
        for (int block = head; block != BlockRow.None; block = store[block].Next)
        {
            if (block != first + count)
            {
                runs.Add(new BlockRun(first, count));
                first = block;
                count = 0;
            }

            count++;
        }

        runs.Add(new BlockRun(first, count));
        return new LeaseView(
            new LeaseKey(head, generation, leases.Secret.Derive(generation, LeaseRights.Owner), LeaseRights.Owner),
            leases.Secret.Derive(generation, LeaseRights.Read),
            leases.RowOf(head).BlockCount,
            leases.IsKept(head) ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(leases.RowOf(head).DurationMilliseconds),
            [.. runs]);
    }

    /// <summary>The kept leases.</summary>
    public KeptLease[] ListKept()
    {
        var kept = new List<KeptLease>(leases.KeptCount);
        foreach (int head in leases.KeptHeads)
        {
            LeaseView view = View(head);
            kept.Add(new KeptLease(view.Key, view.BlockCount, leases.RegionOf(head)!));
        }

        return [.. kept];
    }

    /// <summary>Finds the leases that stand out among a bounded number of blocks.</summary>
    /// <param name="from">Where to begin.</param>
    /// <param name="blockCountMax">Most blocks to look at.</param>
    /// <param name="order">Which stand out.</param>
    /// <param name="countMax">Most leases to list.</param>
    /// <param name="now">The moment.</param>
    /// <param name="next">Where to go on, or 0 at the end.</param>
    public ListedLease[] List(int from, int blockCountMax, LeaseOrder order, int countMax, Tick now, out int next)
    {
        var heads = new PriorityQueue<int, long>(countMax + 1);
        int end = (int)Math.Min(store.BlockCount, (long)from + blockCountMax);
        for (int block = from; block < end; block++)
        {
            if ((store[block].Flags & BlockFlags.Head) == 0) continue;
            heads.Enqueue(block, order == LeaseOrder.Largest ? leases.RowOf(block).BlockCount : -(long)leases.RowOf(block).TakenAtSeconds);
            if (heads.Count > countMax) heads.Dequeue();
        }

        next = end >= store.BlockCount ? 0 : end;
        return [.. heads.UnorderedItems.Select(item => Describe(item.Element, now))];
    }

    private ListedLease Describe(int head, Tick now)
    {
        ref readonly LeaseRow row = ref leases.RowOf(head);
        TimeSpan expiresIn = leases.IsKept(head) ? TimeSpan.MaxValue : row.ExpiresAt <= now ? TimeSpan.Zero : row.ExpiresAt - now;
        return new ListedLease(
            leases.Secret.Derive(store[head].Generation, LeaseRights.Owner), row.BlockCount, leases.OwnerOf(head), leases.RegionOf(head),
            TimeSpan.FromSeconds(Math.Max(0, Math.Floor(leases.AgeOf(head, now).TotalSeconds))), expiresIn, leases.TraceOf(head));
    }
}
