using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Client;
using OrleansPool.Transport.Frames;

namespace OrleansPool.Transport.Tests.Fakes;

/// <summary>Requests, with the fields that a test cares for.</summary>
internal static class Ask
{
    private static readonly LeaseKey Key = new(3, 11, new LeaseId(UInt128.MaxValue - 5), LeaseRights.Read);

    public static BlockRead Read(int block, int offset, int count) => new(new SegmentId(1), Key, block, offset, count, KnownVersion: 0);

    public static BlockRead Tagged(ulong tag, int count) => new(FakeNode.Tagged, Key, Block: 0, Offset: 0, count, tag);

    public static BlockWrite Write(int block, int offset, int count) =>
        new(BlockWriteKind.Write, new SegmentId(1), Key, new RequestId(1, 2, 3), block, offset, count, Operand: 0, Expected: 0);

    public static BlockWrite Add(int block, int offset, long operand) =>
        new(BlockWriteKind.Add, new SegmentId(1), Key, new RequestId(1, 2, 3), block, offset, sizeof(long), operand, Expected: 0);

    public static BlockWrite CompareExchange(int block, int offset, long expected, long operand) =>
        new(BlockWriteKind.CompareExchange, new SegmentId(1), Key, new RequestId(1, 2, 3), block, offset, sizeof(long), operand, expected);

    /// <summary>Whether a destination holds an answer of <see cref="Tagged"/> with this tag, and nothing else.</summary>
    public static bool IsTagged(ReadOnlySpan<byte> bytes, ulong tag) =>
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ulong>(bytes).IndexOfAnyExcept(tag) < 0;

    /// <summary>Places for the bytes of some reads, one after the other.</summary>
    public static Memory<byte>[] Places(BlockRead[] reads, byte[] buffer)
    {
        int at = 0;
        return [.. reads.Select(read => buffer.AsMemory((at += read.Count) - read.Count, read.Count))];
    }

    public static ReadOnlyMemory<byte>[] Pieces(params byte[][] pieces) => Array.ConvertAll(pieces, piece => (ReadOnlyMemory<byte>)piece);

    public static byte[] Frame(ulong correlation, BlockRead read) => Written(new ReadRequest(correlation, read));

    public static byte[] Frame(ulong correlation, BlockWrite write, byte[] bytes) => Written(new WriteRequest(correlation, write, bytes));

    public static byte[] Frame(ulong correlation, BlockRead[] reads) => Written(new ReadBatchRequest(correlation, reads));

    public static byte[] Frame(ulong correlation, BlockWrite[] writes, byte[] bytes) => Written(new WriteBatchRequest(writes, Pieces(bytes)) { Correlation = correlation });

    public static byte[] Frame(FrameType type, ulong correlation, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> payload, FrameOptions options = FrameOptions.None)
    {
        byte[] frame = new byte[FrameHeader.Size + fields.Length + payload.Length];
        new FrameHeader(frame.Length, type, options, fields.Length, correlation, Epoch: 0).Write(frame);
        fields.CopyTo(frame.AsSpan(FrameHeader.Size));
        payload.CopyTo(frame.AsSpan(FrameHeader.Size + fields.Length));
        return frame;
    }

    private static byte[] Written<TFrame>(TFrame frame)
        where TFrame : struct, IFrameSource
    {
        byte[] room = new byte[frame.LengthMax];
        Assert.Equal(room.Length, frame.Write(room));
        return room;
    }
}
