namespace OrleansPool.Transport.Frames;

/// <summary>A frame of a rare kind, made whole beforehand.</summary>
internal readonly struct MadeFrame(byte[] frame) : IFrameSource
{
    public int LengthMax => frame.Length;

    public int Write(Span<byte> room)
    {
        frame.CopyTo(room);
        return frame.Length;
    }
}
