namespace OrleansPool.Core.Wire;

/// <summary>Whole frames of rare kinds.</summary>
internal static class Frames
{
    public static byte[] Make(FrameType type, ulong correlation, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[FrameHeader.Size + fields.Length + payload.Length];
        new FrameHeader(frame.Length, type, FrameOptions.None, fields.Length, correlation, Epoch: 0).Write(frame);
        fields.CopyTo(frame.AsSpan(FrameHeader.Size));
        payload.CopyTo(frame.AsSpan(FrameHeader.Size + fields.Length));
        return frame;
    }
}
