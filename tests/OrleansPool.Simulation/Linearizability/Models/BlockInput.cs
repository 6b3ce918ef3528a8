namespace OrleansPool.Simulation.Linearizability.Models;

/// <summary>An operation on one block. Make one with the factory of its kind.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Block">The block, for the partition of a history: any number that no other block of it has.</param>
/// <param name="Offset">First byte in the block.</param>
/// <param name="Count">How many bytes.</param>
/// <param name="Bytes">What a write writes.</param>
/// <param name="Operand">The desired value, or the addend.</param>
/// <param name="Expected">The value that must be there.</param>
public readonly record struct BlockInput(
    BlockOperation Kind, long Block, int Offset, int Count, BlockContent Bytes, long Operand = 0, long Expected = 0)
{
    /// <summary>Reads a range.</summary>
    public static BlockInput Read(long block, int offset, int count) => new(BlockOperation.Read, block, offset, count, BlockContent.Empty);

    /// <summary>Writes a range.</summary>
    public static BlockInput Write(long block, int offset, ReadOnlySpan<byte> bytes) =>
        new(BlockOperation.Write, block, offset, bytes.Length, new BlockContent(bytes));

    /// <summary>Replaces 8 bytes if they have an expected value.</summary>
    public static BlockInput CompareExchange(long block, int offset, long expected, long desired) =>
        new(BlockOperation.CompareExchange, block, offset, sizeof(long), BlockContent.Empty, desired, expected);

    /// <summary>Adds to 8 bytes.</summary>
    public static BlockInput Add(long block, int offset, long addend) =>
        new(BlockOperation.Add, block, offset, sizeof(long), BlockContent.Empty, addend);
}
