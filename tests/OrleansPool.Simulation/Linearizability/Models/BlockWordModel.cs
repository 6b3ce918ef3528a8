using System.Buffers.Binary;

namespace OrleansPool.Simulation.Linearizability.Models;

/// <summary>One block of bytes, zero at first, with operations on ranges and on little-endian words of 8 bytes. A history is partitioned by block.</summary>
/// <param name="byteCount">Size of the block.</param>
public sealed class BlockWordModel(int byteCount) : ISequentialModel<BlockContent, BlockInput, BlockOutput>
{
    /// <inheritdoc/>
    public BlockContent Initial { get; } = BlockContent.Zeros(byteCount);

    /// <inheritdoc/>
    public BlockContent Apply(BlockContent state, BlockInput input, out BlockOutput output)
    {
        ReadOnlySpan<byte> range = state.Bytes.Slice(input.Offset, input.Count);
        if (input.Kind == BlockOperation.Read)
        {
            output = new BlockOutput(true, 0, range.Length == state.Bytes.Length ? state : new BlockContent(range));
            return state;
        }

        if (input.Kind == BlockOperation.Write)
        {
            output = BlockOutput.Written;
            return range.SequenceEqual(input.Bytes.Bytes) ? state : state.With(input.Offset, input.Bytes.Bytes);
        }

        long found = BinaryPrimitives.ReadInt64LittleEndian(range);
        bool isAdd = input.Kind == BlockOperation.Add;
        bool isDone = isAdd || found == input.Expected;
        long next = isAdd ? unchecked(found + input.Operand) : input.Operand;
        output = BlockOutput.Word(isDone, isAdd ? next : found);
        if (!isDone || next == found) return state;
        Span<byte> word = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(word, next);
        return state.With(input.Offset, word);
    }

    /// <inheritdoc/>
    public bool OnlyLooks(BlockInput input, BlockOutput output) => input.Kind == BlockOperation.Read || !output.Done;

    /// <inheritdoc/>
    public long BytesOf(BlockContent state) => state.Bytes.Length;
}
