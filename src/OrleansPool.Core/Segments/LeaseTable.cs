using System.Runtime.InteropServices;
using OrleansPool.Core.Arenas;
using OrleansPool.Core.Replication;
using OrleansPool.Grains;

namespace OrleansPool.Core.Segments;

/// <summary>
/// The leases of a segment. A lease is a chain of blocks in the order of its bytes; its row stands at the index of the first one.
/// </summary>
/// <remarks>
/// Owned by the segment's executor. Invariant, after every step:
/// <code>free + reserved + leased + dirty + zeroed = block count;   a block is in at most one chain</code>
/// </remarks>
internal sealed class LeaseTable
{
    private readonly BlockStore _store;
    private readonly BlockBitmap _bitmap;
    private NativeTable<LeaseRow> _rows;
    private readonly RetiredBlocks _retired;
    private readonly LabelTable _labels = new();
    private readonly LeaseTraces _traces = new();
    private readonly Dictionary<int, string> _regions = [];
    private Tick _madeAt;
    private int _reserved;

    public LeaseTable(BlockStore store, ArenaSlice book, SegmentGeometry geometry, LeaseSecret secret, Tick madeAt)
    {
        _store = store;
        Fences = new FencedLeases(geometry.BlockBytes);
        _bitmap = new BlockBitmap(book, geometry.BitmapAt, geometry.BlockCount);
        _rows = new NativeTable<LeaseRow>(book, geometry.LeaseRowsAt, geometry.BlockCount);
        _retired = new RetiredBlocks(store);
        Secret = secret;
        _madeAt = madeAt;
        for (int block = 0; block < store.BlockCount; block++)
        {
            store[block].Head = BlockRow.None;
            store[block].Next = BlockRow.None;
        }
    }

    /// <summary>Derives and verifies lease ids.</summary>
    public LeaseSecret Secret { get; set; }

    /// <summary>The lock fences of the leases.</summary>
    public FencedLeases Fences { get; }

    /// <summary>Goes on in other memory, which holds a copy already. The store has moved before.</summary>
    public void MoveTo(ArenaSlice book, SegmentGeometry geometry)
    {
        _bitmap.MoveTo(book, geometry.BitmapAt);
        _rows = new NativeTable<LeaseRow>(book, geometry.LeaseRowsAt, geometry.BlockCount);
    }

    public int LeaseCount { get; private set; }

    public int KeptCount => _regions.Count;

    public int LeasedBlockCount { get; private set; }

    public int FreeBlockCount => _bitmap.FreeCount + _retired.ZeroedCount;

    /// <summary>Not later than the first moment at which a lease can run out.</summary>
    public Tick EarliestExpiry { get; private set; } = Tick.Never;

    /// <summary>Whether a holder has a right over its lease now; if not, why.</summary>
    public OperationStatus Check(in LeaseKey key, LeaseRights needed)
    {
        if ((uint)key.Head >= (uint)_store.BlockCount || !Secret.Verify(key)) return OperationStatus.Forged;
        ref BlockRow head = ref _store[key.Head];
        if (head.Generation != key.Generation || (head.Flags & BlockFlags.Head) == 0)
        {
            return (head.Flags & BlockFlags.Expired) != 0 ? OperationStatus.Expired : OperationStatus.Fenced;
        }

        return key.Rights >= needed ? OperationStatus.Ok : OperationStatus.Denied;
    }

    /// <summary>Chooses blocks for a lease and keeps others from them; the lease begins later.</summary>
    /// <param name="blockCount">How many; <see cref="CanTake"/> was true for them.</param>
    /// <param name="runs">Gets them.</param>
    public void Reserve(int blockCount, List<BlockRun> runs)
    {
        SegmentFaultException.ThrowUnless(blockCount > 0 && blockCount <= _bitmap.FreeCount, "ALLOC was checked against the free count");
        for (int left = blockCount; left > 0;)
        {
            int count = _bitmap.Take(left, out int first);
            left -= count;
            runs.Add(new BlockRun(first, count));
        }

        _reserved += blockCount;
    }

    /// <summary>Takes blocks that another replica chose.</summary>
    /// <returns>False when some are not zeroed yet.</returns>
    public bool TryReserve(ReadOnlySpan<BlockRun> runs)
    {
        Reclaim();
        foreach (BlockRun run in runs)
        {
            if (!_bitmap.AreFree(run.First, run.Count)) return false;
        }

        foreach (BlockRun run in runs)
        {
            _bitmap.TakeExactly(run.First, run.Count);
            _reserved += run.Count;
        }

        return true;
    }

