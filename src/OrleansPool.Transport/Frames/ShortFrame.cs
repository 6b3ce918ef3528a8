using OrleansPool.Core.Wire;

namespace OrleansPool.Transport.Frames;

/// <summary>A frame of nothing but its type, such as a sign of life.</summary>
internal readonly struct ShortFrame(FrameType type, ulong correlation) : IFrameSource
{
    public int LengthMax => FrameHeader.Size;

    public int Write(Span<byte> room)
    {
        new FrameHeader(FrameHeader.Size, type, FrameOptions.Skippable, FieldsLength: 0, correlation, Epoch: 0).Write(room);
        return FrameHeader.Size;
    }
}
