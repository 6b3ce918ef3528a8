using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Frames;

namespace OrleansPool.Transport.Client;

/// <summary>The frame that asks for several changes, in order.</summary>
internal struct WriteBatchRequest(ReadOnlyMemory<BlockWrite> writes, ReadOnlyMemory<ReadOnlyMemory<byte>> sources) : IFrameSource
{
    /// <summary>Which request it is.</summary>
    public ulong Correlation { get; set; }

    /// <summary>Length of what follows the header.</summary>
    public long BodyLength { get; } = BatchFrame.FieldsLength + ((long)writes.Length * WriteFrame.FieldsLength) + Sum(sources.Span);

    public readonly int LengthMax => FrameHeader.Size + (int)BodyLength;

    public readonly int Write(Span<byte> room)
    {
        new FrameHeader(LengthMax, FrameType.WriteBatch, FrameOptions.None, BatchFrame.FieldsLength, Correlation, Epoch: 0).Write(room);
        var writer = new FieldWriter(room[FrameHeader.Size..]);
        writer.Int32(writes.Length);
        foreach (ref readonly BlockWrite write in writes.Span) WriteFrame.Write(ref writer, write);
        foreach (ref readonly ReadOnlyMemory<byte> source in sources.Span) writer.Raw(source.Span);
        return LengthMax;
    }

    private static long Sum(ReadOnlySpan<ReadOnlyMemory<byte>> sources)
    {
        long byteCount = 0;
        foreach (ref readonly ReadOnlyMemory<byte> source in sources) byteCount += source.Length;
        return byteCount;
    }
}
