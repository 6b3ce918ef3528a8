using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Frames;

namespace OrleansPool.Transport.Client;

/// <summary>The frame that asks for a change of a block.</summary>
internal readonly struct WriteRequest(ulong correlation, in BlockWrite write, ReadOnlyMemory<byte> bytes) : IFrameSource
{
    private readonly BlockWrite _write = write;

    public int LengthMax => FrameHeader.Size + WriteFrame.FieldsLength + bytes.Length;

    public int Write(Span<byte> room)
    {
        new FrameHeader(LengthMax, WriteFrame.TypeOf(_write.Kind), FrameOptions.None, WriteFrame.FieldsLength, correlation, Epoch: 0).Write(room);
        var writer = new FieldWriter(room[FrameHeader.Size..]);
        WriteFrame.Write(ref writer, _write);
        writer.Raw(bytes.Span);
        return LengthMax;
    }
}
