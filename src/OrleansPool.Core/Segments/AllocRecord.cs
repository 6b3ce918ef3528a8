using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace OrleansPool.Core.Segments;

/// <summary>
/// What the log keeps of an ALLOC, so that every replica makes the same lease of the same blocks:
/// <code>duration in ms (4) | label bytes (4) | trace (16) | label | runs of blocks (8 each)</code>
/// The blocks are named, not counted: which of them are zeroed already differs from replica to replica.
/// </summary>
internal static class AllocRecord
{
    private const int HeaderBytes = 24;

    public static int BytesFor(string? label, int runCount) =>
        HeaderBytes + Encoding.UTF8.GetByteCount(label ?? "") + (runCount * 2 * sizeof(int));

    public static void Write(Span<byte> bytes, in Operation operation, ReadOnlySpan<BlockRun> runs)
    {
        int labelBytes = Encoding.UTF8.GetBytes(operation.Label ?? "", bytes[HeaderBytes..]);
        double milliseconds = Math.Clamp(operation.Duration.TotalMilliseconds, 0, uint.MaxValue);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)milliseconds);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], labelBytes);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[8..], operation.Trace);
        MemoryMarshal.AsBytes(runs).CopyTo(bytes[(HeaderBytes + labelBytes)..]);
    }

    public static void Read(ReadOnlySpan<byte> bytes, out uint durationMilliseconds, out ReadOnlySpan<byte> label, out UInt128 trace, out ReadOnlySpan<BlockRun> runs)
    {
        durationMilliseconds = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        int labelBytes = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        trace = BinaryPrimitives.ReadUInt128LittleEndian(bytes[8..]);
        label = bytes.Slice(HeaderBytes, labelBytes);
        runs = MemoryMarshal.Cast<byte, BlockRun>(bytes[(HeaderBytes + labelBytes)..]);
    }
}
