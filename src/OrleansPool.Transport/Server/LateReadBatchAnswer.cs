using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Frames;

namespace OrleansPool.Transport.Server;

/// <summary>The answer to a batch of reads whose bytes were brought elsewhere first.</summary>
internal readonly struct LateReadBatchAnswer(ulong correlation, BlockReadReply[] replies, ReadOnlyMemory<byte> bytes) : IFrameSource
{
    public int LengthMax => FrameHeader.Size + BatchFrame.FieldsLength + (replies.Length * ReadFrame.ReplyFieldsLength) + bytes.Length;

    public int Write(Span<byte> room)
    {
        new FrameHeader(LengthMax, FrameType.ReadBatchReply, FrameOptions.None, BatchFrame.FieldsLength, correlation, Epoch: 0).Write(room);
        var writer = new FieldWriter(room[FrameHeader.Size..]);
        writer.Int32(replies.Length);
        foreach (BlockReadReply reply in replies) ReadFrame.WriteReply(ref writer, reply);
        writer.Raw(bytes.Span);
        return LengthMax;
    }
}