    /// <summary>Gives back what was reserved for a lease that does not begin.</summary>
    public void Unreserve(ReadOnlySpan<BlockRun> runs)
    {
        foreach (BlockRun run in runs)
        {
            _bitmap.Give(run.First, run.Count);
            _reserved -= run.Count;
        }
    }

    /// <summary>Begins a lease of blocks that were reserved for it.</summary>
    /// <param name="record">What <see cref="AllocRecord"/> wrote.</param>
    /// <param name="sequence">The operation's sequence: the lease's generation.</param>
    /// <param name="now">The moment.</param>
    /// <returns>The head of the lease.</returns>
    public int Begin(ReadOnlySpan<byte> record, ulong sequence, Tick now)
    {
        AllocRecord.Read(record, out uint durationMilliseconds, out ReadOnlySpan<byte> owner, out UInt128 trace, out ReadOnlySpan<BlockRun> runs);
        int head = runs[0].First;
        int last = BlockRow.None;
        int blockCount = 0;
        foreach (BlockRun run in runs)
        {
            blockCount += run.Count;
            for (int block = run.First; block < run.First + run.Count; block++)
            {
                _store.Prepare(block);
                ref BlockRow row = ref _store[block];
                row.Flags = BlockFlags.Leased;
                row.Head = head;
                row.Next = BlockRow.None;
                if (last != BlockRow.None) _store[last].Next = block;
                _store.SetGeneration(block, sequence);
                last = block;
            }
        }

        ref BlockRow headRow = ref _store[head];
        headRow.Flags |= BlockFlags.Head;
        headRow.Label = _labels.Acquire(owner);
        _traces.Add(head, trace);
        _rows[head] = new LeaseRow
        {
            DurationMilliseconds = durationMilliseconds,
            TakenAtSeconds = (uint)(now - _madeAt).TotalSeconds,
            BlockCount = blockCount,
        };
        RestartDuration(head, now);
        LeaseCount++;
        LeasedBlockCount += blockCount;
        _reserved -= blockCount;
        return head;
    }

    public bool CanTake(int blockCount)
    {
        Reclaim();
        return blockCount <= _bitmap.FreeCount;
    }

    /// <summary>Ends a lease. Its chain is dirty until it is zeroed.</summary>
    public EndedLease End(int head, ulong sequence, bool expired)
    {
        var ended = new EndedLease(OwnerOf(head), _rows[head].BlockCount);
        for (int block = head; block != BlockRow.None; block = _store[block].Next)
        {
            ref BlockRow row = ref _store[block];
            SegmentFaultException.ThrowUnless(row.Head == head && (row.Flags & BlockFlags.Leased) != 0, "a lease's chain holds only its own blocks");
            row.Flags = BlockFlags.Dirty | (expired ? BlockFlags.Expired : BlockFlags.None);
            _store.SetGeneration(block, sequence);
        }

        _labels.Release(_store[head].Label);
        _store[head].Label = 0;
        _traces.Remove(head);
        _regions.Remove(head);
        Fences.Forget(head);
        LeasedBlockCount -= _rows[head].BlockCount;
        LeaseCount--;
        _rows[head] = default;
        return ended;
    }

    /// <summary>Raises a lease's generation and restarts its duration.</summary>
    public void Transfer(int head, ulong sequence, Tick now)
    {
        for (int block = head; block != BlockRow.None && !Mutant.Is(Mutation.TransferKeepsGeneration); block = _store[block].Next) _store.SetGeneration(block, sequence);
        RestartDuration(head, now);
    }

    public void Keep(int head, string region)
    {
        _store[head].Flags |= BlockFlags.Kept;
        _rows[head].ExpiresAt = Tick.Never;
        _regions[head] = region;
    }

    public void RestartDuration(int head, Tick now)
    {
        ref LeaseRow row = ref _rows[head];
        row.ExpiresAt = IsKept(head) ? Tick.Never : now + TimeSpan.FromMilliseconds(row.DurationMilliseconds);
        EarliestExpiry = Tick.Min(EarliestExpiry, row.ExpiresAt);
    }

