using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Frames;

namespace OrleansPool.Transport.Client;

/// <summary>The frame that asks for bytes of a block.</summary>
internal readonly struct ReadRequest(ulong correlation, in BlockRead read) : IFrameSource
{
    private readonly BlockRead _read = read;

    public int LengthMax => FrameHeader.Size + ReadFrame.FieldsLength;

    public int Write(Span<byte> room)
    {
        new FrameHeader(LengthMax, FrameType.Read, FrameOptions.None, ReadFrame.FieldsLength, correlation, Epoch: 0).Write(room);
        var writer = new FieldWriter(room[FrameHeader.Size..]);
        ReadFrame.Write(ref writer, _read);
        return LengthMax;
    }
}
