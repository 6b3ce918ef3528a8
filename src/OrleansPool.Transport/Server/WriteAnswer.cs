using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Frames;

namespace OrleansPool.Transport.Server;

/// <summary>The answer to a change.</summary>
internal readonly struct WriteAnswer(ulong correlation, BlockWriteReply reply) : IFrameSource
{
    public int LengthMax => FrameHeader.Size + WriteFrame.ReplyFieldsLength;

    public int Write(Span<byte> room)
    {
        new FrameHeader(LengthMax, FrameType.WriteReply, FrameOptions.None, WriteFrame.ReplyFieldsLength, correlation, Epoch: 0).Write(room);
        var writer = new FieldWriter(room[FrameHeader.Size..]);
        WriteFrame.WriteReply(ref writer, reply);
        return LengthMax;
    }
}