    /// <summary>Every lease lives for its whole duration from now on.</summary>
    public void RestartDurations(Tick now)
    {
        if (LeaseCount == _regions.Count) return;
        for (int block = 0; block < _store.BlockCount; block++)
        {
            if ((_store[block].Flags & BlockFlags.Head) != 0) RestartDuration(block, now);
        }
    }

    /// <summary>A lease that ran out could not be ended: it is looked at again at some moment.</summary>
    public void ExpectExpiry(Tick at) => EarliestExpiry = Tick.Min(EarliestExpiry, at);

    public bool IsKept(int head) => (_store[head].Flags & BlockFlags.Kept) != 0;

    /// <summary>Whether some bytes, which may run over blocks that follow each other, lie in a lease's own blocks.</summary>
    public bool Holds(int head, int block, int offset, long byteCount)
    {
        if (block < 0 || offset < 0 || offset >= _store.BlockBytes || byteCount < 0) return false;
        long last = block + ((offset + Math.Max(byteCount, 1) - 1) / _store.BlockBytes);
        if (last >= _store.BlockCount) return false;
        for (; block <= last; block++)
        {
            if (_store[block].Head != head || (_store[block].Flags & BlockFlags.Leased) == 0) return false;
        }

        return true;
    }

    public string OwnerOf(int head) => _labels[_store[head].Label];

