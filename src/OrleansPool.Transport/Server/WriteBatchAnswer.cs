using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Frames;

namespace OrleansPool.Transport.Server;

/// <summary>The answer to a batch of changes.</summary>
internal readonly struct WriteBatchAnswer(ulong correlation, ReadOnlyMemory<BlockWriteReply> replies) : IFrameSource
{
    public int LengthMax => FrameHeader.Size + BatchFrame.FieldsLength + (replies.Length * WriteFrame.ReplyFieldsLength);

    public int Write(Span<byte> room)
    {
        new FrameHeader(LengthMax, FrameType.WriteBatchReply, FrameOptions.None, BatchFrame.FieldsLength, correlation, Epoch: 0).Write(room);
        var writer = new FieldWriter(room[FrameHeader.Size..]);
        writer.Int32(replies.Length);
        foreach (ref readonly BlockWriteReply reply in replies.Span) WriteFrame.WriteReply(ref writer, reply);
        return LengthMax;
    }
}
