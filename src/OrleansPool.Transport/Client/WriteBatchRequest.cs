using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Frames;

namespace OrleansPool.Transport.Client;

/// <summary>The frame that asks for several changes, in order.</summary>
internal readonly struct WriteBatchRequest(ulong correlation, ReadOnlyMemory<BlockWrite> writes, ReadOnlyMemory<byte> bytes) : IFrameSource
{
    public int LengthMax => FrameHeader.Size + BatchFrame.FieldsLength + (writes.Length * WriteFrame.FieldsLength) + bytes.Length;

    public int Write(Span<byte> room)
    {
        new FrameHeader(LengthMax, FrameType.WriteBatch, FrameOptions.None, BatchFrame.FieldsLength, correlation, Epoch: 0).Write(room);
        var writer = new FieldWriter(room[FrameHeader.Size..]);
        writer.Int32(writes.Length);
        foreach (ref readonly BlockWrite write in writes.Span) WriteFrame.Write(ref writer, write);
        writer.Raw(bytes.Span);
        return LengthMax;
    }
}
