using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace OrleansPool.Core.Arenas;

/// <summary>The sizes that blocks may have, in one place. All values are bytes.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class BlockSizes
{
    /// <summary>The smallest block: one cache line, so that two blocks never share one.</summary>
    public const int BytesMin = 64;

    /// <summary>The largest block.</summary>
    public const int BytesMax = 1 << 20;

    /// <summary>The size of a block where nothing else is asked for.</summary>
    public const int BytesDefault = 4096;

    /// <summary>The most blocks that one run of frames or one reservation may hold.</summary>
    public const int CountMax = (1 << 28) - 1;

    /// <summary>True for a power of two from <see cref="BytesMin"/> to <see cref="BytesMax"/>.</summary>
    public static bool IsValid(long blockBytes) =>
        blockBytes is >= BytesMin and <= BytesMax && BitOperations.IsPow2(blockBytes);

    /// <summary>Refuses a block size that breaks the rule.</summary>
    /// <exception cref="PoolConfigurationException">Names the value and the rule.</exception>
    public static void Validate(long blockBytes)
    {
        if (!IsValid(blockBytes))
            ThrowSize(blockBytes);
    }

    /// <summary>Refuses a block size or a number of blocks that breaks the rules.</summary>
    /// <exception cref="PoolConfigurationException">Names the value and the rule.</exception>
    public static void Validate(long blockBytes, long blockCount)
    {
        Validate(blockBytes);
        if (blockCount is < 1 or > CountMax)
            ThrowCount(blockCount);
    }

    [DoesNotReturn]
    private static void ThrowSize(long blockBytes) => throw new PoolConfigurationException(
        $"A block size of {blockBytes} B is not possible: it must be a power of two from {BytesMin} B to {BytesMax} B.");

    [DoesNotReturn]
    private static void ThrowCount(long blockCount) => throw new PoolConfigurationException(
        $"A block count of {blockCount} is not possible: it must be from 1 to {CountMax}.");
}
