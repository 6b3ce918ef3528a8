using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Frames;

namespace OrleansPool.Transport.Server;

/// <summary>The answer to a read. The bytes go from the block straight into the sender's room.</summary>
internal struct ReadAnswer(IDataService service, Principal caller, ulong correlation, in BlockRead read) : IFrameSource
{
    private readonly BlockRead _read = read;

    /// <summary>Whether nothing was written, because the answer takes longer.</summary>
    public bool IsPutOff { get; private set; }

    public readonly int LengthMax => FrameHeader.Size + ReadFrame.ReplyFieldsLength + _read.Count;

    public int Write(Span<byte> room)
    {
        Span<byte> bytes = room.Slice(FrameHeader.Size + ReadFrame.ReplyFieldsLength, _read.Count);
        if (service.TryRead(caller, _read, bytes, out BlockReadReply reply)) return Finish(room, correlation, reply, bytes.Length);
        IsPutOff = true;
        return 0;
    }

    /// <summary>Writes what stands before the bytes.</summary>
    /// <returns>The frame's length.</returns>
    public static int Finish(Span<byte> room, ulong correlation, BlockReadReply reply, int count)
    {
        int length = FrameHeader.Size + ReadFrame.ReplyFieldsLength + (reply.Status == OperationStatus.Ok ? count : 0);
        new FrameHeader(length, FrameType.ReadReply, FrameOptions.None, ReadFrame.ReplyFieldsLength, correlation, Epoch: 0).Write(room);
        var writer = new FieldWriter(room[FrameHeader.Size..]);
        ReadFrame.WriteReply(ref writer, reply);
        return length;
    }
}
