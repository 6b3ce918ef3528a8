namespace OrleansPool.Simulation.Linearizability.Models;

/// <summary>What a block answers.</summary>
/// <param name="Done">False if a comparison failed.</param>
/// <param name="Value">The value found by a compare-exchange; the sum after an addition.</param>
/// <param name="Bytes">The bytes read; empty for other operations.</param>
public readonly record struct BlockOutput(bool Done, long Value, BlockContent Bytes)
{
    /// <summary>What a write answers.</summary>
    public static BlockOutput Written => new(true, 0, BlockContent.Empty);

    /// <summary>What a read answers.</summary>
    public static BlockOutput Read(ReadOnlySpan<byte> bytes) => new(true, 0, new BlockContent(bytes));

    /// <summary>What a compare-exchange or an addition answers.</summary>
    public static BlockOutput Word(bool done, long value) => new(done, value, BlockContent.Empty);
}
