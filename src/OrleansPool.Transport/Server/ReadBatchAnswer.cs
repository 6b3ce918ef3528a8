using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Frames;

namespace OrleansPool.Transport.Server;

/// <summary>The answer to a batch of reads. The bytes go from the blocks straight into the sender's room.</summary>
internal ref struct ReadBatchAnswer(IDataService service, Principal caller, ulong correlation, ReadOnlySpan<byte> requests, int count, int byteCount)
    : IFrameSource
{
    private readonly ReadOnlySpan<byte> _requests = requests;

    /// <summary>Whether nothing was written, because some answer takes longer.</summary>
    public bool IsPutOff { get; private set; }

    public readonly int LengthMax => FrameHeader.Size + BatchFrame.FieldsLength + (count * ReadFrame.ReplyFieldsLength) + byteCount;

    public int Write(Span<byte> room)
    {
        var reader = new FieldReader(_requests);
        var fields = new FieldWriter(room[FrameHeader.Size..]);
        fields.Int32(count);
        var replies = new FieldWriter(fields.Rest);
        Span<byte> bytes = fields.Rest[(count * ReadFrame.ReplyFieldsLength)..];
        int written = 0;
        for (int i = 0; i < count; i++)
        {
            BlockRead read = ReadFrame.Read(ref reader);
            if (!service.TryRead(caller, read, bytes.Slice(written, read.Count), out BlockReadReply reply))
            {
                IsPutOff = true;
                return 0;
            }

            ReadFrame.WriteReply(ref replies, reply);
            if (reply.Status == OperationStatus.Ok) written += read.Count;
        }

        int length = LengthMax - byteCount + written;
        new FrameHeader(length, FrameType.ReadBatchReply, FrameOptions.None, BatchFrame.FieldsLength, correlation, Epoch: 0).Write(room);
        return length;
    }
}
