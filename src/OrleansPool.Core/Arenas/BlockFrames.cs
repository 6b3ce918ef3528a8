using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace OrleansPool.Core.Arenas;

/// <summary>The bytes of a run of blocks of one size.</summary>
/// <remarks>
/// <para>A block is zeroed when its owner leaves (<see cref="Retire"/>), before anyone else can get it; <see cref="Prepare"/> comes before a
/// block gets its owner. In a diagnostic arena a retired block holds poison, canaries stand between blocks, and both are checked.</para>
/// <para>Thread-safe for different blocks; who may touch a block is its owner's business. Must not be used once the slice was given back.</para>
/// <para>Public for the other assemblies of OrleansPool only: it may change in any version.</para>
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class BlockFrames
{
    private readonly byte* _first;
    private readonly FramePoison? _poison;

    /// <summary>Lays blocks over a part of a slice. All of them are without owner.</summary>
    /// <param name="slice">Where they live; that part must be zero.</param>
    /// <param name="blockBytes">Size of a block in bytes; see <see cref="BlockSizes"/>.</param>
    /// <param name="blockCount">How many blocks.</param>
    /// <param name="offset">Where they begin in the slice, in bytes; a multiple of <see cref="BlockSizes.BytesMin"/>.</param>
    /// <exception cref="PoolConfigurationException">The size or count is not possible.</exception>
    /// <exception cref="ArgumentOutOfRangeException">They do not fit, or the offset is not aligned.</exception>
    public BlockFrames(ArenaSlice slice, int blockBytes, int blockCount, long offset = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(offset % BlockSizes.BytesMin, 0, nameof(offset));
        bool diagnostic = slice.Arena.IsDiagnostic;
        byte* address = slice.GetAddress(offset, BytesFor(blockBytes, blockCount, diagnostic));
        BlockBytes = blockBytes;
        BlockCount = blockCount;
        _first = diagnostic ? address + FramePoison.CanaryBytes : address;
        StrideBytes = diagnostic ? blockBytes + FramePoison.CanaryBytes : blockBytes;
        if (diagnostic)
            _poison = new FramePoison(_first, blockBytes, blockCount, slice.Owner);
    }

    /// <summary>Size of a block in bytes.</summary>
    public int BlockBytes { get; }

    /// <summary>How many blocks.</summary>
    public int BlockCount { get; }

    /// <summary>True where wrong use is looked for.</summary>
    public bool IsDiagnostic => _poison is not null;

    /// <summary>The bytes of a block.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such block.</exception>
    public Span<byte> this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(GetAddress(index), BlockBytes);
    }

    /// <summary>The bytes that a run of blocks takes in a slice.</summary>
    /// <param name="blockBytes">Size of a block in bytes.</param>
    /// <param name="blockCount">How many blocks.</param>
    /// <param name="diagnostic">Whether the arena is diagnostic: canaries take room.</param>
    /// <exception cref="PoolConfigurationException">The size or count is not possible.</exception>
    public static long BytesFor(int blockBytes, int blockCount, bool diagnostic = false)
    {
        BlockSizes.Validate(blockBytes, blockCount);
        return diagnostic
            ? FramePoison.CanaryBytes + (long)(blockBytes + FramePoison.CanaryBytes) * blockCount
            : (long)blockBytes * blockCount;
    }

    /// <summary>Comes before a block gets a new owner, who finds it zero.</summary>
    /// <param name="index">The block.</param>
    /// <param name="owner">Who gets it, for reports of the diagnostic arena.</param>
    /// <exception cref="ArenaFaultException">Diagnostic arena: somebody wrote to the block after it was released.</exception>
    public void Prepare(int index, string? owner = null)
    {
        Span<byte> block = this[index];
        if (_poison is not null)
            _poison.Prepare(index, owner);
        Debug.Assert(!block.ContainsAnyExcept((byte)0), "A block without owner is zero.");
    }

    /// <summary>Comes after a block's owner left: nobody will see its bytes again.</summary>
    /// <exception cref="ArenaFaultException">Diagnostic arena: the owner wrote outside of the block.</exception>
    public void Retire(int index)
    {
        Span<byte> block = this[index];
        if (_poison is not null)
            _poison.Retire(index);
        else
            block.Clear();
    }

    /// <summary>Checks every canary, and the poison of every block without owner. Nothing to check outside of a diagnostic arena.</summary>
    /// <exception cref="ArenaFaultException">Somebody wrote where it had no right to.</exception>
    public void CheckInvariants() => _poison?.CheckAll();

    /// <summary>From the beginning of a block to that of the next, in bytes.</summary>
    internal long StrideBytes { get; }

    /// <summary>The address of a block, which never moves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal byte* GetAddress(int index)
    {
        if ((uint)index >= (uint)BlockCount)
            ThrowIndex(index);
        return _first + index * StrideBytes;
    }

    [DoesNotReturn]
    private void ThrowIndex(int index) => throw new ArgumentOutOfRangeException(nameof(index), index, $"There are {BlockCount} blocks.");
}
