using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OrleansPool.Core.Arenas;
using OrleansPool.Core.Replication;

namespace OrleansPool.Core.Segments;

/// <summary>
/// The blocks of a segment and their rows. One writer, the executor; readers on any thread, without locks, by a seqlock (Boehm,
/// "Can Seqlocks Get Along With Programming Language Memory Models?", MSPC 2012): the version is odd while bytes change, and a
/// reader whose version moved copies again. Torn bytes are never returned: a failed copy is cleared.
/// </summary>
internal sealed class BlockStore
{
    // Frames and rows move together, and a copy goes on with the pair that it began with.
    private Home _home;

    public BlockStore(ArenaSlice frames, ArenaSlice book, SegmentGeometry geometry)
    {
        BlockBytes = geometry.BlockBytes;
        BlockCount = geometry.BlockCount;
        _home = HomeIn(frames, book);
    }

    public int BlockBytes { get; }

    public int BlockCount { get; }

    public ref BlockRow this[int block] => ref _home.Rows[block];

    /// <summary>All rows, as they lie in memory. For the executor only.</summary>
    public ReadOnlySpan<byte> RowBytes => MemoryMarshal.AsBytes(_home.Rows.AsSpan());

    /// <summary>Takes over the rows of another replica. For the executor only, while nobody reads.</summary>
    public void TakeRows(ReadOnlySpan<byte> rows) => rows.CopyTo(MemoryMarshal.AsBytes(_home.Rows.AsSpan()));

    /// <summary>The committed bytes of a block. For the executor only.</summary>
    public ReadOnlySpan<byte> BytesOf(int block) => _home.Frames[block];

    /// <summary>
    /// Goes on in other memory, which holds a copy of the rows already. For the executor, while no block is being zeroed. A reader
    /// that began in the old memory may go on copying from it however long it likes: the segment's new read right refuses it.
    /// </summary>
    public void MoveTo(ArenaSlice frames, ArenaSlice book)
    {
        Home next = HomeIn(frames, book);
        for (int block = 0; block < BlockCount; block++)
        {
            if ((next.Rows[block].Flags & BlockFlags.Leased) == 0) continue;
            next.Frames.Prepare(block);
            _home.Frames[block].CopyTo(next.Frames[block]);
        }

        Volatile.Write(ref _home, next);
    }

    /// <summary>Whether some bytes lie inside one block.</summary>
    public bool IsInside(int block, int offset, int byteCount) =>
        (uint)block < (uint)BlockCount && offset >= 0 && byteCount <= BlockBytes && offset <= BlockBytes - byteCount;

    /// <summary>Copies bytes of a block if it still has a generation.</summary>
    /// <param name="block">Index of the block; the caller has checked its bounds.</param>
    /// <param name="generation">The generation that the reader holds.</param>
    /// <param name="offset">First byte in the block.</param>
    /// <param name="destination">Where the bytes go; cleared on failure.</param>
    /// <param name="version">Sequence of the operation that wrote the block last.</param>
    public bool TryCopy(int block, ulong generation, int offset, Span<byte> destination, out ulong version)
    {
        Home home = Volatile.Read(ref _home);
        ref BlockRow row = ref home.Rows[block];
        ReadOnlySpan<byte> source = home.Frames[block].Slice(offset, destination.Length);
        SpinWait spin = default;
        while (true)
        {
            ulong before = Volatile.Read(ref row.Version);
            if (Volatile.Read(ref row.Generation) != generation) break;
            if ((before & 1) == 0)
            {
                source.CopyTo(destination);
                Volatile.ReadBarrier();
                if (row.Version == before && row.Generation == generation)
                {
                    version = before >> 1;
                    return true;
                }
            }

            spin.SpinOnce();
        }

        destination.Clear();
        version = 0;
        return false;
    }

    /// <summary>Whether a block still has a generation and, if so, its version.</summary>
    public bool TryGetVersion(int block, ulong generation, out ulong version)
    {
        ref BlockRow row = ref Volatile.Read(ref _home).Rows[block];
        version = Volatile.Read(ref row.Version) >> 1;
        Volatile.ReadBarrier();
        return row.Generation == generation;
    }

    /// <summary>Puts committed bytes into a block.</summary>
    public void Commit(int block, int offset, ReadOnlySpan<byte> bytes, ulong sequence)
    {
        ref BlockRow row = ref _home.Rows[block];
        Volatile.Write(ref row.Version, (row.Version & ~1UL) | 1);
        Volatile.WriteBarrier();
        bytes.CopyTo(_home.Frames[block][offset..]);
        Volatile.Write(ref row.Version, sequence << 1);
    }

    /// <summary>Gives a block another holder, or none: from now on no copy succeeds for an earlier generation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetGeneration(int block, ulong sequence)
    {
        ref BlockRow row = ref _home.Rows[block];
        SegmentFaultException.ThrowUnless(sequence > row.Generation, "a block's generation only rises");
        Volatile.Write(ref row.Generation, sequence);
        Volatile.Write(ref row.Version, sequence << 1);
    }

    /// <summary>Makes a block ready for a new holder.</summary>
    public void Prepare(int block) => _home.Frames.Prepare(block);

    /// <summary>Zeroes a block that left its lease. Runs outside the executor; nobody else may touch the block.</summary>
    public void Retire(int block)
    {
        if (!Mutant.Is(Mutation.ZeroingLeftOut)) _home.Frames.Retire(block);
    }

    private Home HomeIn(ArenaSlice frames, ArenaSlice book) =>
        new(new BlockFrames(frames, BlockBytes, BlockCount), new NativeTable<BlockRow>(book, 0, BlockCount));

    private sealed record Home(BlockFrames Frames, NativeTable<BlockRow> Rows);
}
