using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OrleansPool.Core.Arenas;

/// <summary>Local memory taken ahead: blocks of one slice of an arena, taken and returned without locks.</summary>
/// <remarks>
/// <para>The slice holds the blocks' bytes and nothing else; <see cref="FreeBlocks"/> explains who gets which block. Blocks change hands inside
/// the reservation without being zeroed, since they stay with one owner; the slice is zeroed when it goes back to the arena.</para>
/// <para>Thread-safe. <see cref="TryTake(out LocalBlock)"/> may fail, with blocks free,
/// while other threads are in the middle of moving the last of them.</para>
/// <para>Public for the other assemblies of OrleansPool only: it may change in any version.</para>
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class Reservation : BlockReservation
{
    // What the fast path needs stands in this object, not behind it.
    private readonly byte* _firstBlock;
    private readonly long _strideBytes;
    private readonly int _blockBytes;
    private readonly bool _isDiagnostic;
    private FreeBlocks _blocks;

    private readonly BlockFrames _frames;
    private readonly ArenaSlice _slice;
    private readonly Action? _released;
    private readonly ReservationMemoryPool _memoryPool;
    private int _disposed;

    private Reservation(ArenaSlice slice, int blockBytes, int blockCount, Action? released)
    {
        _slice = slice;
        _released = released;
        _frames = new BlockFrames(slice, blockBytes, blockCount);
        _isDiagnostic = _frames.IsDiagnostic;
        _firstBlock = _frames.GetAddress(0);
        _strideBytes = _frames.StrideBytes;
        _blockBytes = blockBytes;
        _blocks = new FreeBlocks(blockCount, slice.Arena.NextSerial(), Release);
        _memoryPool = new ReservationMemoryPool(this);
        slice.LeakReporter = ReportLeaks;
    }

    /// <inheritdoc/>
    public override int BlockCount => _frames.BlockCount;

    /// <inheritdoc/>
    public override int BlockBytes => _blockBytes;

    /// <inheritdoc/>
    public override int FreeCount => _blocks.FreeCount;

    /// <summary>Who asked for it, for reports.</summary>
    public string Owner => _slice.Owner;

    /// <summary>How many blocks were returned so far, each taken before. Looks at every block.</summary>
    public long ReturnCount => _blocks.ReturnCount;

    /// <summary>True from disposal on: nothing can be taken any more.</summary>
    public bool IsClosed => _blocks.IsClosed;

    /// <summary>True once the memory is back in the arena.</summary>
    public bool IsReleased => _slice.IsGivenBack;

    /// <summary>Carves a reservation out of an arena.</summary>
    /// <param name="arena">Where the memory comes from.</param>
    /// <param name="blockBytes">Size of a block in bytes; see <see cref="BlockSizes"/>.</param>
    /// <param name="blockCount">How many blocks.</param>
    /// <param name="owner">Who asks, for reports.</param>
    /// <param name="reservation">The reservation, or null.</param>
    /// <param name="released">Called once, by the thread that brings back the last block, when the memory is back in the arena.</param>
    /// <returns>False when the arena has no free range that is large enough.</returns>
    /// <exception cref="PoolConfigurationException">The size or count is not possible; the message names the value and the rule.</exception>
    public static bool TryMake(
        Arena arena, int blockBytes, int blockCount, string owner, [NotNullWhen(true)] out Reservation? reservation, Action? released = null)
    {
        reservation = null;
        if (!arena.TryCarve(BlockFrames.BytesFor(blockBytes, blockCount, arena.IsDiagnostic), owner, out ArenaSlice? slice))
            return false;
        reservation = new Reservation(slice, blockBytes, blockCount, released);
        return true;
    }

    /// <inheritdoc/>
    public override bool TryTake(out LocalBlock block)
    {
        LocalBlock taken = _blocks.Take();
        block = taken;
        if (taken.Generation == 0)
            return false;
        if (_isDiagnostic)
            _frames.Prepare(taken.Index);
        return true;
    }

    /// <inheritdoc/>
    public override bool TryTake(out LocalBlock block, out Span<byte> bytes)
    {
        LocalBlock taken = _blocks.Take();
        block = taken;
        if (taken.Generation == 0)
        {
            bytes = default;
            return false;
        }
        if (_isDiagnostic)
            _frames.Prepare(taken.Index);
        bytes = SpanOf(taken.Index);
        return true;
    }

    /// <inheritdoc/>
    public override void Return(LocalBlock block)
    {
        if (_isDiagnostic || !_blocks.TryReturn(block))
            ReturnSlowly(block);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(LocalBlock block)
    {
        if (!_blocks.Words.IsHeld(block.Index, block.Generation))
            ThrowFenced(block);
        return SpanOf(block.Index);
    }

    /// <inheritdoc/>
    /// <remarks>Allocates one small object, which stays fenced for ever once the block is returned.</remarks>
    public override Memory<byte> GetMemory(LocalBlock block)
    {
        if (!_blocks.Words.IsHeld(block.Index, block.Generation))
            ThrowFenced(block);
        return new ReservedMemory(this, block).Memory;
    }

    /// <inheritdoc/>
    public override MemoryPool<byte> AsMemoryPool() => _memoryPool;

    /// <summary>Throws where an invariant does not hold. Call it while nobody takes or returns.</summary>
    /// <exception cref="ArenaFaultException">The books contradict themselves, or a diagnostic arena found a stray write.</exception>
    public void CheckInvariants()
    {
        _blocks.CheckInvariants();
        if (!IsReleased)
            _frames.CheckInvariants();
    }

    /// <summary>Pins a block: it does not become free, nor its memory go back, before <see cref="Unpin"/>.</summary>
    /// <returns>Its address.</returns>
    internal byte* Pin(LocalBlock block)
    {
        _blocks.Share();
        if (!_blocks.Words.TryPin(block.Index, block.Generation))
            ThrowNotPinned(block);
        return _frames.GetAddress(block.Index);
    }

    /// <summary>Ends a pin.</summary>
    internal void Unpin(LocalBlock block)
    {
        if (_blocks.Words.Unpin(block.Index))
            FinishReturn(block.Index);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _blocks.Close();
    }

    // The caller holds the block, so the index is one of ours and the slice is not given back.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> SpanOf(int index) => MemoryMarshal.CreateSpan(ref _firstBlock[index * _strideBytes], _blockBytes);

    private void ReturnSlowly(LocalBlock block)
    {
        _blocks.Share();
        if (!_blocks.Words.TryBeginReturn(block.Index, block.Generation, out bool isPinned))
            ThrowFenced(block);
        if (!isPinned)
            FinishReturn(block.Index);
    }

    // Between the beginning and the end of its return nobody else can have the block: the time for a diagnostic arena to check and poison it.
    private void FinishReturn(int index)
    {
        if (_isDiagnostic)
            _frames.Retire(index);
        _blocks.FinishReturn(index);
    }

    private void Release()
    {
        _frames.CheckInvariants();
        _slice.Arena.GiveBack(_slice);
        _released?.Invoke();
    }

    private void ReportLeaks(List<string> leaks)
    {
        foreach (int index in _blocks.TakenBlocks())
            leaks.Add($"block {index} of the reservation of '{Owner}'");
    }

    [DoesNotReturn]
    private void ThrowFenced(LocalBlock block) => throw new LeaseFencedException(
        block.Index < 0 || block.Index >= BlockCount
            ? $"Block {block.Index} is not one of the {BlockCount} blocks of this reservation of '{Owner}'. Give back only what its TryTake gave out."
            : $"Block {block.Index} of the reservation of '{Owner}' is not held with generation {block.Generation} any more: it was returned before. "
              + "Return a block once, by its last user, and do not use it afterwards.");

    [DoesNotReturn]
    private void ThrowNotPinned(LocalBlock block)
    {
        if (!_blocks.Words.IsHeld(block.Index, block.Generation))
            ThrowFenced(block);
        throw new InvalidOperationException(
            $"Block {block.Index} of the reservation of '{Owner}' has {BlockWord.PinCountMax} pins already. Dispose memory handles once done.");
    }
}