    public LeaseView View(int head)
    {
        ulong generation = _store[head].Generation;
        var runs = new List<BlockRun>(1);
        int first = head;
        int count = 0;
        for (int block = head; block != BlockRow.None; block = _store[block].Next)
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
            new LeaseKey(head, generation, Secret.Derive(generation, LeaseRights.Owner), LeaseRights.Owner),
            Secret.Derive(generation, LeaseRights.Read),
            _rows[head].BlockCount,
            IsKept(head) ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(_rows[head].DurationMilliseconds),
            [.. runs]);
    }

    /// <summary>Finds leases that have run out, looking at a bounded number of blocks.</summary>
    /// <param name="from">Where to begin; 0 begins a new round.</param>
    /// <param name="blockCountMax">Most blocks to look at.</param>
    /// <param name="now">The moment.</param>
    /// <param name="expired">Gets the heads.</param>
    /// <returns>Where to go on, or 0 when the round is complete.</returns>
    public int FindExpired(int from, int blockCountMax, Tick now, List<int> expired)
    {
        if (from == 0) EarliestExpiry = Tick.Never;
        int end = Math.Min(_store.BlockCount, from + blockCountMax);
        for (int block = from; block < end; block++)
        {
            if ((_store[block].Flags & BlockFlags.Head) == 0) continue;
            Tick expiresAt = _rows[block].ExpiresAt;
            if (expiresAt <= now)
            {
                expired.Add(block);
            }
            else
            {
                EarliestExpiry = Tick.Min(EarliestExpiry, expiresAt);
            }
        }

        return end == _store.BlockCount ? 0 : end;
    }

    /// <summary>The kept leases.</summary>
    public KeptLease[] ListKept()
    {
        var kept = new List<KeptLease>(_regions.Count);
        foreach ((int head, string region) in _regions)
        {
            LeaseView view = View(head);
            kept.Add(new KeptLease(view.Key, view.BlockCount, region));
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
        int end = (int)Math.Min(_store.BlockCount, (long)from + blockCountMax);
        for (int block = from; block < end; block++)
        {
            if ((_store[block].Flags & BlockFlags.Head) == 0) continue;
            heads.Enqueue(block, order == LeaseOrder.Largest ? _rows[block].BlockCount : -(long)_rows[block].TakenAtSeconds);
            if (heads.Count > countMax) heads.Dequeue();
        }

        next = end >= _store.BlockCount ? 0 : end;
        return [.. heads.UnorderedItems.Select(item => Describe(item.Element, now))];
    }

    public void Zero(int head) => _retired.Zero(head);

    public void Reclaim() => _retired.Reclaim(_bitmap);

    /// <summary>Writes every lease, and the generation of every block.</summary>
    public void WriteTo(SnapshotWriter writer, Tick now)
    {
        writer.Write((now - _madeAt).Ticks);
        writer.Write(_store.RowBytes);
        writer.Write(MemoryMarshal.AsBytes(_rows.AsSpan()));
        for (int block = 0; block < _store.BlockCount; block++)
        {
            if ((_store[block].Flags & BlockFlags.Head) == 0) continue;
            writer.Write(OwnerOf(block));
            writer.Write(_traces[block]);
            writer.Write(_regions.GetValueOrDefault(block, ""));
        }

        Fences.WriteTo(writer);
    }

    /// <summary>Takes over what another replica wrote, in a table of no leases. Durations do not run until they are restarted.</summary>
    public void ReadFrom(SnapshotReader reader, Tick now)
    {
        SegmentFaultException.ThrowUnless(LeaseCount == 0 && LeasedBlockCount == 0, "a snapshot is read into an empty segment");
        _madeAt = new Tick(now.Value - reader.ReadInt64());
        _store.TakeRows(reader.ReadBytes());
        reader.ReadBytes().CopyTo(MemoryMarshal.AsBytes(_rows.AsSpan()));
        for (int block = 0; block < _store.BlockCount; block++)
        {
            ref BlockRow row = ref _store[block];
            row.Label = 0;
            if ((row.Flags & BlockFlags.Leased) == 0)
            {
                row.Flags &= BlockFlags.Expired;
                row.Head = row.Next = BlockRow.None;
                _rows[block] = default;
                continue;
            }

            _bitmap.TakeExactly(block, 1);
            LeasedBlockCount++;
            if ((row.Flags & BlockFlags.Head) != 0) ReadLease(reader, block);
        }

        Fences.ReadFrom(reader);
    }

    private void ReadLease(SnapshotReader reader, int head)
    {
        _store[head].Label = _labels.Acquire(reader.ReadBytes());
        _traces.Add(head, reader.ReadUInt128());
        string region = reader.ReadText();
        if (IsKept(head)) _regions[head] = region;
        _rows[head].ExpiresAt = Tick.Never;
        LeaseCount++;
    }

    private ListedLease Describe(int head, Tick now)
    {
        ref LeaseRow row = ref _rows[head];
        TimeSpan age = now - _madeAt - TimeSpan.FromSeconds(row.TakenAtSeconds);
        TimeSpan expiresIn = IsKept(head) ? TimeSpan.MaxValue : row.ExpiresAt <= now ? TimeSpan.Zero : row.ExpiresAt - now;
        return new ListedLease(
            Secret.Derive(_store[head].Generation, LeaseRights.Owner), row.BlockCount, OwnerOf(head), _regions.GetValueOrDefault(head),
            TimeSpan.FromSeconds(Math.Max(0, Math.Floor(age.TotalSeconds))), expiresIn, _traces[head]);
    }

    /// <summary>Walks every block and lease and compares with the counts.</summary>
    public void CheckIntegrity()
    {
        _bitmap.CheckIntegrity();
        int leased = 0;
        int leases = 0;
        int dirty = 0;
        int free = 0;
        for (int block = 0; block < _store.BlockCount; block++)
        {
            BlockFlags flags = _store[block].Flags;
            if (_bitmap.IsFree(block)) free++;
            if ((flags & BlockFlags.Dirty) != 0) dirty++;
            if ((flags & BlockFlags.Head) == 0) continue;

            leases++;
            int count = 0;
            for (int link = block; link != BlockRow.None; link = _store[link].Next, count++)
            {
                SegmentFaultException.ThrowUnless(_store[link].Head == block, "a block is in the chain of its own lease");
                SegmentFaultException.ThrowUnless((_store[link].Flags & BlockFlags.Leased) != 0, "a chain holds leased blocks");
                SegmentFaultException.ThrowUnless(!_bitmap.IsFree(link), "a leased block is not free");
                SegmentFaultException.ThrowUnless(_store[link].Generation == _store[block].Generation, "a lease has one generation");
            }

            SegmentFaultException.ThrowUnless(count == _rows[block].BlockCount, "a lease counts its blocks");
            leased += count;
        }

        Fences.CheckIntegrity();
        foreach (int head in Fences.Heads)
        {
            SegmentFaultException.ThrowUnless((_store[head].Flags & BlockFlags.Head) != 0, "only a lease that is alive has fences");
        }

        SegmentFaultException.ThrowUnless(leases == LeaseCount, "the lease count is the number of heads");
        SegmentFaultException.ThrowUnless(leased == LeasedBlockCount, "the leased count is the sum of the leases");
        SegmentFaultException.ThrowUnless(free + _reserved + leased + dirty == _store.BlockCount, "free + reserved + leased + dirty = block count");
    }
}
