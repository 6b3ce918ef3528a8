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
    private NativeTable<LeaseRow> _rows;
    private readonly LabelTable _labels = new();
    private readonly LeaseTraces _traces = new();
    private readonly Dictionary<int, string> _regions = [];
    private Tick _madeAt;

    public LeaseTable(BlockStore store, ArenaSlice book, SegmentGeometry geometry, LeaseSecret secret, Tick madeAt)
    {
        _store = store;
        Fences = new FencedLeases(geometry.BlockBytes);
        Supply = new BlockSupply(store, book, geometry);
        _rows = new NativeTable<LeaseRow>(book, geometry.LeaseRowsAt, geometry.BlockCount);
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

    /// <summary>The blocks that no lease has.</summary>
    public BlockSupply Supply { get; }

    /// <summary>The lock fences of the leases.</summary>
    public FencedLeases Fences { get; }

    /// <summary>Goes on in other memory, which holds a copy already. The store has moved before.</summary>
    public void MoveTo(ArenaSlice book, SegmentGeometry geometry)
    {
        Supply.MoveTo(book, geometry);
        _rows = new NativeTable<LeaseRow>(book, geometry.LeaseRowsAt, geometry.BlockCount);
    }

    public int LeaseCount { get; private set; }

    public int KeptCount => _regions.Count;

    public int LeasedBlockCount { get; private set; }

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
        Supply.OnBegun(blockCount);
        return head;
    }

    /// <summary>Ends a lease. Its chain is dirty until it is zeroed.</summary>
    public EndedLease End(int head, ulong sequence, bool expired)
    {
        var ended = new EndedLease(OwnerOf(head), _rows[head].BlockCount);
        for (int block = head; block != BlockRow.None; block = _store[block].Next)
        {
            ref BlockRow row = ref _store[block];
            SegmentFaultException.ThrowUnless(row.Head == head, "a lease's chain holds only its own blocks");
            SegmentFaultException.ThrowUnless((row.Flags & BlockFlags.Leased) != 0, "a lease's chain holds leased blocks");
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

    /// <summary>The region that keeps a lease; null for none.</summary>
    public string? RegionOf(int head) => _regions.GetValueOrDefault(head);

    /// <summary>The trace in which a lease was taken; zero for none.</summary>
    public UInt128 TraceOf(int head) => _traces[head];

    /// <summary>The heads of the kept leases.</summary>
    public IReadOnlyCollection<int> KeptHeads => _regions.Keys;

    /// <summary>The row of a lease.</summary>
    public ref readonly LeaseRow RowOf(int head) => ref _rows[head];

    /// <summary>How long ago a lease was taken.</summary>
    public TimeSpan AgeOf(int head, Tick now) => now - _madeAt - TimeSpan.FromSeconds(_rows[head].TakenAtSeconds);

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
        SegmentFaultException.ThrowUnless(LeaseCount == 0, "a snapshot is read into an empty segment");
        SegmentFaultException.ThrowUnless(LeasedBlockCount == 0, "an empty segment has no leased block");
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

            Supply.Take(block);
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

    /// <summary>Walks every block and lease and compares with the counts.</summary>
    public void CheckIntegrity()
    {
        Supply.CheckIntegrity();
        int leased = 0;
        int leases = 0;
        int dirty = 0;
        int free = 0;
        for (int block = 0; block < _store.BlockCount; block++)
        {
            BlockFlags flags = _store[block].Flags;
            if (Supply.IsFree(block)) free++;
            if ((flags & BlockFlags.Dirty) != 0) dirty++;
            if ((flags & BlockFlags.Head) == 0) continue;

            leases++;
            int count = 0;
            for (int link = block; link != BlockRow.None; link = _store[link].Next, count++)
            {
                SegmentFaultException.ThrowUnless(_store[link].Head == block, "a block is in the chain of its own lease");
                SegmentFaultException.ThrowUnless((_store[link].Flags & BlockFlags.Leased) != 0, "a chain holds leased blocks");
                SegmentFaultException.ThrowUnless(!Supply.IsFree(link), "a leased block is not free");
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
        SegmentFaultException.ThrowUnless(free + Supply.ReservedCount + leased + dirty == _store.BlockCount, "free + reserved + leased + dirty = block count");
    }
}
