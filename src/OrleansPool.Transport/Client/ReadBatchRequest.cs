using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Frames;

namespace OrleansPool.Transport.Client;

/// <summary>The frame that asks for bytes of several blocks.</summary>
internal readonly struct ReadBatchRequest(ulong correlation, ReadOnlyMemory<BlockRead> reads) : IFrameSource
{
    public int LengthMax => FrameHeader.Size + BatchFrame.FieldsLength + (reads.Length * ReadFrame.FieldsLength);

    public int Write(Span<byte> room)
    {
        new FrameHeader(LengthMax, FrameType.ReadBatch, FrameOptions.None, BatchFrame.FieldsLength, correlation, Epoch: 0).Write(room);
        var writer = new FieldWriter(room[FrameHeader.Size..]);
        writer.Int32(reads.Length);
        foreach (ref readonly BlockRead read in reads.Span) ReadFrame.Write(ref writer, read);
        return LengthMax;
    }
}
