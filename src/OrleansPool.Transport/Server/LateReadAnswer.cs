using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Frames;

namespace OrleansPool.Transport.Server;

/// <summary>The answer to a read whose bytes were brought elsewhere first.</summary>
internal readonly struct LateReadAnswer(ulong correlation, BlockReadReply reply, ReadOnlyMemory<byte> bytes) : IFrameSource
{
    public int LengthMax => FrameHeader.Size + ReadFrame.ReplyFieldsLength + bytes.Length;

    public int Write(Span<byte> room)
    {
        if (reply.Status == OperationStatus.Ok) bytes.Span.CopyTo(room[(FrameHeader.Size + ReadFrame.ReplyFieldsLength)..]);
        return ReadAnswer.Finish(room, correlation, reply, bytes.Length);
    }
}
